"""What keeps a file from being written, and what takes it out of the way: looked for, without writing.

A write that was refused says it, and `doctor` beforehand.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.programs.command_line import shown_line
from profiles.files.in_the_way.protection import is_mounted, lifting_protection, mount_point

if TYPE_CHECKING:
    from collections.abc import Callable

LITTLE_SPACE = 1_000_000  # bytes; settings, state and a copy of each are far less
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_KEPT_BY_NIX = (
    "home-manager would put the link back: have it lead out of the store (mkOutOfStoreSymlink),"
    " or take the file out of it"
)
_KEPT = "What made the link may put it back: take the file out of its hands"
_FAILING = "Where nobody mounted it so, its disk may be failing: look at the system's log"


class Obstacle(NamedTuple):
    """What is in the way, such as `/x is not writable for you`.

    `number` is the system's number for what a write then meets, `command` a line for the user's shell that
    takes it out of the way; where there is none, `advice` says what to do, and else what to know besides.
    """

    number: int
    why: str
    command: str = ""
    advice: str = ""

    @property
    def hint(self) -> str:
        """All of it as the second line of an error, without the last full stop."""
        run = f"Run `{self.command}`" if self.command else ""
        return ". ".join(part for part in (self.why, run, self.advice) if part)


def obstacle_of(path: str) -> Obstacle | None:
    """What a change of that file, or the making of it, would meet; None where nothing is seen in the way."""
    target = os.path.realpath(path)
    there = os.path.dirname(target)
    while not os.path.lexists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        return Obstacle(errno.ENOTDIR, f"{there} is no directory", advice="Move it away")
    if is_mounted(target):
        return _unwritable(target) or _full(target)
    found = _closed(there, target) or (None if _replaceable(target, there) else _unwritable(target))
    return (found and _way_out_of_a_link(path, target)) or found or _protected(target) or _full(there)


def obstacle_to_reading(path: str) -> Obstacle | None:
    """What keeps that file, which is there, from being read; None where nothing is seen in the way."""
    target = os.path.realpath(path)
    if sys.platform == "win32" or os.access(target, os.R_OK):
        return None
    shut, above = target, os.path.dirname(target)
    while os.path.dirname(above) != above:
        if not os.access(above, os.X_OK):
            shut = above
        above = os.path.dirname(above)
    if shut == target and not os.path.isfile(target):
        return None
    if _is_mine(shut):
        command = shown_line(["chmod", "u+rw" if shut == target else "u+rwx", shut])
        return Obstacle(errno.EACCES, f"{shut} is not readable for you", command)
    return Obstacle(errno.EACCES, f"{shut} is another user's", _given(shut, stat.S_IRUSR | stat.S_IWUSR))


def _closed(directory: str, target: str) -> Obstacle | None:
    """What keeps a new file out of a directory that is there."""
    if _is_read_only(directory):
        return _mounted_read_only(mount_point(directory))
    if found := _protected(directory):
        return found
    if os.access(directory, os.W_OK | os.X_OK):
        return None
    if _is_mine(directory):
        command = shown_line(["chmod", "u+rwx", directory])
        return Obstacle(errno.EACCES, f"{directory} is not writable for you", command)
    missing = _missing_below(directory, target)
    if missing is None:
        return Obstacle(errno.EACCES, f"{directory} is another user's", _given(directory, stat.S_IRWXU))
    made = f"{shown_line(['sudo', 'mkdir', missing])} && {_given(missing, 0)}"
    return Obstacle(errno.EACCES, f"{missing} is not there, and {directory} is another user's", made)


def _missing_below(directory: str, target: str) -> str | None:
    """The directory that must be made inside of one that is there; None where the file itself goes there."""
    names = os.path.relpath(target, directory).split(os.sep)
    return os.path.join(directory, names[0]) if len(names) > 1 else None


def _replaceable(target: str, directory: str) -> bool:
    """Whether another file with the same owner could take a file's place: else it is written in place."""
    if sys.platform == "win32":
        return os.access(target, os.W_OK) or not os.path.exists(target)
    try:
        status, above = os.stat(target), os.stat(directory)
    except OSError:
        return True
    groups = {os.getegid(), *os.getgroups()}
    if above.st_mode & stat.S_ISGID or sys.platform == "darwin":
        groups.add(above.st_gid)
    return os.geteuid() == 0 or (status.st_uid == os.geteuid() and status.st_gid in groups)


