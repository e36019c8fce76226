"""Noticing that a watched file may have changed: events where the system gives them, and a look every 2 s.

Neither is enough alone (facts/reliability): events miss a hard link's write, a link's target elsewhere, and
everything after an overflow; looking alone is late.

A change is reported twice: when its writer pauses, so that what a whole file says can be shown at once, and
when it has been quiet for so long that the writer is done.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from tray.desktop.directory_events import DirectoryEvents
from tray.desktop.late_changes import late_changes
from tray.desktop.threads.job_thread import report_fault
from tray.desktop.watched_files import NOTHING_SEEN, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tray.desktop.late_changes import Late

POLL_S = 2.0
PAUSE_S = 0.015  # no event for so long: most writers are done by then
LONGEST_PAUSE_WAIT_S = 0.100  # a constant stream of events counts as a pause at least this often
DEBOUNCE_S = 0.100  # quiet for so long means that the writer is done
LONGEST_WAIT_S = 0.300  # a constant stream of events is answered at least this often
_STOP_LIMIT_S = 5.0


class Watcher:
    """Calls `on_change`, from its own thread and never twice at once, when a watched path may have changed.

    That is its content, existence, identity, mode or link target, and for a directory whatever happens in it
    (without events only that something came or went). What changed after `start` returned is reported, some
    of it more than once. `paths` is asked again at every look. What a call raises goes to
    `threading.excepthook`, and watching goes on.

    `on_pause` comes before it, on the same thread, as soon as the events pause: perhaps in the middle of a
    write, and again after each later pause; never for what only looking finds. `on_late` hears on it
    that the system refuses to give events, and that it does no longer (None).
    """

    def __init__(
        self,
        paths: Callable[[], Sequence[str]],
        on_change: Callable[[], None],
        *,
        poll_s: float = POLL_S,
        debounce_s: float = DEBOUNCE_S,
        on_pause: Callable[[], None] = lambda: None,
        on_late: Callable[[Late | None], None] = lambda _late: None,
        events: Callable[[Callable[[], None]], DirectoryEvents] = DirectoryEvents,
    ) -> None:
        self._paths = paths
        self._on_change = on_change
        self._on_pause = on_pause
        self._on_late = on_late
        self._poll_s = poll_s
        self._debounce_s = debounce_s
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._first_event = self._last_event = 0.0  # monotonic seconds; 0: none waits
        self._unreported_since = 0.0  # the first event after the last pause; 0: none
        self._next_look = 0.0
        self._seen = NOTHING_SEEN
        self._events = events(self._note_event)
        self._late: Late | None = None  # what was said of it last

    def start(self) -> None:
        """Begin; changes from now on are noticed. Does nothing when it runs already."""
        if self._thread is not None:
            return
        self._stopping = False
        self._seen = survey(self._paths())
        self._next_look = 0.0
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, waiting for a call of `on_change` that is under way (at most 5 s). From any thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_STOP_LIMIT_S)
            self._thread = None

    def look_now(self) -> None:
        """Have `on_change` called at once, whatever seems to have changed (after the machine slept, say)."""
        with self._wake:
            self._first_event = self._last_event = -1.0  # long ago: due
            self._wake.notify()

    # In watchdog's threads ---------------------------------------------------------------------------

    def _note_event(self) -> None:
        now = time.monotonic()
        with self._wake:
            if not self._unreported_since:
                self._unreported_since = now
                self._wake.notify()  # later ones only move the moment, which is looked up when it comes
            self._first_event = self._first_event or now
            if self._last_event >= 0:
                self._last_event = now

    # In our own thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while self._wait():
                self._guarded(self._report_pause if self._is_only_a_pause() else self._look)
        finally:
            self._events.close()

    def _wait(self) -> bool:
        """Until something is due; False when it is time to end."""
        with self._wake:
            while not self._stopping and (left_s := self._due_at() - time.monotonic()) > 0:
                self._wake.wait(left_s)
            return not self._stopping

    def _due_at(self) -> float:
        return min(self._pause_due_at(), self._look_due_at())

    def _look_due_at(self) -> float:
        if self._first_event:
            return min(self._last_event + self._debounce_s, self._first_event + LONGEST_WAIT_S)
        return self._next_look

    def _pause_due_at(self) -> float:
        if self._unreported_since:
            return min(self._last_event + PAUSE_S, self._unreported_since + LONGEST_PAUSE_WAIT_S)
        return math.inf

    def _is_only_a_pause(self) -> bool:
        with self._wake:
            return self._look_due_at() > time.monotonic()

    def _report_pause(self) -> None:
        with self._wake:  # before the call: what comes during it is for the next one
            self._unreported_since = 0.0
        self._on_pause()

    def _look(self) -> None:
        with self._wake:  # before the look: what comes after it is for the next one
            due = bool(self._first_event)
            self._first_event = self._last_event = self._unreported_since = 0.0
            self._next_look = time.monotonic() + self._poll_s
        now = self._seen.again(self._paths())
        if self._events.arm(now.places):
            now = survey(self._paths())  # what happened before the new watches were in place
        late = late_changes(self._events.refused)
        if late != self._late:
            self._late = late
            self._on_late(late)
        changed = now.signatures != self._seen.signatures
        self._seen = now
        if due or changed:
            self._on_change()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a fault elsewhere must not end the watching
            report_fault(error)
