"""What takes long and changes nothing, done in threads of its own; the worker hears what was found."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from tray.desktop.threads.faults import log_fault

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class Apart:
    """Used by the tray's worker, which `put` gives something to do. One job of each kind runs at a time."""

    def __init__(self, put: Callable[[Callable[[], object]], None]) -> None:
        self._put = put
        self._running: dict[str, threading.Thread] = {}
        self._hearing = threading.Lock()  # what is heard may start the next: no end in between, for `join`

    def runs(self, kind: str) -> bool:
        """Whether one of that kind runs, or was not heard of yet."""
        return kind in self._running

    def start(self, kind: str, job: Callable[[], _T], then: Callable[[_T | None], object]) -> None:
        """Do the job, unless one of its kind runs; then `then`, on the worker. None: a fault, in the log."""
        if self.runs(kind):
            return

        def work() -> None:
            found = None
            try:
                found = job()
            except Exception as error:  # noqa: BLE001 - the worker hears of it, whatever it was
                log_fault(f"a fault in {kind}", error)
            self._put(lambda: end(found))

        def end(found: _T | None) -> None:
            with self._hearing:
                del self._running[kind]
                then(found)

        self._running[kind] = threading.Thread(target=work, name=kind, daemon=True)
        self._running[kind].start()

    def join(self, limit_s: float) -> bool:
        """Wait until what runs now is done, at most so long for each; whether there was anything."""
        with self._hearing:
            running = list(self._running.values())
        for thread in running:
            thread.join(limit_s)
        return bool(running)
