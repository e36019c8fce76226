"""JSON documents of our own: one way to write and read them, and to say why one is not taken.

One of a newer pkcc-tray is not damaged: it must stay where it is, and the remedy is to update.
"""

from __future__ import annotations

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import is_unicode, printable
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

UPDATE = "Update this one; the file is as it was."  # the remedy where a newer pkcc-tray wrote it
_OF_ANOTHER_SHAPE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
_BEYOND_CALENDARS = 253_402_214_400.0  # 9999-12-31, in seconds since 1970


def read_document(
    path: str,
    newest: int,
    decode: Callable[[Any], T],
    remedy: str,
    kind: type[PkccError] = PkccError,
) -> T | None:
    """What a document holds, as `decode` makes it; None without a file.

    `decode` declares the shape that ours have, and finds out by using it what has another. Raises `kind` for
    one that a newer pkcc-tray wrote, and, with the remedy, for one that is damaged: no JSON, no version from
    1 to `newest`, or nothing that `decode` takes.
    """
    data = read_bytes(path)
    if data is None:
        return None
    try:
        plain = loads(data)
        refuse_newer(plain, path, newest, kind)
        if version_of(plain) < 1:
            raise ValueError("no version")
        return decode(plain)
    except _OF_ANOTHER_SHAPE:
        raise kind(f"{path} is damaged", remedy) from None


def read_unversioned(path: str, decode: Callable[[Any], T]) -> T | None:
    """What a passing record of ours holds, as `decode` makes it; None without a file, and for a damaged one.

    Raises PkccError for one that cannot be read.
    """
    data = read_bytes(path)
    try:
        return None if data is None else decode(loads(data))
    except (*_OF_ANOTHER_SHAPE, UsageError):  # such as of a name in it that nothing can have
        return None


def as_text(value: object) -> str:
    """A document's value that is text. Raises TypeError for what is none, or could not be written again."""
    if not isinstance(value, str) or not is_unicode(value):
        raise TypeError("not text")
    return value


def as_texts(value: Any) -> dict[str, str]:
    """A document's value that is texts by name, such as `{"user": "jane"}`. Raises as `as_text`."""
    return {as_text(name): as_text(text) for name, text in value.items()}


def as_moment(value: Any) -> float:
    """A document's value that is seconds since 1970, 0 for never. ValueError for what no clock shows."""
    if not 0 <= (moment := float(value)) < _BEYOND_CALENDARS:
        raise ValueError("no moment")
    return moment


def json_or_none(text: str | bytes) -> Any:
    """What JSON text holds; None for what is no JSON."""
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def compact(plain: object) -> bytes:
    """JSON that only programs read, such as `{"version":1,"steps":[]}`."""
    return dumps(plain, separators=(",", ":")).encode()


def readable(plain: object) -> bytes:
    """JSON that people read and edit: a line for each value, letters as they are."""
    import json

    return json.dumps(plain, indent=2, ensure_ascii=False).encode() + b"\n"


def shown(plain: object) -> str:
    """JSON that is shown: as `readable`, but what is no printable ASCII is escaped."""
    import json

    return json.dumps(plain, indent=2) + "\n"


def version_of(plain: object) -> int:
    """The version that a document says it has, 0 for none."""
    version = plain.get("version") if isinstance(plain, dict) else None
    return version if type(version) is int else 0  # true == 1


def refuse_newer(plain: object, path: str, newest: int, kind: type[PkccError] = PkccError) -> None:
    """Raises `kind` where the document is of a later version than the newest that is known here."""
    if version_of(plain) > newest:
        raise kind(f"{path} was written by a newer pkcc-tray", UPDATE)


def parse_json(path: str, data: bytes, *, unique_keys: bool = False) -> object:
    """What JSON bytes hold; `path` names them in the error. Raises PkccError with line and column.

    With `unique_keys` a key that stands twice is refused: the one that loses would go unchecked.
    """
    import json

    try:
        return json.loads(data, object_pairs_hook=_unique if unique_keys else None)
    except _TwiceError as error:
        raise PkccError(f"{path}: {error.args[0]!r} is there twice", "Take one of them out.") from None
    except UnicodeDecodeError:
        raise PkccError(f"{path}: not UTF-8 text", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise PkccError(
            f"{path} line {error.lineno}, column {error.colno}: {error.msg.lower()}", "Fix that line."
        ) from None
    except (RecursionError, ValueError):
        raise PkccError(f"{path} is nested too deeply, or holds a number too long", "Fix it.") from None


class _TwiceError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(printable(next(key for key in keys if keys.count(key) > 1)))
    return found
