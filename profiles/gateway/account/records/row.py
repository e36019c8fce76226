"""One JSON object of an answer, read field by field: what is of another kind than it should be is not there.

Whatever comes out of here may be shown: text without control characters, and not too long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from profiles.base.text import others_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

_LONGEST_NAME = 256  # characters of what a profile would name
_LONGEST_TEXT = 200


class UnusableError(ValueError):
    """It is not of the form that is documented, so far that nothing can be made of it."""


class Row:
    """An object's fields."""

    def __init__(self, plain: object) -> None:
        if not isinstance(plain, dict):
            raise UnusableError
        self._plain = plain

    def value(self, name: str) -> object:
        """Whatever stands there; None for nothing."""
        return self._plain.get(name)

    def name(self, field: str) -> str:
        """What else names this object, such as `anthropic-prod`. Raises UnusableError without one."""
        found = self.value(field)
        if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_NAME:
            raise UnusableError
        if not found.isprintable() or found != found.strip():
            raise UnusableError
        return found

    def text(self, name: str) -> str:
        """Text for people, or a moment such as `2026-12-01T00:00:00Z`; "" for none."""
        found = self.value(name)
        return others_words(found, _LONGEST_TEXT) if isinstance(found, str) else ""

    def number(self, name: str) -> float | None:
        """A number, which some answers have as text; None for what is none, and for those without end."""
        found = self.value(name)
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            return None
        try:
            number = float(found)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def flag(self, name: str) -> bool:
        """Whether it is `true` or 1."""
        found = self.value(name)
        return isinstance(found, bool | int) and found == 1

    def inner(self, name: str) -> Row:
        """The object in that field, an empty one without it."""
        found = self.value(name)
        return Row(found if isinstance(found, dict) else {})

    def rows(self, name: str, read: Callable[[Row], T]) -> tuple[T, ...]:
        """What `read` makes of the objects listed in that field."""
        return read_rows(self.value(name), read)


def read_rows(plain: object, read: Callable[[Row], T]) -> tuple[T, ...]:
    """What `read` makes of a list of objects; those that are not usable are left out."""
    found = []
    for each in plain if isinstance(plain, list) else ():
        try:
            found.append(read(Row(each)))
        except UnusableError:
            continue
    return tuple(found)
