"""How often a file that something else keeps changing is put back by itself, and when it is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.switching.reading.surroundings import is_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.reading.reading import Reading

MOST_RESTORES = 3  # a minute: what writes the file all the time is not answered without end
_MINUTE_S = 60.0


class Allowance:
    """The restores of the last minute. For one thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at: list[float] = []

    def take(self) -> bool:
        """Whether there may be one more now; it is then counted."""
        now = self._clock()
        self._at = [at for at in self._at if now - at < _MINUTE_S]
        if len(self._at) >= MOST_RESTORES:
            return False
        self._at.append(now)
        return True

    def wait_s(self) -> float:
        """How long until there may be one more."""
        return max(self._at[0] + _MINUTE_S - self._clock(), 0.0) if self._at else 0.0


def can_restore(reading: Reading) -> bool:
    """Whether restoring would change anything: some values only the user can put back."""
    return reading.condition == "gone" or not all(map(is_by_hand, reading.changes))
