"""Settings files that changed while a session was starting: what it read may be gone again. Effects: looks.

Claude Code reads a project's files, asks for the key, and only then applies them. A file that is deleted in
between is seen by nobody else, and decides all the same (seen: the key went to a stranger each time). So at a
session's first question nothing of the project's may be younger than the session. Later its environment says
what is in force.
"""

from __future__ import annotations

import os
import sys
import time

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.project_root import local_files, shared_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.routes.guard.asker import Asker

_STARTING_S = 60.0  # a first question comes within a second or so; the record of an old session may be gone
_SLACK_S = 0.03  # of the two clocks; no client reads a file so soon
# What changed later than now was written before the clock was set back, or by a server whose clock is ahead.
_AHEAD_S = 60.0


def is_starting(asker: Asker) -> bool:
    """Whether the client that asks has only just been started, as far as its age says."""
    born = born_at(asker.session)
    return asker.client and born is not None and time.time() - born < _STARTING_S


def changed_since_start(asker: Asker, user_path: str) -> str | None:
    """A settings file of the project's, or its directory, that changed after the client was started."""
    born = born_at(asker.session)
    if born is None:
        return None
    user_directory = os.path.dirname(user_path)
    latest = time.time() + _AHEAD_S
    for path in (*local_files(asker.directory), shared_settings(asker.directory)):
        if os.path.dirname(path) != user_directory and born + _SLACK_S < _changed_at(path) < latest:
            return path
    return None


def _changed_at(path: str) -> float:
    """When the file or its directory changed last: no program can set that back. 0 where there is neither."""
    return max(_times(path), default=0.0)


def _times(path: str) -> Iterator[float]:
    looks: tuple[Callable[[str], os.stat_result], ...] = (os.stat, os.lstat)
    for each in (path, os.path.dirname(path)):
        for look in looks:
            try:
                status = look(each)
            except (OSError, ValueError):
                continue
            yield status.st_mtime if sys.platform == "win32" else status.st_ctime


def born_at(session: str) -> float | None:
    """When the client was started, in seconds since 1970; None where that is not known."""
    text = session.partition(":")[2]
    try:
        if sys.platform != "linux":
            return float(text)
        since_boot = int(text) / os.sysconf("SC_CLK_TCK")
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot
    except (ValueError, OSError):
        return None
