"""Changes that are noticed late, since the system gives no events: where, why, and what helps. Pure."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted, os_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

# Linux counts them for each user; an editor that watches a whole repository can use up all of either.
_LIMITS = {
    errno.ENOSPC: "fs.inotify.max_user_watches=524288",
    errno.EMFILE: "fs.inotify.max_user_instances=1024",
}


class Late(NamedTuple):
    """`what` is where and why, in one line; `command` the one that helps, "" where none does."""

    what: str
    command: str

    @property
    def advice(self) -> str:
        """What to do about it, in one line."""
        if not self.command:
            return "Nothing is missed: the tray looks at those files every 2 s."
        return f"`{self.command}` has the system give more; a file in /etc/sysctl.d keeps it so."


def late_changes(refused: Mapping[str, OSError]) -> Late | None:
    """What is to be said of directories whose events the system refuses, by what it raised; None for none."""
    if not refused:
        return None
    (directory, error), *others = refused.items()
    more = f" and {counted(len(others), 'place')} more" if others else ""
    limit = _LIMITS.get(error.errno or 0)
    return Late(
        f"Changes in {directory}{more} are noticed up to 2 s late: {os_reason(error)}",
        f"sudo sysctl {limit}" if limit else "",
    )
