"""In-place edits of a JSON text: what is not edited stays byte for byte.

No kept Python library does this (facts: load and dump kept 3 of 19 real files identical). Values are
found with the standard library's own scanner; only the members that change are spliced.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from json import JSONDecodeError, JSONDecoder, dumps

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)', re.DOTALL)
_FULL_CHECK_LIMIT = 256 * 1024  # below this many characters the whole result is parsed again


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


# Numbers stay text: foreign ones are never needed, and 1e999 or 5,000 digits must not fail or change.
_decode = JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_constant).raw_decode


class JsonTextError(Exception):
    """Not JSON: `line` and `column` count from 1, `reason` is in plain words."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(reason)
        self.line = text.count("\n", 0, position) + 1
        self.column = position - text.rfind("\n", 0, position)
        self.reason = reason


class Member(NamedTuple):
    """One `"key": value` of an object; positions are character offsets into the text.

    `value` is decoded, numbers as text; of an object or an array it is an empty one.
    """

    key: str
    value: object
    key_start: int
    key_end: int
    value_start: int
    value_end: int


class JsonObject(NamedTuple):
    """An object in a text: `start` is its `{`, `end` the offset after its `}`."""

    start: int
    end: int
    members: list[Member]

    def find(self, key: str) -> Member | None:
        """The member that a reader sees: of equal keys the last, as in JavaScript and Python."""
        for member in reversed(self.members):
            if member.key == key:
                return member
        return None


class Splice(NamedTuple):
    """Replace text[start:end] by `text`."""

    start: int
    end: int
    text: str


def parse_object(text: str, start: int = 0) -> JsonObject:
    """The object at `start` with its members, each value decoded (numbers as text).

    Raises JsonTextError, which knows line and column.
    """
    position = _skip(text, start)
    if text[position : position + 1] != "{":
        raise JsonTextError(text, position, _found(text, position, "an object, `{`"))
    opening = position
    members: list[Member] = []
    position = _skip(text, position + 1)
    if text[position : position + 1] == "}":
        return JsonObject(opening, position + 1, members)
    while True:
        member = _parse_member(text, position)
        members.append(member)
        position = _skip(text, member.value_end)
        mark = text[position : position + 1]
        if mark == "}":
            return JsonObject(opening, position + 1, members)
        if mark != ",":
            raise JsonTextError(text, position, _found(text, position, "`,` or `}`"))
        position = _skip(text, position + 1)


def parse_document(text: str) -> JsonObject:
    """The object that is the whole text. Raises JsonTextError."""
    with _no_collection():
        root = parse_object(text)
    rest = _skip(text, root.end)
    if rest != len(text):
        raise JsonTextError(text, rest, _found(text, rest, "the end of the file"))
    return root


@contextmanager
def _no_collection() -> Iterator[None]:
    # Megabytes of new objects, none of them garbage: looking for garbage among them takes half the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _parse_member(text: str, position: int) -> Member:
    if text[position : position + 1] != '"':
        raise JsonTextError(text, position, _found(text, position, "a key in double quotes"))
    key, key_end = _decode_value(text, position)
    colon = _skip(text, key_end)
    if text[colon : colon + 1] != ":":
        raise JsonTextError(text, colon, _found(text, colon, "`:`"))
    value_start = _skip(text, colon + 1)
    value, value_end = _decode_value(text, value_start)
    if isinstance(value, (dict, list)):
        value = type(value)()  # only its kind is of interest, and there may be megabytes of it
    return Member(str(key), value, position, key_end, value_start, value_end)


def _decode_value(text: str, position: int) -> tuple[object, int]:
    try:
        return _decode(text, position)
    except JSONDecodeError as error:
        reason = error.msg.lower().removesuffix(": ").removesuffix(" at").removesuffix(" starting")
        if reason.startswith("expecting"):
            reason = _found(text, error.pos, reason.removeprefix("expecting ").replace("value", "a value"))
        raise JsonTextError(text, error.pos, reason) from None
    except ValueError as error:
        raise JsonTextError(text, _constant_after(text, position), str(error)) from None
    except RecursionError:
        raise JsonTextError(text, position, "nested too deeply") from None


def _constant_after(text: str, position: int) -> int:
    """Where the first NaN or Infinity outside a string stands: the scanner does not say."""
    for match in _STRING_OR_CONSTANT.finditer(text, position):
        if match[1]:
            return match.start()
    return position


def _skip(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]  # the pattern matches anywhere


def _found(text: str, position: int, wanted: str) -> str:
    if position >= len(text):
        return f"{wanted} expected, but the file ends"
    if text.startswith(("//", "/*", "#"), position):
        return "a comment, which JSON does not have"
    if text[position] == "}" or text[position] == "]":
        before = text[:position].rstrip(" \t\r\n")
        if before.endswith(","):
            return "a comma with nothing after it"
    return f"{wanted} expected"


def edit_object(text: str, owner: JsonObject, changes: Mapping[str, str | None], unit: str) -> list[Splice]:
    """The splices that give each key its new raw value, or take it out (None), comma and space with it.

    A key that is there is changed in place, a new one is added behind the last, spaced like its
    neighbours. Adding and then taking out again leaves the text as it was, except that an empty object comes
    back as `{}`. Of equal keys the last is changed, all are taken out. `unit` is one step of indentation.
    """
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
    return text[line_start : _SPACE.match(text, line_start).end()]  # type: ignore[union-attr]


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


def check_result(text: str, root: JsonObject, splices: list[Splice]) -> str:
    """The result of the splices, proven to be JSON before anybody writes it.

    A small result is parsed whole. Of a large one each new piece is parsed where it lies: the rest was
    parsed already and is not touched. Raises PkccError for what would be a fault of ours.
    """
    result = apply_splices(text, splices)
    try:
        if len(result) <= _FULL_CHECK_LIMIT:
            parse_document(result)
        else:
            _check_touched(text, root, splices)
    except JsonTextError as error:
        raise PkccError(
            f"The edited settings would not be valid JSON ({error.reason})",
            "Nothing was written. Please report this, with the shape of your settings file.",
        ) from None
    return result


def _check_touched(text: str, root: JsonObject, splices: list[Splice]) -> None:
    # Untouched members of the root are stood for by `0`; everything touched is parsed for real.
    stand_ins = list(splices)
    for member in root.members:
        touched = any(s.start <= member.value_end and s.end >= member.value_start for s in splices)
        if not touched:
            stand_ins.append(Splice(member.value_start, member.value_end, "0"))
    parse_document(apply_splices(text, stand_ins))
