"""A thread that does jobs in turn: the one of the tray that changes files, and an icon's, for its clicks."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
TURN_LIMIT_S = 1.0  # how long a command's job may wait for its turn
STOP_LIMIT_S = 2.0


def report_fault(error: Exception) -> None:
    """Pass it on to what hears of faults in threads, for a thread that goes on all the same."""
    arguments = (type(error), error, error.__traceback__, threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(arguments))


class JobThread:
    """Does what is put to it, one job after the other. All methods are for any thread.

    `on_error` gets what a job raised, on the thread itself; the next is done all the same.
    """

    def __init__(
        self,
        name: str,
        on_error: Callable[[Exception], None] = report_fault,
        clock: Callable[[], float] = time.monotonic,
        turn_limit_s: float = TURN_LIMIT_S,
    ) -> None:
        self._on_error = on_error
        self._clock = clock
        self._turn_limit_s = turn_limit_s
        self._queue: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin with what is in the queue already."""
        self._thread.start()

    def put(self, job: Callable[[], object]) -> None:
        """Have that done in its turn. Returns at once."""
        self._queue.put(job)

    def finish(self, job: Callable[[], object]) -> None:
        """The same, but returns when it was done, well or not, or never will be."""
        done = threading.Event()
        self._queue.put(job)
        self._queue.put(done.set)  # by itself: an error of the job is reported before that
        while not done.wait(1.0) and self._thread.is_alive():
            pass

    def ask(self, job: Callable[[], _T]) -> _T:
        """What the job returns or raises, for a command that waits in a thread of its own.

        Raises TimeoutError where it could not begin in time: then it never does, and the command may do it
        itself. What has begun is waited for, however long it takes: done twice, it would be reported wrongly.
        """
        answer: Future[_T] = Future()
        latest = self._clock() + self._turn_limit_s

        def run() -> None:
            if self._clock() > latest:  # the machine slept, or this process was stopped
                answer.cancel()
            if answer.set_running_or_notify_cancel():
                _run_into(answer, job)

        self._queue.put(run)
        try:
            return answer.result(self._turn_limit_s if self._thread.is_alive() else 0.0)
        except CancelledError:
            raise TimeoutError from None
        except TimeoutError:
            if answer.cancel():
                raise
        return answer.result()

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End after the running job; one that takes longer than `limit_s` is left to end by itself."""
        self._queue.put(None)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(limit_s)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - one job that fails must not end all later ones
                self._on_error(error)


def _run_into(answer: Future[_T], job: Callable[[], _T]) -> None:
    try:
        done = job()
    except Exception as error:  # noqa: BLE001 - for the one who asked
        answer.set_exception(error)
    else:
        answer.set_result(done)
