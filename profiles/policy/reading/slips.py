"""What is wrong with a policy's values, and how values are looked at. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import is_unicode
from profiles.policy.kinds import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Path = tuple[str | int, ...]

LEFT_OUT = "that one is left out"
ROW = "*"  # what the table says of the key


class Slip(NamedTuple):
    """What is wrong with a value, or with a part of it, and what holds until it is put right.

    Where nothing holds instead it is only good to know: a field of a later pkcc-tray.
    """

    path: Path
    what: str
    holds: str = ""


def spelled(name: str, known: Iterable[str]) -> str:
    """The known name that was meant, which differs by case, `_`, `-` and one letter at most; "" for none."""
    meant = _letters(name)
    return next((each for each in known if _is_near(meant, _letters(each))), "")


def _letters(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _is_near(one: str, other: str) -> bool:
    """Whether they are the same, or a letter of the one is lacking, another, or in its neighbour's place."""
    short, long = sorted((one, other), key=len)
    at = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    rest, more = short[at:], long[at:]
    return more[1:] == rest or (
        len(rest) == len(more) and (more[1:] == rest[1:] or more[1::-1] + more[2:] == rest)
    )


def wrong(value: object, what: str) -> tuple[Any, list[Slip]]:
    """The strictest value, and why it is read so."""
    return value, [Slip((), what, ROW)]


def is_text(value: object, limit: int = LONGEST_TEXT) -> bool:
    """Whether a value is text on one line, and not too long."""
    return isinstance(value, str) and 0 < len(value) <= limit and value.isprintable() and is_unicode(value)
