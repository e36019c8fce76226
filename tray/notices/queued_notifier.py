"""A notifier over any channel: from a thread of its own, at a bounded rate, never blocking or failing."""

from __future__ import annotations

import logging
import math
import selectors
import threading
import time
from typing import TYPE_CHECKING

from tray.desktop.threads.job_thread import report_fault
from tray.desktop.threads.waker import Waker
from tray.notices.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.notices.notice import Channel, Notice

_log = logging.getLogger("pkcc-tray")

# Pauses after which what could not be shown is tried again: what shows it may still be starting, or be busy.
RETRY_S = (2.0, 5.0, 15.0, 30.0, 60.0)
STOP_LIMIT_S = 2.0


class QueuedNotifier:
    """A notifier over any channel, with a thread that starts with the first notice.

    What comes too fast waits, the newest of each key only: the last word is shown, however many came before.
    What the channel cannot show waits too, and is given up after `RETRY_S`.
    """

    def __init__(
        self,
        channel: Channel,
        on_action: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel = channel
        self._on_action = on_action
        self._clock = clock
        self._pace = Pace()
        self._lock = threading.Lock()
        self._waiting: dict[str, Notice] = {}
        self._withdrawn: set[str] = set()
        self._failures = 0  # in a row, since the last news
        self._next_try = -math.inf
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._waker: Waker | None = None

    def show(self, notice: Notice) -> None:
        """Show it as soon as the pace allows."""
        with self._lock:
            if self._stopping:
                return
            self._waiting.pop(notice.key, None)
            self._waiting[notice.key] = notice
            self._failures, self._next_try = 0, -math.inf  # news is tried at once
            if self._thread is None:
                self._waker = Waker()
                self._thread = threading.Thread(
                    target=self._run, args=(self._waker,), name="notices", daemon=True
                )
                self._thread.start()
        self._wake()

    def withdraw(self, key: str) -> None:
        """Take it away."""
        with self._lock:
            if self._thread is None:
                return
            self._waiting.pop(key, None)
            self._withdrawn.add(key)
        self._wake()

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End, waiting at most `limit_s` for a desktop that does not answer."""
        with self._lock:
            self._stopping = True
            thread = self._thread
        self._wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join(limit_s)

    def _wake(self) -> None:
        if self._waker is not None:
            self._waker.wake()

    # In our own thread -------------------------------------------------------------------------------

    def _run(self, waker: Waker) -> None:
        try:
            while not self._stopping:
                self._withdraw_all()
                limit_s = self._show_allowed()
                self._attempt(self._hear)  # what came while a reply was waited for
                self._wait(waker, limit_s)
        finally:
            self._attempt(self._channel.close)
            waker.close()

    def _withdraw_all(self) -> None:
        with self._lock:
            keys, self._withdrawn = self._withdrawn, set()
        for key in keys:
            self._pace.forget(key)
            self._attempt(lambda key=key: self._channel.retract(key))  # type: ignore[misc]

    def _show_allowed(self) -> float | None:
        """Show what may be shown; seconds until more may be, None when nothing waits."""
        while not self._stopping:
            now = self._clock()
            with self._lock:
                if not self._waiting:
                    return None
                if now < self._next_try:
                    return self._next_try - now
                key = next(iter(sorted(self._waiting, key=lambda key: not self._waiting[key].urgent)))
                if self._pace.is_repeated(self._waiting[key], now):
                    del self._waiting[key]
                    continue
                left_s = self._pace.free_at(now, urgent=self._waiting[key].urgent) - now
                if left_s > 0:
                    return left_s
                notice = self._waiting.pop(key)
            if self._attempt(lambda notice=notice: self._channel.deliver(notice)):  # type: ignore[misc]
                self._pace.note_shown(notice, now)
            else:
                self._put_back(notice)
        return None

    def _put_back(self, notice: Notice) -> None:
        """Have it tried again after a pause, unless it was tried often enough, or is of no use any more."""
        with self._lock:
            if self._failures < len(RETRY_S):
                self._next_try = self._clock() + RETRY_S[self._failures]
                self._failures += 1
                if notice.key not in self._withdrawn:
                    self._waiting.setdefault(notice.key, notice)

    def _wait(self, waker: Waker, limit_s: float | None) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(waker.receiver, selectors.EVENT_READ)
            answers = self._channel.socket()
            if answers is not None:
                selector.register(answers, selectors.EVENT_READ)
            selector.select(limit_s)
        waker.words()

    def _hear(self) -> None:
        for key, action in self._channel.answers():
            try:
                self._on_action(key, action)
            except Exception as error:  # noqa: BLE001 - a fault elsewhere must not end the notices
                report_fault(error)

    def _attempt(self, work: Callable[[], None]) -> bool:
        """Whether it was possible."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a desktop does, the tray goes on
            _log.info("a notification was not possible: %s", type(error).__name__)
            return False
        return True
