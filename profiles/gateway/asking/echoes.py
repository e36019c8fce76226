"""Whether a text repeats a piece of a secret, however it is spelled: as a server's answer may do."""

from __future__ import annotations

import base64
import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 8  # characters of a secret that are too many to show
_DEPTH = 3  # an answer that was escaped, and put into another one
_ESCAPE = re.compile(r"(?<!\\)\\+(?:u\{?([0-9a-fA-F]{2,6})\}?|x([0-9a-fA-F]{2})|(\d{3}))")


def repeats(text: str, secret: str) -> bool:
    """Whether eight characters in a row of the secret stand in the text, or all of a shorter one.

    Other marks between its letters, another case and the reverse count as the same, and so do URL, HTML and
    JSON escapes, hexadecimal, base32 and base64.
    """
    pieces = _pieces(secret)
    return any(secret in form or _holds(form, pieces) for form in _unescaped(text))


def spellings(secret: str) -> list[str]:
    """The secret and its usual encodings, each as a whole: what can be replaced in a text."""
    data = secret.encode()
    codes = (base64.b64encode(data), base64.urlsafe_b64encode(data), base64.b32encode(data))
    return [secret, data.hex(), data.hex().upper(), *(code.decode().rstrip("=") for code in codes)]


def _holds(text: str, pieces: set[str]) -> bool:
    squeezed = _bare(text)
    lengths = {len(piece) for piece in pieces}
    return any(
        squeezed[start : start + length] in pieces
        for length in lengths
        for start in range(len(squeezed) - length + 1)
    )


def _pieces(secret: str) -> set[str]:
    """All that gives the secret away, as `_bare` leaves it."""
    bare = _bare(secret)
    found = {*_windows(bare, _PIECE), *_windows(bare[::-1], _PIECE)}
    if len(secret) >= _PIECE:
        for data, width in ((secret.encode(), 1), (secret.encode("utf-16-le"), 2)):
            bits = 8 * _PIECE * width
            found |= _windows(data.hex(), bits // 4)
            for encode, each, group in ((base64.b64encode, 6, 3), (base64.b32encode, 5, 5)):
                for start in range(group):  # what stands before it in the encoded text shifts it
                    # Of the encoded text that many letters come from the piece alone, whatever is around it.
                    code = encode(data[start:]).decode()[: 8 * (len(data) - start) // each]
                    found |= _windows(_bare(code), (bits - 2 * (each - 1)) // each)
    return {piece for piece in found if piece}


def _windows(text: str, length: int) -> set[str]:
    return {text[start : start + length] for start in range(max(1, len(text) - length + 1))}


def _unescaped(text: str) -> Iterator[str]:
    """The text, and what it says when its escapes are read, once and again."""
    for _ in range(_DEPTH + 1):
        yield text
        text, before = html.unescape(unquote_plus(_ESCAPE.sub(_char, text))), text
        if text == before:
            return


def _char(match: re.Match[str]) -> str:
    code = int(match[1] or match[2] or match[3], 8 if match[3] else 16)
    return chr(code) if code < 0x110000 else match[0]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()
