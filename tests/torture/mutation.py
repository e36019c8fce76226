"""Bytes that are nearly right: what readers of foreign files and lines are tried with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

# Pieces that readers of text stumble over.
PIECES = (
    *(b"", b"\0", b"\n", b"\r", b"\r\n", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true"),
    *(b"1e999", b"-0", b"9" * 400, b"NaN", b"Infinity", b"\\ud800", b"\\u0000", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b"\xed\xa0\x80", "é".encode(), "\u2028".encode(), "🔑".encode(), b"$(", b"${X:-", b"`", b"'", b"//"),
    *(b"__proto__", b"../x", b"[" * 3000, b"{" + b'"a":{' * 1500, b"x" * 5000, b"\x1b[2J", b"%s%n"),
    *(b"env", b"ANTHROPIC_CUSTOM_HEADERS", b"apiKeyHelper", b"x-portkey-api-key: x\\n", b"api_key", b"cmd:"),
)


def mutated(rng: random.Random, seed: bytes, others: Sequence[bytes] = ()) -> bytes:
    """The seed with one to four changes: bytes flipped, pieces put in, parts doubled, cut or swapped."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 2, 4))):
        start = rng.randint(0, len(data))
        end = min(len(data), start + rng.choice((0, 1, 1, 2, 5, 20, 200)))
        what = rng.randrange(6)
        if what == 0 and start < len(data):
            data[start] ^= 1 << rng.randrange(8)
        elif what == 1:
            data[start:start] = rng.choice(PIECES)
        elif what == 2:
            data[start:end] = rng.choice(PIECES)
        elif what == 3:
            data[start:start] = data[start:end] * rng.randint(1, 3)
        elif what == 4:
            del data[start:end]
        elif others:
            other = rng.choice(others)
            cut = rng.randint(0, len(other))
            data[start:end] = other[cut : cut + rng.choice((1, 10, 100, 1000))]
    return bytes(data)
