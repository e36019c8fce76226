"""In-place edits of a JSON text: what is not edited stays byte for byte.

No kept Python library does this (facts: load and dump kept 3 of 19 real files identical). Only the members
that change are spliced, and the result is proven to be JSON before anybody writes it.
"""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_json import dumps
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.settings.json_text import JsonObject, skip_space, whole_value
from profiles.claude_code.settings.parse import parse_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profiles.claude_code.settings.parse import Settings


class Splice(NamedTuple):
    """Replace text[start:end] by `text`."""

    start: int
    end: int
    text: str


def edit_object(text: str, owner: JsonObject, changes: Mapping[str, str | None], unit: str) -> list[Splice]:
    """The splices that give each key its new raw value, or take it out (None), comma and space with it.

    A key that is there is changed in place, a new one is added behind the last, spaced like its
    neighbours. Adding and then taking out again leaves the text as it was, except that an empty object comes
    back as `{}`. Of equal keys the last is changed, all are taken out. `unit` is one step of indentation.
    """
    if not changes:
        return []
    present = {member.key for member in owner.members}
    fresh = [(key, raw) for key, raw in changes.items() if raw is not None and key not in present]
    doomed = [member.key in changes and changes[member.key] is None for member in owner.members]
    splices = []
    for key in present:
        raw, member = changes.get(key), owner.find(key)
        if raw is not None and member is not None:
            splices.append(Splice(member.value_start, member.value_end, raw))
    if not owner.members:
        return splices + _fill_empty(text, owner, fresh, unit)
    if all(doomed) and fresh:  # a first new one takes the place of the first old one
        first = owner.members[0]
        colon = text[first.key_end : first.value_start]
        key, raw = fresh.pop(0)
        splices.append(Splice(first.key_start, first.value_end, dumps(key) + colon + raw))
        doomed[0] = False
    if all(doomed):
        return [Splice(owner.start + 1, owner.end - 1, "")]
    return splices + _remove(owner, doomed) + _append(text, owner, fresh)


def _fill_empty(text: str, owner: JsonObject, fresh: list[tuple[str, str]], unit: str) -> list[Splice]:
    if not fresh:
        return []
    inside = text[owner.start + 1 : owner.end - 1]
    closing = inside if "\n" in inside else newline_of(text) + indent_before(text, owner.start)
    opening = closing + unit
    lines = ("," + opening).join(f"{dumps(key)}: {raw}" for key, raw in fresh)
    return [Splice(owner.start + 1, owner.end - 1, opening + lines + closing)]


def _append(text: str, owner: JsonObject, fresh: list[tuple[str, str]]) -> list[Splice]:
    if not fresh:
        return []
    last = owner.members[-1]
    if len(owner.members) > 1:
        comma = text.index(",", owner.members[-2].value_end, last.key_start)
        separator = text[comma + 1 : last.key_start]
    else:
        separator = text[owner.start + 1 : last.key_start]
    colon = text[last.key_end : last.value_start]
    added = "".join(f",{separator}{dumps(key)}{colon}{raw}" for key, raw in fresh)
    return [Splice(last.value_end, last.value_end, added)]


def _remove(owner: JsonObject, doomed: list[bool]) -> list[Splice]:
    splices = []
    kept_before = False
    for index, member in enumerate(owner.members):
        if not doomed[index]:
            kept_before = True
        elif kept_before:
            splices.append(Splice(owner.members[index - 1].value_end, member.value_end, ""))
        else:
            splices.append(Splice(member.key_start, owner.members[index + 1].key_start, ""))
    return splices


def newline_of(text: str) -> str:
    """The line end the text uses: CR LF when its first line ends so, else LF."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def indent_before(text: str, position: int) -> str:
    """The white space at the start of the line that `position` is on."""
    line_start = text.rfind("\n", 0, position) + 1
    return text[line_start : skip_space(text, line_start)]


def indent_unit(text: str, root: JsonObject) -> str:
    """One step of indentation: what stands before the root's first member, or two spaces."""
    if root.members:
        unit = indent_before(text, root.members[0].key_start)
        line_start = text.rfind("\n", 0, root.members[0].key_start) + 1
        if line_start > root.start and unit:
            return unit
    return "  "


def _place(splice: Splice) -> tuple[int, int]:
    # Not the text: insertions at one place keep their order (sorting is stable).
    return splice.start, splice.end


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """The text with all splices applied; they must not overlap, their offsets are those of `text`."""
    parts, position = [], 0
    for splice in sorted(splices, key=_place):
        parts += [text[position : splice.start], splice.text]
        position = splice.end
    return "".join([*parts, text[position:]])


def invert_splices(text: str, splices: Iterable[Splice]) -> list[Splice]:
    """The splices that turn the result back into `text`, exactly."""
    inverse, shift = [], 0
    for splice in sorted(splices, key=_place):
        start = splice.start + shift
        inverse.append(Splice(start, start + len(splice.text), text[splice.start : splice.end]))
        shift += len(splice.text) - (splice.end - splice.start)
    return inverse


def check_edited(data: bytes | None) -> None:
    """Raises PkccError as `parse_edited` does, at a tenth of its price where nothing is wrong."""
    if not _is_whole(data or b""):
        parse_edited(data)


def _is_whole(data: bytes) -> bool:
    """Whether that is an object in which `env` is one too; False also where it takes a closer look."""
    try:
        found = whole_value(data.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("env", {}), dict)


def parse_edited(data: bytes | None) -> Settings:
    """What an edited file will say: proven to be JSON before anybody writes it.

    Raises PkccError for what would be a fault of ours.
    """
    try:
        return parse_settings(data, "")
    except PkccError as error:
        raise PkccError(
            f"The edited settings would not be valid JSON ({error.title.strip()})",
            "Nothing was written. Please report this, with the shape of your settings file.",
        ) from None