def _unwritable(target: str) -> Obstacle | None:
    """What keeps a file from being written in place."""
    if os.access(target, os.W_OK):
        return None
    if _is_read_only(target):
        return _mounted_read_only(target)
    if found := _protected(target):
        return found
    if sys.platform == "win32":
        return Obstacle(errno.EACCES, f"{target} is read-only", shown_line(["attrib", "-r", target]))
    if _is_mine(target):
        return Obstacle(errno.EACCES, f"{target} is read-only", shown_line(["chmod", "u+w", target]))
    return Obstacle(errno.EACCES, f"{target} is another user's", _given(target, stat.S_IWUSR))


def _way_out_of_a_link(path: str, target: str) -> Obstacle | None:
    """A copy in the place of a link that leads to what others keep, such as Nix's store."""
    if _is_mine(target) and not _is_read_only(target):
        return None
    found = link_on_the_way(path)
    if found is None or not os.access(os.path.dirname(found.path), os.W_OK | os.X_OK):
        return None
    return Obstacle(
        errno.EROFS if _is_read_only(target) else errno.EACCES,
        f"{found.path} is a link to {found.real}, which is not yours to change",
        found.command,
        _KEPT_BY_NIX if found.real.startswith("/nix/store/") else _KEPT,
    )


class LinkOnTheWay(NamedTuple):
    """A link, where it leads, and the command that puts a copy of that in its place."""

    path: str
    real: str
    command: str


def link_on_the_way(path: str) -> LinkOnTheWay | None:
    """That file where it is a link, or else its directory; None where neither is one."""
    link = next((each for each in (path, os.path.dirname(path)) if os.path.islink(each)), None)
    if link is None:
        return None
    real, copy = os.path.realpath(link), f"{link}.copy"
    steps: list[list[str]]
    if os.path.isdir(real):
        steps = [["cp", "-R", real, copy], ["chmod", "-R", "u+w", copy], ["rm", link], ["mv", copy, link]]
    elif os.path.exists(real):
        steps = [["cp", real, copy], ["chmod", "600", copy], ["mv", "-f", copy, link]]
    else:
        steps = [["rm", link]]
    return LinkOnTheWay(link, real, " && ".join(map(shown_line, steps)))


def _protected(path: str) -> Obstacle | None:
    command = lifting_protection(path)
    return Obstacle(errno.EPERM, f"{path} is protected from changes", command) if command else None


def _mounted_read_only(place: str) -> Obstacle:
    what = f"What is mounted at {place} is read-only"
    if sys.platform != "linux":
        return Obstacle(errno.EROFS, what, advice=_FAILING)
    return Obstacle(errno.EROFS, what, shown_line(["sudo", "mount", "-o", "remount,rw", place]), _FAILING)


def _full(directory: str) -> Obstacle | None:
    with suppress(OSError):
        if shutil.disk_usage(directory).free < LITTLE_SPACE or _has_no_file_left(directory):
            what = f"The disk at {mount_point(directory)} is full"
            return Obstacle(errno.ENOSPC, what, advice="Free some space on it")
    return None


def _has_no_file_left(directory: str) -> bool:
    return _by_file_system(directory, lambda found: found.f_files > 0 and found.f_favail == 0)


def _is_read_only(path: str) -> bool:
    return _by_file_system(path, lambda found: bool(found.f_flag & os.ST_RDONLY))


def _by_file_system(path: str, question: Callable[[os.statvfs_result], bool]) -> bool:
    """What the file system of that path says; False where none says anything."""
    if sys.platform != "win32":
        with suppress(OSError):
            return question(os.statvfs(path))
    return False


def _is_mine(path: str) -> bool:
    if sys.platform != "win32":
        with suppress(OSError):
            return os.stat(path).st_uid == os.geteuid()
    return True


def _given(path: str, needed: int) -> str:
    """The command that makes a path the user's, with the rights in question."""
    if sys.platform == "win32":
        return ""
    give = shown_line(["sudo", "chown", str(os.geteuid()), path])
    has = os.stat(path).st_mode if needed else 0
    if has & needed == needed:
        return give
    return f"{give} && {shown_line(['chmod', 'u+rwx' if os.path.isdir(path) else 'u+w', path])}"
