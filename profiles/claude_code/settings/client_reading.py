"""A settings file's text and values as Claude Code reads them, which is more lenient than JSON at its best.

Seen with client 2.1.332: a byte order mark, UTF-16 with a little-endian mark, bytes that are no UTF-8,
numbers of any length and any depth of nesting are read; whatever stands in `env` becomes text.
"""

from __future__ import annotations

from profiles.base import light_json
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.variable_values import EXACT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


_DEEPEST = 64
LARGEST = 2 * 1024 * 1024  # bytes; a file with one more is left out


class Number(str):
    """A number, as JavaScript makes text of it."""

    __slots__ = ()


def decoded(data: bytes) -> str | None:
    """The text of a file; None for one that the client cannot read (UTF-16 with a big-endian mark)."""
    if data.startswith(b"\xff\xfe"):
        return data[2 : len(data) // 2 * 2].decode("utf-16-le", "replace")  # half a character is left out
    if data.startswith(b"\xfe\xff"):
        return None
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def as_utf8(data: bytes) -> bytes:
    """The bytes of a file, as UTF-8 where the client reads another encoding: for looking only."""
    if data.startswith(b"\xff\xfe"):
        return (decoded(data) or "").encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "replace").encode()


def loads(text: str) -> Any:
    """The value that a JSON text is, numbers as `Number`. Raises ValueError, and RecursionError."""
    return light_json.loads(text, parse_int=_whole, parse_float=_broken, parse_constant=_refuse)


def variables(env: Mapping[str, Any]) -> dict[str, str]:
    """The variables that an `env` sets: one whose text has a NUL in it hides no less specific file's."""
    texts = {name: as_text(value) for name, value in env.items()}
    return {name: text for name, text in texts.items() if "\0" not in text}


def as_text(value: Any, depth: int = 3) -> str:
    """What a value of `env` becomes: `null` for null, `a,1` for a list of the two.

    `depth` counts the objects and lists that it stands in, and itself; what is deeper than 64 is taken out.
    """
    if isinstance(value, str):  # numbers too, see above
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_part(part, depth + 1) for part in value)
    return "null" if value is None else "[object Object]"


def _part(value: Any, depth: int) -> str:
    nothing = value is None or (isinstance(value, list | dict) and depth > _DEEPEST)
    return "" if nothing else as_text(value, depth)


def _whole(digits: str) -> Number:
    return Number(digits) if len(digits) < EXACT and digits != "-0" else _broken(digits)


def _broken(digits: str) -> Number:
    """The number as JavaScript writes it: `1e3` is 1000, `1e21` stays, `1e999` is Infinity."""
    from decimal import Decimal

    number = float(digits) or 0.0
    text = repr(number)
    if text.endswith("inf"):
        return Number(text.replace("inf", "Infinity"))
    if not number or 1e-6 <= abs(number) < 1e21:
        return Number(format(Decimal(text), "f").removesuffix(".0"))
    return Number(text.replace("e-0", "e-"))


def _refuse(word: str) -> str:
    raise ValueError(word)
