"""Bytes that are nearly right: what readers of foreign files and lines are tried with."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

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


# Values that readers of JSON stumble over.
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, 10**20, 10**400, float("inf"), float("nan")),
    *("", [], {}, [None], {"": ""}, [[]]),
    *("x", "x" * 5000, "é", "\ud800", "a\nb", "\x1b[2J", "../x", "https://evil.example", "evil.example:444"),
    *("keyring:home", "cmd:[]", "{user}", "{", "-x", "0" * 400, "__proto__", {"a": {"a": {}}}, {"name": "x"}),
)


def changed(rng: random.Random, plain: Any, values: Sequence[Any] = ()) -> Any:
    """JSON data with one to three of its values replaced, taken out, doubled, or put elsewhere; a copy."""
    root = [copy.deepcopy(plain)]
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(root))
        holder, key = rng.choice(places)
        other, other_key = rng.choice(places)
        what = rng.randrange(5)
        if what == 0 and holder is not root:
            del holder[key]
        elif what == 1:
            holder[key] = copy.deepcopy(other[other_key])
        elif what == 2 and isinstance(holder, dict):
            holder[rng.choice((f"x-{key}", f"{key}s", key.upper(), "extra_env", "", "é"))] = holder[key]
        elif what == 3 and isinstance(holder[key], str):
            holder[key] = mutated(rng, holder[key].encode("utf-8", "replace")).decode("utf-8", "replace")
        else:
            holder[key] = copy.deepcopy(rng.choice((*_VALUES, *values)))
    return root[0]


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Every object or list with each of its keys, itself first."""
    for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
        yield holder, key
        if isinstance(holder[key], dict | list):
            yield from _places(holder[key])
