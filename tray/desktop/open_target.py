"""Opening a page, a file or a folder with whatever the user's system has for it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run_detached

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread

_log = logging.getLogger("pkcc-tray")
LIMIT_S = 30.0  # an opener hands over to another program; one that stays is left alone


def open_target(target: str, on_problem: Callable[[PkccError], None], limit_s: float = LIMIT_S) -> Thread:
    """Open a URL or a path. Returns its thread at once; `on_problem` is called from there if that fails."""
    thread = threading.Thread(target=_open, args=(target, on_problem, limit_s), name="opening", daemon=True)
    thread.start()
    return thread


def _open(target: str, on_problem: Callable[[PkccError], None], limit_s: float) -> None:
    try:
        if sys.platform == "win32":
            os.startfile(target)  # noqa: S606 - that is its purpose
            return
        opener = "open" if sys.platform == "darwin" else "xdg-open"
        opened = run_detached([opener, target], os.environ, limit_s)
    except (OSError, ProgramError):
        opened = False
    if not opened:
        _log.info("nothing opens %s", target.partition("/open/")[0])  # of a one-time link no more
        on_problem(PkccError(f"Nothing here opens {target}", "Open it by hand."))
