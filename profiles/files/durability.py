"""When what was written gets onto the disk: each file as it comes, or those of many changes together.

A change is a generator: it hands over a handle of whatever must be on the disk before it goes on.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    Writing = Generator[int, None, T]


class _Crew(NamedTuple):
    """Threads, and the changes that each has at once: while one waits for the disk, another works."""

    threads: int
    changes: int


_FEW = _Crew(12, 1)  # a disk takes many syncs at once as one
_MANY = _Crew(2, 60)  # on Linux: each sync is one of the whole file system
_OF_A_PROCESS = 30  # changes at once, where several processes make them
ARE_MANY = 2 * _OF_A_PROCESS  # for fewer that could mean waiting for what other programs write there
_OPEN_FILES = 4  # that a change may have, at the most


def finished(change: Writing[T]) -> T:
    """The result of one change."""
    return _in_rounds([change])[0]


def finished_together(changes: Iterable[Writing[T]]) -> list[T]:
    """The results of many changes, in their order; they wait for the disk together.

    What one of them raises is raised, and ends those beside it.
    """
    todo = [*changes]
    if len(todo) < 3:
        return [finished(change) for change in todo]
    from concurrent.futures import ThreadPoolExecutor

    crew = _MANY if sys.platform == "linux" and len(todo) >= ARE_MANY else _FEW
    size = min(crew.changes, max(1, _most_open_files() // (crew.threads * _OPEN_FILES)))
    parts = [todo[start : start + size] for start in range(0, len(todo), size)]
    with ThreadPoolExecutor(min(crew.threads, len(parts))) as pool:
        return [result for results in pool.map(_in_rounds, parts) for result in results]


def finished_by_processes(begin: Sequence[Callable[[], Writing[T]]], do: Callable[[str], None]) -> list[T]:
    """The results of many changes, in their order, made by several processes where that is quicker.

    One that a worker did not report is begun once more, and made by this process: where it was made all the
    same, its result is that of a change that finds nothing to do. `do` is as for `shared_by_processes`.
    """
    from profiles.base.programs.worker_processes import processes_for_a_task, shared_by_processes

    count = min(processes_for_a_task(), len(begin) // _OF_A_PROCESS)
    if count < 2:
        return finished_together(each() for each in begin)

    def share(number: int) -> dict[int, T]:
        numbers = range(number, len(begin), count)
        size = min(_OF_A_PROCESS, max(1, _most_open_files() // _OPEN_FILES))
        done: dict[int, T] = {}
        for start in range(0, len(numbers), size):
            part = numbers[start : start + size]
            results = _in_rounds([_where_it_may(begin[each]) for each in part])
            done.update((each, result[0]) for each, result in zip(part, results, strict=True) if result)
        return done

    found: dict[int, T] = {}
    for results in shared_by_processes(share, count, do):
        found.update(results or {})
    left = [number for number in range(len(begin)) if number not in found]
    found.update(zip(left, finished_together(begin[number]() for number in left), strict=True))
    return [found[number] for number in range(len(begin))]


def _where_it_may(begin: Callable[[], Writing[T]]) -> Writing[tuple[T] | None]:
    """The steps of that change, and its result; None where a worker must not make it."""
    from profiles.base.programs.worker_processes import NotInWorkerError

    try:
        return ((yield from begin()),)
    except NotInWorkerError:
        return None


def sync(handle: int) -> None:
    """Put an open file, or a directory, onto the disk. Raises OSError."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        except OSError:  # not every file system knows it; fsync is then all there is
            os.fsync(handle)
    else:
        os.fsync(handle)


def _most_open_files() -> int:
    if sys.platform == "win32":
        return 512
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _in_rounds(changes: Sequence[Writing[T]]) -> list[T]:
    """Bring all changes to where they need the disk, sync, and so on until they are done."""
    results: dict[int, T] = {}
    going: dict[int, OSError | None] = dict.fromkeys(range(len(changes)))
    try:
        while going:
            waiting: dict[int, int] = {}
            for number, error in going.items():
                change = changes[number]
                try:
                    waiting[number] = change.throw(error) if error else next(change)
                except StopIteration as end:
                    results[number] = end.value
            going = dict(zip(waiting, _synced([*waiting.values()]), strict=True))
    finally:
        for change in changes:  # after Ctrl-C: each removes its temporary file and drops its lock
            change.close()
    return [results[number] for number in range(len(changes))]


def _synced(handles: Sequence[int]) -> list[OSError | None]:
    """Sync all of them; returns for each what went wrong, or None."""
    done: dict[int, OSError | None] = {}
    if sys.platform == "linux" and len(handles) > 2:
        from profiles.files.file_systems import sync_whole

        done = sync_whole(handles)
    return [done[handle] if handle in done else _tried(handle) for handle in handles]


def _tried(handle: int) -> OSError | None:
    try:
        sync(handle)
    except OSError as error:
        return error
    return None
