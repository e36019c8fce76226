"""A notice's text as a desktop can take it: clean, and no longer than it has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tray.notices.notice import Notice


def clean(text: str) -> str:
    """The text without what a desktop may choke on: control characters and halves of characters."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)


def fitted(notice: Notice, title_most: int, body_most: int) -> tuple[str, str]:
    """Title and body, cleaned, each in at most so many UTF-16 units.

    A title that is too long stands whole in the body: what is wrong may come after a long path.
    """
    title, body = clean(notice.title).replace("\n", " "), clean(notice.body)
    if _units(title) > title_most:
        body = f"{title}\n{body}"
    return shortened(title, title_most), shortened(body, body_most)


def shortened(text: str, most: int) -> str:
    """The text in at most `most` UTF-16 units, with "…" where something is missing."""
    if len(text) <= most and _units(text) <= most:
        return text
    text = text[:most]  # a value may be megabytes long, and each turn below reads all of it
    while _units(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
