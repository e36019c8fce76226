"""Whether Claude Code sessions run, learnt from what the tray hears anyway; one beat a minute while they do.

A session is known by its process, or by what it asks of us: a key, a status line. One whose process cannot
be seen (a container, WSL) counts for ten minutes after it asked.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from profiles.claude_code.process.sessions import running_sessions
from tray.desktop.threads.job_thread import report_fault
from tray.desktop.threads.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from profiles.base.locations import Locations
    from profiles.claude_code.process.sessions import Session

    Processes = frozenset[int]
    Event = Literal["started", "beat", "ended"]

_log = logging.getLogger("pkcc-tray")
BEAT_S = 60.0
ASKED_LATELY_S = 600.0
_STOP_LIMIT_S = 5.0


def processes_of(sessions: Iterable[Session]) -> Processes:
    """The processes of those sessions that can be seen from here."""
    return frozenset(session.pid for session in sessions if not session.elsewhere)


def running_processes(locations: Locations) -> Processes:
    """The processes of the sessions that run here now: a look at their files."""
    return processes_of(running_sessions(*locations.session_dirs))


class SessionActivity:
    """Tells its listeners, in turn from a thread of its own, what sessions do; each must return soon.

    "started": a session more; "beat": sessions run, and another minute is over; "ended": the last is gone.
    The thread is the one timer of all that is done while sessions run. Without one it sleeps until woken.
    `look` says which processes run; it is asked at each beat. All methods but `turn` are for any thread.
    """

    def __init__(self, look: Callable[[], Processes], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._listeners: list[Callable[[Event], None]] = []
        self._lock = threading.Lock()  # guards:
        self._known: Processes = frozenset()
        self._started = False  # one did, which is still to be told
        self._asked_at = -ASKED_LATELY_S
        self._running = False
        self._next_beat = 0.0
        self._waker: Waker | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sessions", daemon=True)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Tell that one from now on."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to tell."""
        self._waker = Waker()
        self._thread.start()

    def stop(self) -> None:
        """End; what is being told is waited for."""
        self._stopped.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(_STOP_LIMIT_S)

    def seen(self, processes: Processes) -> None:
        """Somebody has looked, and these run. Returns at once."""
        with self._lock:
            is_news = bool(processes) != bool(self._known) or not processes <= self._known
            self._note(processes)
        if is_news:
            self._wake()

    def asked(self) -> None:
        """A session has asked for something, so one runs. Returns at once."""
        with self._lock:
            self._asked_at = self._clock()
            is_news = not self._running
        if is_news:
            self._wake()

    def _note(self, processes: Processes) -> None:
        self._started |= not processes <= self._known
        self._known = processes

    def _wake(self) -> None:
        if self._waker is not None:
            self._waker.wake()

    # In our own thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        assert self._waker is not None  # noqa: S101 - `start` made it
        with closing(self._waker) as waker:
            while not self._stopped.is_set():
                waker.sleep(self.turn())

    def turn(self) -> float | None:
        """Tell what is new by now; the seconds until the next beat, None while no session runs."""
        now = self._clock()
        is_beat = self._running and now >= self._next_beat
        processes = self._look() if is_beat else None
        with self._lock:
            if processes is not None:
                self._note(processes)
            was, started = self._running, self._started
            self._running = bool(self._known) or now - self._asked_at < ASKED_LATELY_S
            self._started = False
        if is_beat or not was:
            self._next_beat = now + BEAT_S
        if was != self._running:
            _log.info("Claude Code runs" if self._running else "Claude Code runs no longer")
        if self._running and (started or not was):
            self._tell("started")
        elif was and not self._running:
            self._tell("ended")
        elif is_beat:
            self._tell("beat")
        return max(self._next_beat - self._clock(), 0.0) if self._running else None

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - one that fails must not keep it from the others
                report_fault(error)
