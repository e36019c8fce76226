"""Whether a file is its administrator's alone: nobody else may write it, or put another one in its place."""

from __future__ import annotations

import errno
import os
import stat

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS = 40


def writable_part(path: str, owner: int, top: str) -> str:
    """The first of a file, its links and the directories above it that others may write; `""` for none.

    A directory in which nobody can replace what is another's (`chmod +t`) is none. Raises OSError.
    """
    for part, status in parts_of(path, top):
        if status.st_uid not in (0, owner):
            return part
        shared = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_mode & _OTHERS and not shared and not stat.S_ISLNK(status.st_mode):
            return part
    return ""


def parts_of(path: str, top: str) -> Iterator[tuple[str, os.stat_result]]:
    """What the system goes through from `top` to a file, each with its status. Raises OSError."""
    yield top, os.stat(top)
    here, links = top, 0
    rest = [part for part in os.path.relpath(path, top).split(os.sep) if part != os.curdir]
    while rest:
        name = rest.pop(0)
        part = os.path.dirname(here) if name == os.pardir else os.path.join(here, name)
        status = os.lstat(part)
        yield part, status
        if not stat.S_ISLNK(status.st_mode):
            here = part
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        target = os.readlink(part)
        here = os.sep if os.path.isabs(target) else here
        rest = [part for part in target.split(os.sep) if part not in ("", os.curdir)] + rest
