"""One task shared by several processes, each a copy of this one: Python computes on one processor only."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")

_MOST = 8
_in_worker = False


class NotInWorkerError(Exception):
    """A worker came to something that the process which it was made by must do, such as to ask the user."""


def forbid_in_worker() -> None:
    """Raises NotInWorkerError in a worker."""
    if _in_worker:
        raise NotInWorkerError


def processes_for_a_task() -> int:
    """How many processes may share a task that waits for the disk half of its time; 1: this one alone.

    A copy has one thread only: what other threads hold at that moment would never be let go in it. On macOS
    the system's libraries do not work in a copy at all.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(2 * len(os.sched_getaffinity(0)), _MOST)


def shared_by_processes(task: Callable[[int], T], count: int) -> list[T | None]:
    """What the task returns for each number below `count`: for 0 by this process, for each other by a worker.

    None for a worker that could not be started, failed or was killed: the caller does without, or does it
    itself. What the task raises here is raised, when the workers have been interrupted and have ended. They
    hold this process's locks as well: should this one be killed, those stay locked until they end.
    """
    workers: list[tuple[int, int]] = []
    try:
        with suppress(OSError):  # this user may have no more processes, or open files
            for number in range(1, count):
                with _uninterrupted():  # a worker that is not in the list would be left to itself
                    workers.append(_started(task, number))
        found: list[T | None] = [task(0)]
        found += [_answer(*worker) for worker in workers]
    except BaseException:
        for pid, reading in workers:
            with suppress(OSError):  # it has ended
                os.kill(pid, signal.SIGINT)
                _answer(pid, reading)
        raise
    return found + [None] * (count - len(found))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C comes when this is over."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(task: Callable[[int], Any], number: int) -> tuple[int, int]:
    """A new worker: its process ID, and where its answer is read from."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if pid == 0:
        _work(task, number, writing)
    os.close(writing)
    return pid, reading


def _work(task: Callable[[int], Any], number: int, writing: int) -> NoReturn:
    """The life of a worker. What fails says nothing here: the other process tries it again, and tells."""
    import pickle

    global _in_worker
    code = 1
    try:
        _in_worker = True
        signal.signal(signal.SIGINT, _interrupted)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        with open(writing, "wb") as answer:
            pickle.dump(task(number), answer)
        code = 0
    except BaseException:  # noqa: BLE001, S110
        pass
    finally:
        os._exit(code)


def _interrupted(*_: object) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once: what was begun is put away meanwhile
    raise KeyboardInterrupt


def _answer(pid: int, reading: int) -> Any:
    """What a worker returned, when it has ended; None where it did not come to that."""
    import pickle

    with open(reading, "rb") as answer:
        data = answer.read()
    with suppress(ChildProcessError):  # whoever started this program has the system wait for its processes
        if os.waitpid(pid, 0)[1] != 0:
            return None
    return pickle.loads(data) if data.endswith(pickle.STOP) else None  # noqa: S301 - by a copy of this process
