"""One tray a user: a kernel lock, which the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import os
import stat
import sys
import time
from typing import TYPE_CHECKING

from profiles.errors import PkccError
from profiles.files import os_reason
from profiles.locks import try_lock
from tray.ipc_client import ask
from tray.rendezvous import make_run_directory, run_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.locations import Locations

_STARTING_LIMIT_S = 2.0  # how long a first tray may take from its lock to its first answer
_PAUSE_S = 0.05


class Handle:
    """The held lock. `release` it, or end the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another tray start. The file stays: removing it would let two of them lock two files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def acquire(locations: Locations, environ: Mapping[str, str]) -> Handle | None:
    """The lock, or None when another tray of this user holds it.

    Raises PkccError when the directory for it is not ours alone, or the file is no file of ours.
    """
    path = os.path.join(make_run_directory(run_directory(locations, environ)), "tray.lock")
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError as error:
        raise _unusable(path, os_reason(error)) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
        os.close(descriptor)
        raise _unusable(path, "it is not a file of yours")
    if not try_lock(descriptor):
        os.close(descriptor)
        return None
    return Handle(descriptor)


def bring_up_first(
    locations: Locations, environ: Mapping[str, str], sleep: Callable[[float], None] = time.sleep
) -> str:
    """Ask the tray that runs to show itself; one line that tells the user what happened."""
    deadline = time.monotonic() + _STARTING_LIMIT_S
    while ask(locations, environ, "show") is None:
        if time.monotonic() > deadline:
            return (
                "pkcc-tray runs already, but does not answer: it hangs, is another version, or was started "
                "for other settings. Quit it, then start this one again."
            )
        sleep(_PAUSE_S)  # it may be starting this very moment
    return "pkcc-tray runs already: look for its icon."


def _unusable(path: str, reason: str) -> PkccError:
    return PkccError(f"{path} cannot be locked: {reason}", "Move it away, then start pkcc-tray again.")
