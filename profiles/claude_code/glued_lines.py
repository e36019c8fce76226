r"""Header lines that stand in one, with a `\n` as text: `x-portkey-api-key: KEY\nx-portkey-config: pc-1`.

JSON's `\\n`, a `.env` file without quotes and PowerShell leave one behind, and some people write a comma.
Claude Code sends it all as one header, which no gateway takes. Pure.
"""

from __future__ import annotations

import re

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import others_words
from profiles.claude_code.header_lines import header_in
from profiles.files.json_documents import json_or_none
from profiles.portkey.header_names import CLIENT_KEYS, PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALONE = "Write each header on a line of its own."
_NAME = r"[A-Za-z0-9!#$%&'*+.^_|~-]+"
_END = r"(?:(?<!\\)(?:\\+r)?\\+n|(?:`r)?`n)"
_OURS = rf"{PREFIX}[a-z-]+|{'|'.join(CLIENT_KEYS)}"
# A run of blanks or of ends is gone through once, whatever comes then: `kept` is one that parts nothing.
_GLUE = re.compile(
    rf"(?<!\s)\s*+{_END}(?:\s*+{_END})*+(?:\s*+(?:(?=({_NAME})\s*:)|$)|(?P<kept>))"
    rf"|(?<!\s)(?:\s*+[,;]\s*|\s+)(?=({_OURS})\s*:)",
    re.IGNORECASE,
)


def glued(values: Mapping[str, str]) -> dict[str, list[str]]:
    """Of these values, the lines that were meant, by the slot of a header line which holds several as one."""
    lines = {slot: f"{slot[7:]}: {text}" for slot, text in values.items() if slot[:7] == "header."}
    return {slot: meant for slot, line in lines.items() if (meant := meant_lines(line)) != [line]}


def glued_words(meant: list[str]) -> str:
    """What is wrong with a line that holds those: `header line of a and b has …`."""
    names = " and ".join(others_words(header_in(each)[0]) for each in meant)
    return f"header line of {names} has \\n as text, a comma or a space for a line end"


def is_end_as_text(slot: str, value: str) -> bool:
    r"""Whether a header's value holds a `\n` as text, which ends no line; in JSON it is an escape."""
    return slot.startswith("header.") and value[:1] != "{" and re.search(_END, value) is not None


def meant_lines(line: str) -> list[str]:
    """The lines that one was meant to be; itself, where it may have been meant as it is."""
    parts: list[str] = []
    start = 0
    for match in _GLUE.finditer(line):
        head = line[start : match.start()]
        if match["kept"] is None and _ends(head, match[1], match[3], first=not parts):
            parts.append(head)
            start = match.end()
    return [part for part in (*parts, line[start:]) if part.strip()]


def _ends(head: str, after_n: str | None, after_comma: str | None, *, first: bool) -> bool:
    name, value = header_in(head)
    if value.startswith("{") and json_or_none(value) is None:
        return False  # in a text of the JSON
    if _is_ours(name) or after_comma:
        return _is_ours(name)
    if after_n is None:  # the end of it all
        return not first
    return after_n.lower().startswith("x-") or _is_ours(after_n.lower())


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) or name in CLIENT_KEYS


def unglued(values: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    r"""The values by slot, with a slot for each header that was meant, and notes on that.

    Raises PkccError where one is named twice, or what stands behind a `\n` is no header line.
    """
    found, apart = dict(values), list[str]()
    for slot, meant in glued(values).items():
        del found[slot]
        for name, value in map(header_in, meant):
            apart.append(name)
            if found.setdefault(f"header.{name}", value) != value:
                raise PkccError(f"{name} is there twice, once with \\n as text before it", _ALONE)
    for slot, value in found.items():
        name = slot.removeprefix("header.")
        if _is_ours(name) and is_end_as_text(slot, value):
            raise PkccError(f"{name} holds \\n as text, and what comes then is no header line", _ALONE)
    return found, [_note(apart)] if apart else []


def _note(names: list[str]) -> str:
    return (
        f"{' and '.join(names)} stood in one line, with \\n as text, a comma or a space where one must end: "
        "each has a line of its own now"
    )
