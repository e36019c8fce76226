"""One tray and one manager a user: a kernel lock, dropped when its holder dies, however it dies."""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError
from profiles.base.locations import place_of
from profiles.base.text import os_reason
from profiles.files.directories import open_private
from profiles.files.locks import drop_lock, take_lock
from tray.ipc.address import TRAY, make_run_directory, run_directory
from tray.ipc.client import ask, ask_any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.locations import Locations

STARTING_LIMIT_S = 2.0  # how long a first tray may take from its lock to its first answer
ENDING_LIMIT_S = 8.0  # one that is asked takes 5 s for work under way at most
_PAUSE_S = 0.05


class Handle:
    """The held lock. `release` it, or end the process."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another one start."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def remove(self) -> None:
        """Let another one start, and leave no file. Raises OSError where it cannot be removed."""
        descriptor, self._descriptor = self._descriptor, -1
        drop_lock(self.path, descriptor)


def _lock_path(locations: Locations, environ: Mapping[str, str], whose: str = TRAY) -> str:
    return os.path.join(run_directory(locations, environ), f"{whose}.lock")


def acquire(locations: Locations, environ: Mapping[str, str], whose: str = TRAY) -> Handle | None:
    """The lock, or None when another tray (or manager) of this user holds it.

    Raises PkccError when the directory for it is not ours alone, or the file is no file of ours.
    """
    path = _lock_path(locations, environ, whose)
    descriptor = take_lock(path, partial(_opened, path))
    if descriptor is None:
        return None
    if sys.platform != "win32":  # nobody else could read it there, nor has a reason
        with suppress(OSError):  # a full disk: then it is not known whose it is
            os.ftruncate(descriptor, 0)
            os.write(descriptor, _owner_line(locations))
    return Handle(path, descriptor)


def _opened(path: str) -> int:
    """A handle of the lock's file, made where it is missing. Raises PkccError as `acquire` does."""
    make_run_directory(os.path.dirname(path))
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = open_private(path, flags | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _unusable(path, os_reason(error)) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
        os.close(descriptor)
        raise _unusable(path, "it is not a file of yours")
    return descriptor


def _owner_line(locations: Locations) -> bytes:
    """What the lock says: the directory of our own that its holder works on; an empty line, the usual one."""
    return os.fsencode(place_of(locations.own_dir)) + b"\n"


def _works_here(locations: Locations, environ: Mapping[str, str], whose: str) -> bool:
    """Whether the one that runs works on our directory, whatever its version, settings and variables are.

    One that does not say so, an older one, counts as one for the usual directory.
    """
    path = _lock_path(locations, environ, whose)
    if path.startswith(os.path.join(locations.state_dir, "")):
        return True  # there each directory has a lock of its own
    try:
        with open(path, "rb") as file:
            said = file.read()
    except OSError:
        said = b""
    return (said or b"\n") == _owner_line(locations)


def bring_up_first(
    locations: Locations,
    environ: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
    limit_s: float = STARTING_LIMIT_S,
) -> str:
    """Ask the tray that runs to show itself; one line that tells the user what happened."""
    deadline = time.monotonic() + limit_s
    while ask(locations, environ, "show") is None:
        if time.monotonic() > deadline:
            return (
                "pkcc-tray runs already, but does not answer: it hangs, is another version, or was started "
                "for other settings. Quit it, then start this one again."
            )
        sleep(_PAUSE_S)  # it may be starting this very moment
    return "pkcc-tray runs already: look for its icon."


def end_first(
    locations: Locations,
    environ: Mapping[str, str],
    whose: str = TRAY,
    sleep: Callable[[float], None] = time.sleep,
    limit_s: float = ENDING_LIMIT_S,
    *,
    ours_alone: bool = False,
) -> bool:
    """Have the tray, or manager, that runs end, of any version, for any settings; whether there was one.

    With `ours_alone` one that works on another directory of our own goes on. Returns once it is gone. Raises
    ConflictError when it stays.
    """
    if not os.path.exists(_lock_path(locations, environ, whose)):
        return False  # and nothing is made
    asked = was_running = False
    deadline = time.monotonic() + limit_s
    while (handle := acquire(locations, environ, whose)) is None:
        if ours_alone and not _works_here(locations, environ, whose):
            return False
        was_running = True
        if time.monotonic() > deadline:
            raise ConflictError(
                f"The {whose} does not end" if asked else f"The {whose} that runs does not answer",
                "End it from its menu, or by your system's list of programs.",
            )
        asked = asked or ask_any(locations, environ, "quit", whose) is not None
        sleep(_PAUSE_S)
    handle.release()
    return was_running


def _unusable(path: str, reason: str) -> PkccError:
    return PkccError(f"{path} cannot be locked: {reason}", "Move it away, then start pkcc-tray again.")
