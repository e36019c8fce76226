"""What a shell makes of the text inside `$'…'`. Where bash and zsh differ, as bash does."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    rb"\\(?:x\{(?P<braced>[0-9a-fA-F]+)\}|x(?P<byte>[0-9a-fA-F]{1,2})|(?P<octal>[0-7]{1,3})"
    rb"|u(?P<short>[0-9a-fA-F]{1,4})|U(?P<long>[0-9a-fA-F]{1,8})"
    rb"|c(?P<control>\\\\|[^\0])|(?P<letter>.))",
    re.DOTALL,
)
_LETTERS = {
    b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"e": b"\x1b", b"E": b"\x1b",
    b"f": b"\f", b"v": b"\v", b"\\": b"\\", b"'": b"'", b'"': b'"', b"?": b"?",
}  # fmt: skip
_HIGHEST = 0x7FFFFFFF  # what bash still encodes; it leaves out what is above


def c_text(inside: str) -> str:
    """The text that the escapes spell. A NUL among them ends it, as no variable can hold one.

    Bytes that are no UTF-8 become the replacement character.
    """
    spelled = _ESCAPE.sub(_meant, inside.encode("utf-8", "surrogatepass"))
    return spelled.partition(b"\0")[0].decode("utf-8", "replace")


def _meant(found: re.Match[bytes]) -> bytes:
    for group, base in (("braced", 16), ("byte", 16), ("octal", 8)):
        if found[group]:
            return bytes([int(found[group], base) & 0xFF])
    for group in ("short", "long"):
        if found[group]:
            return _encoded(int(found[group], 16))
    if found["control"]:
        return b"\x7f" if found["control"] == b"?" else bytes([found["control"][0] & 0x1F])
    return _LETTERS.get(found["letter"], found[0])


def _encoded(number: int) -> bytes:
    if number > _HIGHEST:
        return b""
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else b"\xff"
