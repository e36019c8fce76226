"""How many requests are answered: a bucket that fills again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_BODY = 256 * 1024  # bytes; a Portkey config in a form is far below it
BODY_LIMIT_S = 10.0  # until it has come whole
LONGEST_TARGET = 2048  # bytes of path and query


class Bucket:
    """`size` requests at once, and `each_s` after that."""

    def __init__(self, clock: Callable[[], float], size: int = 200, each_s: float = 40.0) -> None:
        self._clock = clock
        self._size = float(size)
        self._each_s = each_s
        self._left = float(size)
        self._at = clock()

    def take(self) -> bool:
        """Whether one more may be answered now."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._at) * self._each_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
