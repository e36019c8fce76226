"""One task shared by several processes, each a copy of this one: Python computes on one processor only."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")

_MOST = 8
_LENGTH = 8  # bytes before an answer, which say how many it has
_in_worker = False
_left: list[str] = []


class NotInWorkerError(Exception):
    """A worker came to something that the process which it was made by must do, such as to ask the user."""


def forbid_in_worker() -> None:
    """Raises NotInWorkerError in a worker."""
    if _in_worker:
        raise NotInWorkerError


def left_to_first(what: str) -> bool:
    """Whether this is a worker: the process that made it then does it, see `do` of `shared_by_processes`."""
    if _in_worker:
        _left.append(what)
    return _in_worker


def processes_for_a_task() -> int:
    """How many processes may share a task that waits for the disk half of its time; 1: this one alone.

    A copy has one thread only: what other threads hold at that moment would never be let go in it. On macOS
    the system's libraries do not work in a copy at all.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(2 * len(os.sched_getaffinity(0)), _MOST)


def shared_by_processes(task: Callable[[int], T], count: int, do: Callable[[str], None]) -> list[T | None]:
    """What the task returns for each number below `count`: for 0 by this process, for each other by a worker.

    None for a worker that could not be started, failed or was killed: the caller does without, or does it
    itself. `do` is called here with what the others left to the first. What the task raises here is raised,
    when the workers have been interrupted and have ended. They hold this process's locks as well: should this
    one be killed, those stay locked until they end.
    """
    import pickle  # noqa: F401 - a worker may be left without an open file to load it by

    workers: list[_Worker] = []
    try:
        with suppress(OSError):  # this user may have no more processes, or open files
            for number in range(1, count):
                with _uninterrupted():  # a worker that is not in the list would be left to itself
                    workers.append(_started(task, number))
        found: list[T | None] = [task(0)]
        while workers:
            result, left = _answer(workers[0])
            found.append(result)
            del workers[0]
            for what in left:
                do(what)
    except BaseException:
        with _uninterrupted():
            _end(workers)
        raise
    return found + [None] * (count - len(found))


class _Worker(NamedTuple):
    """Its process ID, and where its answer is read from."""

    pid: int
    reading: int


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C comes when this is over."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(task: Callable[[int], Any], number: int) -> _Worker:
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if pid == 0:
        code = 1
        try:
            _work(task, number, writing)
            code = 0
        finally:  # what failed says nothing here: the other process tries it again, and tells
            os._exit(code)
    os.close(writing)
    return _Worker(pid, reading)


def _work(task: Callable[[int], Any], number: int, writing: int) -> None:
    """The life of a worker: it writes its answer, the length first."""
    import pickle

    global _in_worker
    _in_worker = True
    signal.signal(signal.SIGINT, _interrupted)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    data = pickle.dumps((task(number), _left))
    with open(writing, "wb") as answer:
        answer.write(len(data).to_bytes(_LENGTH, "big") + data)


def _interrupted(*_: object) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once: what was begun is put away meanwhile
    raise KeyboardInterrupt


def _answer(worker: _Worker) -> tuple[Any, list[str]]:
    """What a worker returned and left, when it has ended; None and nothing where it did not come to that."""
    import pickle

    with os.fdopen(os.dup(worker.reading), "rb") as answer:
        data = answer.read()
    _end([worker], interrupting=False)
    if len(data) < _LENGTH or len(data) != _LENGTH + int.from_bytes(data[:_LENGTH], "big"):
        return None, []
    found: tuple[Any, list[str]] = pickle.loads(data[_LENGTH:])  # noqa: S301 - by a copy of this process
    return found


def _end(workers: Sequence[_Worker], *, interrupting: bool = True) -> None:
    """Have them end, at once or when they are done; back when they have."""
    for worker in workers if interrupting else ():
        with suppress(OSError):  # it has ended
            os.kill(worker.pid, signal.SIGINT)
    for worker in workers:
        os.close(worker.reading)
        with suppress(ChildProcessError):  # the system waits for them, where this was started so
            os.waitpid(worker.pid, 0)
