"""Temporary files beside the file that they are for: made with its owner and rights, found again, removed."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.directories import fsync_directory, open_private
from profiles.files.read import WINDOWS

if TYPE_CHECKING:
    from profiles.files.durability import Writing

_TEMP_TAG = ".pkcc-"
_WHOLE = ".whole"
# Of an extended attribute: the file system or the kernel keeps it from us, or it has gone meanwhile.
_NOT_OURS_TO_SET = (errno.EPERM, errno.ENOTSUP, errno.EINVAL, errno.ENODATA)
_ABANDONED_S = 60.0  # a temporary file lives for milliseconds; its maker was killed


def sweep(directory: str) -> None:
    """Remove abandoned temporary files: by their age, since no lock covers all that write here."""
    with suppress(OSError):
        for name in os.listdir(directory):
            if name.startswith(".") and _TEMP_TAG in name:
                _remove_abandoned(os.path.join(directory, name))


def _remove_abandoned(path: str) -> None:
    with suppress(OSError):  # another sweeps too
        if time.time() - os.lstat(path).st_mtime > _ABANDONED_S:
            os.unlink(path)


def mark_whole(temp_path: str) -> str:
    """The new name of the synced temporary file that stays beside a target which we may tear from here on.

    Without the mark, a file that an editor tore after a kill would be taken for torn by us.
    """
    marked = temp_path + _WHOLE
    os.rename(temp_path, marked)
    fsync_directory(os.path.dirname(marked))
    return marked


def writing_temp(
    path: str, data: bytes, like: os.stat_result | None, mode: int | None = None
) -> Writing[tuple[str, bool]]:
    """A synced temporary file beside `path`: exclusive, no link followed, 0600 until its owner is right.

    With it comes whether it may take the place of `path`: not when it could not be given the same owner.
    """
    same_owner = True
    name = os.path.basename(path)
    own = f"{_TEMP_TAG}{os.getpid()}-{os.urandom(4).hex()}.tmp"
    temp_path = f"{path.removesuffix(name)}.{name}{own}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_BINARY", 0) if WINDOWS else os.O_NOFOLLOW | os.O_CLOEXEC
    handle = open_private(temp_path, flags)
    try:
        try:
            write_all(handle, data)
            if not WINDOWS:
                same_owner = _copy_ownership(path, handle, like, mode)
            yield handle
        finally:
            os.close(handle)
    except BaseException:
        remove_quietly(temp_path)
        raise
    return temp_path, same_owner


def write_all(handle: int, data: bytes) -> None:
    """Write it, however little of it the system takes at once. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _copy_ownership(path: str, handle: int, like: os.stat_result | None, mode: int | None) -> bool:
    """Take over owner, extended attributes (ACLs among them on Linux) and mode; False if not the owner."""
    if like is not None:
        mine = os.fstat(handle)
        if (like.st_uid, like.st_gid) != (mine.st_uid, mine.st_gid):
            try:
                os.fchown(handle, like.st_uid, like.st_gid)
            except OSError as error:
                # Not ours to give; in a user namespace an owner from outside is an invalid one.
                if error.errno not in (errno.EPERM, errno.EINVAL):
                    raise
                return False
        if sys.platform == "linux":
            _copy_attributes(path, handle)
    if mode is None:
        mode = stat.S_IMODE(like.st_mode) if like is not None else 0o600
    os.fchmod(handle, mode)
    return True


def _copy_attributes(path: str, handle: int) -> None:
    if sys.platform != "linux":
        return
    try:
        names = os.listxattr(path)
        inherited = set(os.listxattr(handle)) - set(names)
    except OSError:
        return  # a file system without extended attributes has none to lose
    for name in names:
        try:
            os.setxattr(handle, name, os.getxattr(path, name))
        except OSError as error:
            kernels_own = error.errno == errno.EACCES and name.startswith("security.")
            if error.errno not in _NOT_OURS_TO_SET and not kernels_own:
                raise
    for name in inherited:  # the directory's default ACL would let in whom the old file kept out
        with suppress(OSError):
            os.removexattr(handle, name)


def remove_quietly(path: str) -> None:
    """Remove a file, where that is possible."""
    with suppress(OSError):
        os.unlink(path)


def temp_files_of(path: str) -> list[str]:
    """The temporary files beside `path` that a killed run of ours left (call it while none is active)."""
    directory, name = os.path.split(path)
    with suppress(OSError):
        return [os.path.join(directory, each) for each in os.listdir(directory) if _is_temp_of(name, each)]
    return []


def _is_temp_of(name: str, other: str) -> bool:
    return other.startswith(f".{name}{_TEMP_TAG}")


def is_begun(path: str) -> bool:
    """Whether `path` or a temporary file beside it is there: one look; also where none can be had."""
    directory, name = os.path.split(path)
    try:
        names = os.listdir(directory)
        return name in names or any(_is_temp_of(name, each) for each in names if each[:1] == ".")
    except OSError:
        return True


def whole_copies_of(path: str) -> list[str]:
    """The temporary files with all that was being written into `path` in place when the run was killed."""
    return [temp_path for temp_path in temp_files_of(path) if temp_path.endswith(_WHOLE)]


def remove_temp_files(path: str) -> None:
    """Remove what a killed run of ours left beside `path`; call it while no other run is active."""
    for temp_path in temp_files_of(path):
        remove_quietly(temp_path)


def sweep_temp_files(path: str) -> None:
    """Remove what killed runs of ours left beside `path`; also without a lock."""
    for temp_path in temp_files_of(path):
        _remove_abandoned(temp_path)
