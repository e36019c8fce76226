"""How many columns of a terminal text takes, and where it is broken to fit. Pure."""

from __future__ import annotations

from unicodedata import category, east_asian_width

_AS_PICTURE = "\ufe0f"  # has the sign before it drawn as a picture, two columns wide
_SKIN = range(0x1F3FB, 0x1F400)  # colours the picture before it


def cell_len(text: str) -> int:
    """The columns it takes: two for a Chinese sign or a picture, none for an accent set on a letter."""
    if text.isascii():
        return len(text)
    taken = last = 0
    for char in text:
        if char == _AS_PICTURE and last == 1:
            last = 2
            taken += 1
        elif category(char) not in ("Mn", "Me", "Cf") and not (ord(char) in _SKIN and last == 2):
            last = 2 if east_asian_width(char) in "WF" else 1
            taken += last
    return taken


def set_cell_size(text: str, cells: int) -> str:
    """The text in exactly so many columns: its end left out, or blanks added."""
    shown = text[: _fitting(text, cells)]
    return shown + " " * (cells - cell_len(shown))


def _fitting(text: str, cells: int) -> int:
    """How many characters of it fit so many columns."""
    end = min(len(text), cells) if text.isascii() else len(text)
    while cell_len(text[:end]) > cells:
        end -= max((cell_len(text[:end]) - cells) // 2, 1)
    if not text.isascii():  # it may have gone too far, and what is set on the last letter belongs to it
        while end < len(text) and cell_len(text[: end + 1]) <= cells:
            end += 1
    return end


def spans(text: str, width: int, hang: int = 0, *, whole: bool = False) -> list[tuple[int, int]]:
    """Where each line begins and ends, to take at most `width` columns, and `hang` less from the second on.

    Broken between words, never between those in backticks where they fit a line of their own; a word that is
    wider than a line is broken anywhere. With `whole` neither is ever broken: the terminal does that, and
    what is copied there is in one piece; nor is what stands in the first `hang` columns.
    """
    found: list[tuple[int, int]] = []
    at, room = 0, max(width, 1)
    while at < len(text) and cell_len(text[at:]) > room:
        end = at + max(_fitting(text[at:], room), 1)
        if whole:
            end = _blank_near(text, at, end, 0 if found else hang)
        else:
            end = _between_words(text, at, end, max(width - hang, 1)) or end
        found.append((at, at + len(text[at:end].rstrip())))
        at, room = end + len(text[end:]) - len(text[end:].lstrip()), max(width - hang, 1)
    return found if found and at == len(text) else [*found, (at, len(text))]


def _blank_near(text: str, at: int, end: int, begins: int) -> int:
    """The last blank up to `end` that stands in no backticks, else the next one; the text's end for none."""
    first = at + max(len(text[at:]) - len(text[at:].lstrip()), begins) + 1
    blanks = [each for each in range(first, len(text)) if text[each] == " " and text[each - 1] != " "]
    outside = [each for each in blanks if text.count("`", 0, each) % 2 == 0]
    before = [each for each in outside if each <= end]
    return before[-1] if before else outside[0] if outside else len(text)


def _between_words(text: str, at: int, end: int, room: int) -> int:
    """The last blank up to `end` at which a line may be broken; 0 for none."""
    first = at + len(text[at:]) - len(text[at:].lstrip())
    blanks = [each for each in range(first + 1, min(end + 1, len(text))) if text[each] == " "]
    outside = [each for each in blanks if not _is_quoted(text, each, room)]
    return max(outside or blanks, default=0)


def _is_quoted(text: str, blank: int, room: int) -> bool:
    """Whether it stands in backticks, with words that fit a line."""
    if text.count("`", 0, blank) % 2 == 0:
        return False
    return text.find("`", blank) - text.rfind("`", 0, blank) < room
