"""Events of the names in some directories, through watchdog: the only module that imports it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers.api import BaseObserver, ObservedWatch

RETRY_S = 60.0  # after the system refused: instances or watches may have become free
ANY_NAME = "*"  # among the names to watch for in a directory: every one of them
_UNPAIRED_S = 0.010  # half of a move comes alone when the other half is not watched


class _Armed(NamedTuple):
    watch: ObservedWatch
    identity: tuple[int, int]


def start_observer() -> BaseObserver:
    """An observer of watchdog's that runs. Raises OSError where the system gives it nothing to hear by."""
    from watchdog.observers import Observer

    if sys.platform == "linux":
        # watchdog holds back a file that left its directory, and all events behind it, for half a second.
        with suppress(ImportError):
            from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

            InotifyMoveEventGrouper.delay = _UNPAIRED_S
    observer = Observer()
    observer.start()
    return observer


class DirectoryEvents:
    """Calls `on_event`, from a thread of watchdog's, when a watched name may have changed.

    Where the system refuses to tell, `refused` has the directory and what was raised; it is asked again after
    `retry_s`. `start` gives watchdog's running observer.
    """

    def __init__(
        self,
        on_event: Callable[[], None],
        start: Callable[[], BaseObserver] = start_observer,
        retry_s: float = RETRY_S,
    ) -> None:
        self.refused: dict[str, OSError] = {}
        self._on_event = on_event
        self._start = start
        self._retry_s = retry_s
        self._names: Mapping[str, frozenset[str]] = {}
        self._armed: dict[str, _Armed] = {}
        self._observer: BaseObserver | None = None
        self._handler: FileSystemEventHandler | None = None
        self._retry_at = 0.0

    def arm(self, places: Mapping[str, frozenset[str]]) -> bool:
        """Watch exactly these directories for these names; True when a watch was newly set.

        A directory that was removed, moved, or made again since is watched again. Raises nothing: a system
        that refused is asked again later.
        """
        self._names = {directory: frozenset(map(str.casefold, names)) for directory, names in places.items()}
        alive = self._alive()
        for directory, armed in list(self._armed.items()):
            if directory not in places or armed.watch not in alive or armed.identity != _identity(directory):
                self._disarm(directory)
        if time.monotonic() >= self._retry_at:
            self.refused = {}
        armed_any = False
        for directory in places:
            if directory not in self._armed and directory not in self.refused:
                armed_any |= self._arm_one(directory)
        return armed_any

    def close(self) -> None:
        """Stop watching; no thread and no descriptor stays."""
        observer, self._observer = self._observer, None
        self._armed = {}
        if observer is not None:
            observer.stop()
            observer.join()

    def _arm_one(self, directory: str) -> bool:
        identity = _identity(directory)
        if identity is None:
            return False
        try:
            if self._observer is None or self._handler is None:
                self._handler = _make_handler(self._dispatch)
                self._observer = self._start()
            watch = self._observer.schedule(self._handler, directory, event_filter=_wanted_events())
        except (FileNotFoundError, NotADirectoryError):
            return False  # gone meanwhile: the next look finds what there is instead
        except OSError as error:  # none of its instances or watches left, or a file system without events
            self.refused = {**self.refused, directory: error}  # another thread may be reading the old one
            self._retry_at = time.monotonic() + self._retry_s
            return False
        self._armed[directory] = _Armed(watch, identity)
        return True

    def _disarm(self, directory: str) -> None:
        armed = self._armed.pop(directory)
        if self._observer is not None:
            with suppress(KeyError, OSError):
                self._observer.unschedule(armed.watch)

    def _alive(self) -> set[ObservedWatch]:
        emitters = self._observer.emitters if self._observer is not None else ()
        return {emitter.watch for emitter in emitters if emitter.is_alive()}

    def _dispatch(self, event: FileSystemEvent) -> None:
        for raw_path in (event.src_path, event.dest_path):
            path = os.fsdecode(raw_path)
            if not path:
                continue
            directory, name = os.path.split(path)
            # A directory itself is heard of when it goes; it is "modified" by everything in it.
            gone = path in self._names and event.event_type in ("deleted", "moved")
            names = self._names.get(directory, frozenset())
            if gone or ANY_NAME in names or name.casefold() in names:
                self._on_event()
                return


def _identity(directory: str) -> tuple[int, int] | None:
    try:
        status = os.stat(directory)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _make_handler(dispatch: Callable[[FileSystemEvent], None]) -> FileSystemEventHandler:
    from watchdog.events import FileSystemEventHandler

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            dispatch(event)

    return Handler()


def _wanted_events() -> list[type[FileSystemEvent]]:
    """All but opening and reading: our own look at the file must not be news."""
    from watchdog import events

    return [
        events.FileCreatedEvent, events.FileModifiedEvent, events.FileClosedEvent, events.FileMovedEvent,
        events.FileDeletedEvent, events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent,
    ]  # fmt: skip
