"""One hash function for everything: BLAKE2b, taken from where hashlib takes it.

`hashlib` itself loads OpenSSL first, which costs a switch 3 ms for hashes that are never used here.
"""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that has it elsewhere
    from hashlib import blake2b


def digest(data: bytes, *, key: bytes = b"", size: int = 32) -> str:
    """The hash of some bytes as hexadecimal text of twice `size` characters; with `key`, a keyed hash."""
    return str(blake2b(data, key=key, digest_size=size).hexdigest())


def growing_digest(pieces: Iterable[bytes], *, key: bytes, size: int) -> Iterator[str]:
    """The keyed hash of the first piece, then that of the first two together, and so on."""
    hashed = blake2b(key=key, digest_size=size)
    for piece in pieces:
        hashed.update(piece)
        yield str(hashed.copy().hexdigest())


def text_digest(text: str, *, size: int = 32) -> str:
    """The hash of a text with paths in it, as this system has them.

    They need not be whole characters: a name on Windows may hold half of one, a POSIX name any byte.
    """
    halves = "surrogatepass" if sys.platform == "win32" else "surrogateescape"
    return digest(text.encode("utf-8", halves), size=size)
