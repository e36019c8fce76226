"""One-time links: each opens the manager once, within a minute."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Found = Literal["good", "used", "late", "unknown"]

LIFE_S = 60.0
_REMEMBERED = 64  # links that were used or came to nothing, so that each can still say so


class Links:
    """The links that were given out. `clock` in monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}  # token → when it ends; 0.0 once used

    def make(self) -> str:
        """A new token, good for one use within a minute."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._ends) >= _REMEMBERED:
                del self._ends[next(iter(self._ends))]
            self._ends[token] = self._clock() + LIFE_S
        return token

    def use(self, token: str) -> Found:
        """Whether it is good; it is used from then on."""
        with self._lock:
            ends = self._ends.get(token)
            if ends is None:
                return "unknown"
            self._ends[token] = 0.0
        if ends == 0.0:
            return "used"
        return "good" if self._clock() < ends else "late"

    def is_waiting(self) -> bool:
        """Whether one can still be used."""
        now = self._clock()
        with self._lock:
            return any(ends > now for ends in self._ends.values())
