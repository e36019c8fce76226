"""Why a file could not be read or written, and what to do about it."""

from __future__ import annotations

import errno
import os

from profiles.base.errors import PkccError
from profiles.base.text import os_reason

# What to do where rights are not the problem.
_REMEDIES = {
    errno.ENOSPC: "Free some space on that disk, then run the command again",
    errno.EDQUOT: "Free some of your disk quota, then run the command again",
    errno.EIO: "That disk has an error: look at the system's log",
    errno.EINTR: "Run the command again",
    errno.EFBIG: "Raise your limit on a file's size (`ulimit -f`), then run the command again",
    errno.EMFILE: "Raise your limit on open files (`ulimit -n`), then run the command again",
    errno.ENFILE: "The system has no open file left: end some programs, then run the command again",
    errno.EPERM: "It is another user's or protected (`ls -l` and `lsattr` show it): undo that first",
    errno.EROFS: "That file system is read-only: choose another place",
    errno.ENOENT: "A directory on its way is missing, or a link to nowhere: make it",
    errno.ENOTDIR: "A file stands in the place of a directory on its way: move that away",
    errno.ENAMETOOLONG: "Choose a shorter path",
    errno.EINVAL: "Type the path anew: a character that no path holds came along",
    errno.ENXIO: "It is not a regular file: move it away, then run the command again",
}


def link_loop(path: str) -> PkccError:
    """The error of a link that leads back to itself."""
    return PkccError(
        f"{path} is a symbolic link that leads back to itself", "Remove the link, or point it at a file."
    )


def reading_failed(path: str, error: OSError) -> PkccError:
    """The error of a file that cannot be read; it is as it was."""
    if error.errno == errno.ELOOP:
        return link_loop(path)
    if error.errno == errno.EISDIR or os.path.isdir(path):
        return PkccError(f"{path} is a directory", "Move it away, then run the command again.")
    from profiles.files.in_the_way.obstacles import obstacle_to_reading

    found = obstacle_to_reading(path) if error.errno == errno.EACCES else None
    remedy = found.hint if found else _REMEDIES.get(error.errno or 0, "Make it readable for your user")
    return PkccError(f"{path} cannot be read: {os_reason(error)}", f"{remedy}; nothing was changed.")


def writing_failed(path: str, error: OSError) -> PkccError:
    """The error a user sees when a write was refused; the file itself is as it was."""
    remedy = _found_in_the_way(path, error) or "Make its directory writable for your user"
    return PkccError(cannot_be_written(path, os_reason(error)), f"{remedy}; the file is as it was.")


def cannot_be_written(path: str, reason: str) -> str:
    """What `doctor` says beforehand, and a refused write."""
    return f"{path} cannot be written: {reason}"


def making_failed(path: str, error: OSError) -> PkccError:
    """The error of a directory that cannot be made."""
    remedy = _found_in_the_way(os.path.join(path, "file"), error) or "Make its parent writable for your user"
    return PkccError(
        f"The directory {path} cannot be made: {os_reason(error)}",
        f"{remedy}, or choose another place (--config-dir, HOME).",
    )


def _found_in_the_way(path: str, error: OSError) -> str:
    """What to do about a write that failed: by what is found in the way, else by the system's number."""
    from profiles.files.in_the_way.obstacles import REFUSED, obstacle_of

    found = obstacle_of(path)
    if found is not None and (error.errno == found.number or {error.errno, found.number} <= {*REFUSED}):
        return found.hint
    return _REMEDIES.get(error.errno or 0, "")
