"""JSON text as it is spelled: objects, their members, and where each stands; or the line that is no JSON.

Values are found with the standard library's own scanner, so that what is JSON here is JSON elsewhere.
"""

from __future__ import annotations

import gc
import re

from profiles.base.light_json import scanner
from profiles.base.light_typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")

_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*+"?|(NaN|-?Infinity)', re.DOTALL)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


# Numbers stay text: foreign ones are never needed, and 1e999 or 5,000 digits must not fail or change.
_decode = scanner(parse_int=str, parse_float=str, parse_constant=_refuse_constant)


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


def parse_object(text: str, start: int = 0) -> JsonObject:
    """The object at `start` with its members, each value decoded (numbers as text).

    Raises JsonTextError, which knows line and column.
    """
    position = skip_space(text, start)
    if text[position : position + 1] != "{":
        raise JsonTextError(text, position, _found(text, position, "an object, `{`"))
    opening = position
    members: list[Member] = []
    position = skip_space(text, position + 1)
    if text[position : position + 1] == "}":
        return JsonObject(opening, position + 1, members)
    while True:
        member = _parse_member(text, position)
        members.append(member)
        position = skip_space(text, member.value_end)
        mark = text[position : position + 1]
        if mark == "}":
            return JsonObject(opening, position + 1, members)
        if mark != ",":
            raise JsonTextError(text, position, _found(text, position, "`,` or `}`"))
        position = skip_space(text, position + 1)


def parse_document(text: str) -> JsonObject:
    """The object that is the whole text. Raises JsonTextError."""
    # Megabytes of new objects, none of them garbage: looking for garbage among them takes half the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        root = parse_object(text)
    finally:
        if was_enabled:
            gc.enable()
    rest = skip_space(text, root.end)
    if rest != len(text):
        raise JsonTextError(text, rest, _found(text, rest, "the end of the file"))
    return root


def whole_value(text: str) -> object:
    """The value that the whole text is, numbers as text. Raises ValueError or RecursionError for no JSON."""
    whole = text.strip(" \t\n\r")
    try:
        value, end = _decode(whole, 0)
    except StopIteration:
        raise ValueError("no value") from None
    if end != len(whole):
        raise ValueError("more than a value")
    return value


def _parse_member(text: str, position: int) -> Member:
    if text[position : position + 1] != '"':
        raise JsonTextError(text, position, _found(text, position, "a key in double quotes"))
    key, key_end = _decode_value(text, position)
    colon = skip_space(text, key_end)
    if text[colon : colon + 1] != ":":
        raise JsonTextError(text, colon, _found(text, colon, "`:`"))
    value_start = skip_space(text, colon + 1)
    value, value_end = _decode_value(text, value_start)
    if isinstance(value, (dict, list)):
        value = type(value)()  # only its kind is of interest, and there may be megabytes of it
    return Member(str(key), value, position, key_end, value_start, value_end)


def _decode_value(text: str, position: int) -> tuple[object, int]:
    try:
        return _decode(text, position)
    except StopIteration as none:
        raise JsonTextError(text, none.value, _found(text, none.value, "a value")) from None
    except ValueError as error:
        raise _said(text, position, error) from None
    except RecursionError:
        raise JsonTextError(text, position, "nested too deeply") from None


def _said(text: str, position: int, error: ValueError) -> JsonTextError:
    """The error that was met behind that position, in our words."""
    from json import JSONDecodeError

    if not isinstance(error, JSONDecodeError):
        return JsonTextError(text, _constant_after(text, position), str(error))
    reason = error.msg.lower().removesuffix(": ").removesuffix(" at").removesuffix(" starting")
    if reason.startswith("expecting"):
        reason = _found(text, error.pos, reason.removeprefix("expecting ").replace("value", "a value"))
    return JsonTextError(text, error.pos, reason)


def _constant_after(text: str, position: int) -> int:
    """Where the first NaN or Infinity outside a string stands: the scanner does not say."""
    for match in _STRING_OR_CONSTANT.finditer(text, position):
        if match[1]:
            return match.start()
    return position


def skip_space(text: str, position: int) -> int:
    """The position after the white space that begins there."""
    if text[position : position + 1] > " ":
        return position  # mostly
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
