"""When the manager ends by itself: nothing listens when no page is open, or nobody uses the one that is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_IDLE_S = 60.0
# From one page to the next, and for a browser that starts; a page that is gone for longer was closed.
BETWEEN_PAGES_S = 20.0


class Lifetime:
    """Knows who looks at a page, and since when nobody does. `clock` in monotonic seconds.

    `idle_s` says after how long without use it is to end, by the preference as it is then.
    """

    def __init__(self, clock: Callable[[], float], idle_s: Callable[[], float]) -> None:
        self._clock = clock
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._open_pages = 0
        self._told_by_pages = False  # a script in a page says that it is open; without scripts nobody does
        self._used_at = self._seen_at = clock()

    def used(self) -> None:
        """A person asked for a page, or sent a form."""
        with self._lock:
            self._used_at = self._seen_at = self._clock()

    def page_opened(self) -> None:
        """A page is open, until `page_closed`."""
        with self._lock:
            self._open_pages += 1
            self._told_by_pages = True

    def page_closed(self) -> None:
        """One page is open no longer."""
        with self._lock:
            self._open_pages -= 1
            self._seen_at = self._clock()

    def new_session(self) -> None:
        """Another browser comes: whether its pages tell is not known yet."""
        with self._lock:
            self._told_by_pages = self._open_pages > 0
            self._used_at = self._seen_at = self._clock()

    def has_page(self) -> bool:
        """Whether a page seems to be open."""
        now = self._clock()
        with self._lock:
            if self._open_pages:
                return True
            return not self._told_by_pages and not self._is_idle(now)

    def is_over(self, *, awaited: bool, session: bool) -> bool:
        """Whether it is to end now; `awaited`: a link waits to be used; `session`: one has been."""
        now = self._clock()
        with self._lock:
            if self._is_idle(now):
                return True
            if awaited or self._open_pages:
                return False
            return (self._told_by_pages or not session) and now - self._seen_at >= BETWEEN_PAGES_S

    def _is_idle(self, now: float) -> bool:
        unused = now - self._used_at
        return unused >= SHORTEST_IDLE_S and unused >= self._idle_s()
