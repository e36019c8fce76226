r"""The lines inside the `ANTHROPIC_CUSTOM_HEADERS` string: name and value of one, and their raw JSON text.

The user's own lines are moved around as they are spelled, never decoded and encoded again: `\u00e9`
stays `\u00e9`. The client splits the string at line ends, and of two equal names the last wins (facts).
"""

from __future__ import annotations

from profiles.base.light_json import dumps, loads, scanner
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.variable_values import trimmed
from profiles.portkey.header_names import LOGIN, PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# A raw line end: `\n` in either spelling; every other escape is skipped whole. A `\r` before it stays
# with its line: moved and moved back, a line that ends in a lone `\r` must not lose it.
_END = r"(?:\\n|\\u000[aA])"
# Compiled where it is used: `key print` loads this file for `header_in` alone.
_ESCAPES = rf"(?s)({_END})|\\(?:u[0-9a-fA-F]{{4}}|.)"
_decoded = scanner()
FOREIGN = "\1"  # stands for one of the user's lines in a template; no raw JSON text can hold it


class Line(NamedTuple):
    """One line: `raw` as spelled in the JSON text, `end` the raw line end behind it, `name` lower case."""

    raw: str
    end: str
    name: str
    value: str


def header_in(line: str) -> tuple[str, str]:
    """The name, in small letters, and the value of a line of the string, as the client reads it."""
    name, _, value = line.partition(":")
    return trimmed(name).lower(), trimmed(value)


def split_lines(raw: str) -> list[Line]:
    """The lines of a raw JSON string (with its quotes); none when it is no string or is empty."""
    if not raw.startswith('"') or raw == '""':
        return []
    body_end = len(raw) - 1
    if r"\u000" not in raw and r"\\" not in raw:  # each line end is spelled alike, and nothing else is so
        *ended, last = raw[1:body_end].split(r"\n")
        return [*(_line(text, r"\n") for text in ended), _line(last, "")]
    lines, start = [], 1
    import re

    for match in re.compile(_ESCAPES).finditer(raw, 1, body_end):
        if match[1] is not None:
            lines.append(_line(raw[start : match.start()], match[1]))
            start = match.end()
    lines.append(_line(raw[start:body_end], ""))
    return lines


def one_line(raw: str) -> Line:
    """The line of the user's that a raw text is, also of a blank one."""
    return _line(raw, "")


def _line(raw: str, end: str) -> Line:
    text = _decoded(f'"{raw}"', 0)[0] if "\\" in raw else raw
    return Line(raw, end, *header_in(text))


def which_are_ours(lines: Sequence[Line], written: Mapping[str, str]) -> list[bool]:
    """For each line whether it is pkcc-tray's: an `x-portkey-…` one, or one that the last profile added.

    So is a blank `x-api-key:` line, whatever is remembered: it does nothing but keep a login back.

    `written` maps the lower-case names of that profile's headers to their text.
    Ours stand last, so of several that fit one name the last is ours: the user may have the same line.
    """
    unseen = dict(written)
    ours = []
    for line in reversed(lines):
        added = line.name in unseen and unseen[line.name] == line.value
        if added:
            del unseen[line.name]
        blank_login = line.name == LOGIN and not line.value
        ours.append(added or blank_login or line.name.startswith(PREFIX))
    return ours[::-1]


def foreign_lines(lines: Sequence[Line], written: Mapping[str, str]) -> list[str]:
    """The raw text of the user's own lines, in order."""
    ours = which_are_ours(lines, written)
    return [line.raw for line, mine in zip(lines, ours, strict=True) if not mine]


def without_blank_end(foreign: Sequence[str], known: int) -> list[str]:
    """The user's lines without blank ones at their end, as many as there were at first (`known`) kept.

    A line end that an editor left behind ours is no line of the user's once ours are gone.
    """
    kept = list(foreign)
    while len(kept) > known and not loads(f'"{kept[-1]}"').strip():
        kept.pop()
    return kept


def merge(foreign: Sequence[str], ours: str) -> str:
    """The raw JSON string with the user's raw lines first and then `ours`, which is decoded text."""
    parts = [*foreign, dumps(ours)[1:-1]] if ours else list(foreign)
    return '"' + "\\n".join(parts) + '"'


def to_template(lines: Sequence[Line], written: Mapping[str, str], going: Collection[str] = ()) -> str:
    """The raw string of these lines with a mark for each of the user's: none of them is remembered.

    Except for the raw lines that are `going`: they are not in the file any more.
    """
    marked = zip(lines, which_are_ours(lines, written), strict=True)
    kept = ((line.raw if mine or line.raw in going else FOREIGN) + line.end for line, mine in marked)
    return '"' + "".join(kept) + '"'


def from_template(template: str, foreign: Sequence[str]) -> str:
    """The raw string of a template with the user's lines of today in it; surplus ones go to its end."""
    remaining = list(foreign)
    parts = template.split(FOREIGN)
    text = parts[0]
    for part in parts[1:]:
        if remaining:
            text += remaining.pop(0) + part
        else:
            import re

            text += re.sub(f"^{_END}", "", part)
    if remaining:
        body = text[1:-1] if text.startswith('"') else ""  # what is no text cannot be kept beside lines
        text = '"' + "\\n".join([body, *remaining] if body else remaining) + '"'
    return text
