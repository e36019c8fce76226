"""`loads`, `dumps` and `scanner` of JSON for what a switch and `key print` load, without loading `json`.

`json` compiles six regular expressions and loads what they need: a sixth of a whole `key print`. Its own fast
parts do the same work by themselves. What they do not take goes to `json`, which says what is wrong with it.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Way = Callable[[str], Any]
    make_encoder: Any
    make_scanner: Any
    encode_basestring_ascii: Callable[[str], str]
else:
    try:
        from _json import encode_basestring_ascii, make_encoder, make_scanner
    except ImportError:  # an interpreter that has them elsewhere
        from json.encoder import c_make_encoder as make_encoder
        from json.encoder import encode_basestring_ascii
        from json.scanner import make_scanner

_SPACE = " \t\n\r"
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_USUAL: dict[str, Way] = {
    "parse_int": int,
    "parse_float": float,
    "parse_constant": _CONSTANTS.__getitem__,
}


class _Ways:
    """How a scanner makes values, as a `json.JSONDecoder` tells its own."""

    strict = True
    object_hook = object_pairs_hook = array_hook = None  # the last is asked for from Python 3.15 on

    def __init__(self, ways: dict[str, Way]) -> None:
        vars(self).update(_USUAL | ways)


def scanner(**ways: Any) -> Callable[[str, int], tuple[Any, int]]:
    """What returns the value at a place in a text and the place behind it; `ways` as for `json.loads`.

    It raises StopIteration where no value begins, with the place, and `json`'s own errors.
    """
    scan: Callable[[str, int], tuple[Any, int]] = make_scanner(_Ways(ways))

    def value_at(text: str, place: int) -> tuple[Any, int]:
        try:
            return scan(text, place)
        except SystemError:  # it can name its own errors only once they are loaded, in Python 3.11
            import json.decoder  # noqa: F401

            return scan(text, place)

    return value_at


_scan = scanner()


def loads(text: str | bytes, **ways: Any) -> Any:
    """What `json.loads` returns and raises."""
    whole = _text(text)
    if whole is not None:
        try:
            value, end = (scanner(**ways) if ways else _scan)(whole, 0)
        except (StopIteration, ValueError):
            pass
        else:
            if end == len(whole):
                return value
    import json

    return json.loads(text, **ways)


def _text(text: str | bytes) -> str | None:
    """The text without white space around it; None where its encoding is to be found out first."""
    if isinstance(text, bytes):
        if b"\0" in text[:4] or text[:1] >= b"\x80":
            return None
        try:
            text = text.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None
    return text.strip(_SPACE)


def dumps(plain: object, separators: tuple[str, str] = (", ", ": ")) -> str:
    """What `json.dumps` returns and raises."""
    if isinstance(plain, str):
        return encode_basestring_ascii(plain)
    item, key = separators
    encode = make_encoder({}, _refuse, encode_basestring_ascii, None, key, item, False, False, True)
    return "".join(encode(plain, 0))


def _refuse(value: object) -> object:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
