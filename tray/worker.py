"""The one thread of the tray that changes files: work waits in its queue, and is done in turn."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
TURN_LIMIT_S = 1.0  # how long a command's work may wait for its turn


class Worker:
    """`on_error` gets what work in the queue raised, on the thread itself; all else is for any thread."""

    def __init__(
        self,
        on_error: Callable[[Exception], None],
        clock: Callable[[], float] = time.monotonic,
        turn_limit_s: float = TURN_LIMIT_S,
    ) -> None:
        self._on_error = on_error
        self._clock = clock
        self._turn_limit_s = turn_limit_s
        self._queue: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Begin with what is in the queue already."""
        self._thread.start()

    def put(self, work: Callable[[], object]) -> None:
        """Have that done in its turn. Returns at once."""
        self._queue.put(work)

    def finish(self, work: Callable[[], object]) -> None:
        """The same, but returns when it was done, well or not, or never will be."""
        done = threading.Event()
        self._queue.put(work)
        self._queue.put(done.set)  # by itself: an error of the work is told of before that
        while not done.wait(1.0) and self._thread.is_alive():
            pass

    def ask(self, work: Callable[[], _T]) -> _T:
        """What the work returns or raises, for a command that waits in a thread of its own.

        Raises TimeoutError where it could not begin in time: then it never does, and the command may do it
        itself. What has begun is waited for, however long it takes: done twice, it would be told wrongly.
        """
        job: Future[_T] = Future()
        latest = self._clock() + self._turn_limit_s

        def run() -> None:
            if self._clock() > latest:  # the machine slept, or this process was stopped
                job.cancel()
            if job.set_running_or_notify_cancel():
                _run_into(job, work)

        self._queue.put(run)
        try:
            return job.result(self._turn_limit_s if self._thread.is_alive() else 0.0)
        except CancelledError:
            raise TimeoutError from None
        except TimeoutError:
            if job.cancel():
                raise
        return job.result()

    def stop(self, limit_s: float) -> None:
        """End after what is being done, waiting for that at most `limit_s`."""
        self._queue.put(None)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(limit_s)

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a fault of ours must not end the watching; it is told of
                self._on_error(error)


def _run_into(job: Future[_T], work: Callable[[], _T]) -> None:
    try:
        done = work()
    except Exception as error:  # noqa: BLE001 - for the one who asked
        job.set_exception(error)
    else:
        job.set_result(done)
