"""What every icon backend is: one face and one menu, shown by whatever this system has for it."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, NamedTuple, Protocol

from profiles.errors import PkccError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.menu import Entry


class Face(NamedTuple):
    """What the icon looks like and says. `condition` is one of `tray.artwork.CONDITIONS`."""

    condition: str
    title: str
    tooltip: str


class Absence(NamedTuple):
    """Why no panel shows the icon now, and what would change that."""

    reason: str
    remedy: str


class IconUnavailableError(PkccError):
    """The backend cannot work here at all: another one may."""


class IconBackend(Protocol):
    """An icon with a menu. Made as `Backend(on_choose, on_activate)`.

    `on_choose` gets the key of the entry that was chosen, `on_activate` is called for a plain click where the
    panel doesn't open the menu by itself. Both are called one at a time on a thread of their own, so they may
    take as long as they need: neither the panel nor its menu waits.
    """

    name: str

    def run(self) -> None:
        """Show the icon until `stop()`. Called on the main thread.

        Raises IconUnavailableError when it cannot work here.
        """

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        """Show this from now on. From any thread; returns at once; only what differs reaches the desktop."""

    def stop(self) -> None:
        """Make `run()` return. From any thread, a signal handler too; more than once does no harm."""

    def hosted(self) -> bool:
        """Whether some panel shows the icon now."""

    def absence(self) -> Absence | None:
        """Why no panel shows it; None while one does."""


class Worker:
    """Runs what a click asks for, one after the other, away from the thread that talks to the desktop."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._started = False

    def start(self) -> None:
        """Begin; jobs given before wait for it."""
        self._started = True
        self._thread.start()

    def do(self, job: Callable[[], None]) -> None:
        """Run `job` when those before it are done. Returns at once."""
        self._jobs.put(job)

    def stop(self, timeout_s: float = 2.0) -> None:
        """End after the running job; one that takes longer than `timeout_s` is left to end by itself."""
        self._jobs.put(None)
        if self._started and threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001
                # One click that fails must not end all later ones; whoever watches threads is told.
                threading.excepthook(
                    threading.ExceptHookArgs((type(error), error, error.__traceback__, self._thread))
                )
