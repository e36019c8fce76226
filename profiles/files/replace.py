"""Reading and durably replacing files. With `locks` and `windows_files`, the core's only OS branches.

What was measured to lose nothing next to Claude Code's own writer: two tiers of locking, a compare
of the bytes just before the rename, and a sync of file and directory (docs/decisions/0002).
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import os_reason
from profiles.files.durability import finished, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from io import FileIO
    from typing import TypeVar

    from profiles.files.durability import Steps

    T = TypeVar("T")

WINDOWS = sys.platform == "win32"
MAX_BYTES = 16 * 1024 * 1024  # Claude Code's own file is a few kB; beyond this something else is wrong
_READ_BYTES = 64 * 1024  # at a time
_WINDOWS_BUSY = {5, 32, 33, 1175}  # access denied, sharing and lock violations, unable to replace
_TEMP_TAG = ".pkcc-"
_WHOLE = ".whole"
# What to do where it is not for want of rights.
_REMEDIES = {
    errno.ENOSPC: "Free some space on that disk, then run the command again",
    errno.EDQUOT: "Free some of your disk quota, then run the command again",
    errno.EROFS: "That file system is read-only",
    errno.EIO: "That disk has an error: look at the system's log",
    errno.EINTR: "Run the command again",
    errno.EFBIG: "Raise your limit on a file's size (`ulimit -f`), then run the command again",
    errno.EMFILE: "Raise your limit on open files (`ulimit -n`), then run the command again",
    errno.ENFILE: "The system has no open file left: end some programs, then run the command again",
    errno.EPERM: "It is another user's or protected (`ls -l` and `lsattr` show it): undo that first",
    errno.ENOENT: "A directory on its way is missing, or a link to nowhere: make it",
    errno.ENOTDIR: "A file stands in the place of a directory on its way: move that away",
    errno.ENAMETOOLONG: "Choose a shorter path",
    errno.ENXIO: "It is not a regular file: move it away, then run the command again",
}
# Of an extended attribute: the file system or the kernel keeps it from us, or it has gone meanwhile.
_NOT_OURS_TO_SET = (errno.EPERM, errno.ENOTSUP, errno.EINVAL, errno.ENODATA)
_ABANDONED_S = 60.0  # a temporary file lives for milliseconds; its maker was killed, whoever it was


class ChangedMeanwhileError(Exception):
    """The file is no longer what the edit was based on: read it again and start over."""


def retry_busy(action: Callable[[], T], limit_s: float = 2.5) -> T:
    """The result of `action`, tried again on Windows while another program holds the file (at most 2.5 s)."""
    pause = 0.005
    deadline = time.monotonic() + limit_s
    while True:
        try:
            return action()
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause *= 2


def resolve_link(path: str) -> str:
    """The path that `path` finally names: links followed by hand, so that a dangling one names its target.

    Raises PkccError for a loop. Only EINVAL and ENOENT from readlink mean "not a link"; others are raised.
    """
    for _ in range(40):
        try:
            step = os.readlink(path)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT):
                return path
            raise _reading_failed(path, error) from None
        path = os.path.join(os.path.dirname(path), step.removeprefix("\\\\?\\"))
    raise _link_loop(path)


def read_bytes(path: str, most: int = MAX_BYTES) -> bytes | None:
    """The content of a regular file, or None when there is none (a dangling link counts as none).

    It never waits, not even at a named pipe. Raises PkccError, with a remedy, for what is no regular file,
    for a loop, and for a file that is unreadable or has more than `most` bytes.
    """
    try:
        handle = open_shared(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _reading_failed(path, error) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise PkccError(f"{path} is not a regular file", "Move it away, then run the command again.")
        data = b"" if status.st_size > most else _up_to(most + 1, handle)
        if status.st_size > most or len(data) > most:  # what the system makes up has no size
            raise PkccError(
                f"{path} is larger than {_size(most)}, which no file of its kind should be",
                "Move it away or make it smaller; nothing was changed.",
            )
    except OSError as error:
        raise _reading_failed(path, error) from None
    finally:
        os.close(handle)
    return data


def _up_to(count: int, handle: int) -> bytes:
    """So many bytes, or fewer where there are no more; without a buffer for the most there could be."""
    parts = []
    while count > 0 and (part := os.read(handle, min(count, _READ_BYTES))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_start(path: str, count: int) -> bytes:
    """The first bytes of a regular file, enough to tell its kind; b"" for anything else."""
    try:
        with os.fdopen(open_shared(path), "rb") as file:
            return file.read(count) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def _size(count: int) -> str:
    return f"{count // 1024**2} MB" if count >= 1024**2 else f"{count // 1024} kB"


def open_shared(path: str) -> int:
    """A handle to read the file by, which waits for nobody. Raises OSError, also for a directory."""
    if WINDOWS:
        from profiles.files import windows as windows_files

        return retry_busy(lambda: windows_files.open_shared(path))
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        os.close(handle)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return handle


def _link_loop(path: str) -> PkccError:
    return PkccError(
        f"{path} is a symbolic link that leads back to itself", "Remove the link, or point it at a file."
    )


def _reading_failed(path: str, error: OSError) -> PkccError:
    if error.errno == errno.ELOOP:
        return _link_loop(path)
    if error.errno == errno.EISDIR or os.path.isdir(path):
        return PkccError(f"{path} is a directory", "Move it away, then run the command again.")
    remedy = _REMEDIES.get(error.errno or 0, "Make it readable for your user")
    return PkccError(f"{path} cannot be read: {os_reason(error)}", f"{remedy}; nothing was changed.")


def make_private_directory(path: str) -> None:
    """Make a directory (and those above it that are missing) with mode 0700, whatever the umask."""
    try:
        if not os.path.isdir(path):
            make_private_directory(os.path.dirname(path))
            with suppress(FileExistsError):
                os.mkdir(path, 0o700)
                os.chmod(path, 0o700)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Make its parent writable for your user")
        raise PkccError(
            f"The directory {path} cannot be made: {os_reason(error)}",
            f"{remedy}, or choose another place (--config-dir, HOME).",
        ) from None


def write_private(path: str, data: bytes) -> None:
    """Replace our own file atomically and durably: mode 0600, in a 0700 directory, links not followed.

    What killed runs left in that directory goes too, whichever file of ours it was for.
    """
    finished(writing_private(path, data))


def writing_private(path: str, data: bytes) -> Steps[None]:
    """The steps of `write_private`."""
    make_private_directory(os.path.dirname(path))
    try:
        temp_path, _ = yield from _writing_temp(path, data, None)
        try:
            retry_busy(lambda: os.replace(temp_path, path))
        except OSError:
            _remove_quietly(temp_path)
            raise
    except OSError as error:
        raise writing_failed(path, error) from None
    _sweep(os.path.dirname(path))
    yield from _syncing_directory(os.path.dirname(path))


def remove_private(path: str) -> None:
    """Remove a file of ours, where there is one. Not synced: it may come back. Raises PkccError."""
    try:
        with suppress(FileNotFoundError):
            retry_busy(lambda: os.unlink(path))
    except OSError as error:
        raise writing_failed(path, error) from None


def _sweep(directory: str) -> None:
    """Remove abandoned temporary files: by their age, since no lock covers all that write here."""
    with suppress(OSError):
        for name in os.listdir(directory):
            if name.startswith(".") and _TEMP_TAG in name:
                _remove_abandoned(os.path.join(directory, name))


def _remove_abandoned(path: str) -> None:
    with suppress(OSError):  # another sweeps too
        if time.time() - os.lstat(path).st_mtime > _ABANDONED_S:
            os.unlink(path)


def replace_file(
    link_path: str, base: bytes | None, data: bytes, mode: int | None, guard: AbstractContextManager[None]
) -> bool:
    """Replace the file that `link_path` names by `data`, if it still holds `base` (None: no file).

    The temporary file lies beside the target and takes over its owner, mode, ACL and extended
    attributes; `mode` overrides the mode. `guard` is held only around compare and rename. Returns False when
    the file could only be written in place (a bind mount answers EBUSY), True when it was replaced
    atomically. Raises ChangedMeanwhileError, or PkccError with the file untouched.
    """
    return finished(replacing_file(link_path, base, data, mode, guard))


def replacing_file(
    link_path: str, base: bytes | None, data: bytes, mode: int | None, guard: AbstractContextManager[None]
) -> Steps[bool]:
    """The steps of `replace_file`."""
    target = resolve_link(link_path)
    make_private_directory(os.path.dirname(target))
    temp_path = ""
    try:
        like = _stat_or_none(target)
        temp_path, replaceable = yield from _writing_temp(target, data, like, mode)
        with guard:
            if resolve_link(link_path) != target or read_bytes(target) != base:
                raise ChangedMeanwhileError
            if replaceable:
                replaceable = _rename_over(temp_path, target)
            if not replaceable:
                temp_path = _mark_whole(temp_path)
                _write_in_place(target, data, base or b"", mode)
    except OSError as error:
        raise writing_failed(link_path, error) from None
    finally:
        if temp_path:
            _remove_quietly(temp_path)
    yield from _syncing_directory(os.path.dirname(target))
    return replaceable


def _mark_whole(temp_path: str) -> str:
    """The new name of the synced temporary file that stays beside a target which we may tear from here on.

    Without the mark, a file that an editor tore after a kill would be taken for torn by us.
    """
    marked = temp_path + _WHOLE
    os.rename(temp_path, marked)
    fsync_directory(os.path.dirname(marked))
    return marked


def _rename_over(temp_path: str, target: str) -> bool:
    """False where the target can only be written in place: a bind-mounted file answers EBUSY."""
    try:
        retry_busy(lambda: os.replace(temp_path, target))
    except OSError as error:
        if error.errno != errno.EBUSY or WINDOWS:
            raise
        return False
    return True


def _write_in_place(target: str, data: bytes, base: bytes, mode: int | None) -> None:
    """Overwrite without replacing; when that fails half-way the old content is put back."""
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(handle, "wb", buffering=0) as file:
        if mode is not None and not WINDOWS:
            os.fchmod(handle, mode)  # first: where it is refused, no key goes into a file that others read
        try:
            _overwrite(file, data)
        except BaseException:
            with suppress(OSError):
                _overwrite(file, base)
            raise


def _overwrite(file: FileIO, data: bytes) -> None:
    file.seek(0)
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
    file.truncate()
    sync(file.fileno())


def remove_file(link_path: str, base: bytes, guard: AbstractContextManager[None]) -> None:
    """Remove a file that we made, if it still holds `base`. Raises ChangedMeanwhileError, or PkccError."""
    finished(removing_file(link_path, base, guard))


def removing_file(link_path: str, base: bytes, guard: AbstractContextManager[None]) -> Steps[None]:
    """The steps of `remove_file`."""
    target = resolve_link(link_path)
    try:
        with guard:
            if read_bytes(target) != base:
                raise ChangedMeanwhileError
            retry_busy(lambda: os.unlink(target))
    except OSError as error:
        raise writing_failed(link_path, error) from None
    yield from _syncing_directory(os.path.dirname(target))


def writing_failed(path: str, error: OSError) -> PkccError:
    """The error a user sees when a write was refused; the file itself is as it was."""
    remedy = _REMEDIES.get(error.errno or 0, "Make its directory writable for your user")
    return PkccError(f"{path} cannot be written: {os_reason(error)}", f"{remedy}; the file is as it was.")


def _stat_or_none(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _writing_temp(
    path: str, data: bytes, like: os.stat_result | None, mode: int | None = None
) -> Steps[tuple[str, bool]]:
    """A synced temporary file beside `path`: exclusive, no link followed, 0600 until its owner is right.

    With it comes whether it may take the place of `path`: not when it could not be given the same owner.
    """
    same_owner = True
    directory, name = os.path.split(path)
    temp_path = os.path.join(directory, f".{name}{_TEMP_TAG}{os.getpid()}-{os.urandom(4).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_BINARY", 0) if WINDOWS else os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(temp_path, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if not WINDOWS:
                same_owner = _copy_ownership(path, file.fileno(), like, mode)
            yield file.fileno()
    except BaseException:
        _remove_quietly(temp_path)
        raise
    return temp_path, same_owner


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


def fsync_directory(path: str) -> None:
    """Make a rename durable. A failure here means "done, durability unknown": it is no failure."""
    finished(_syncing_directory(path))


def _syncing_directory(path: str) -> Steps[None]:
    if WINDOWS:
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield handle
        finally:
            os.close(handle)


def _remove_quietly(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def temp_files_of(path: str) -> list[str]:
    """The temporary files beside `path` that a killed run of ours left (call it while none is active)."""
    directory, name = os.path.split(path)
    start = f".{name}{_TEMP_TAG}"
    with suppress(OSError):
        return [os.path.join(directory, entry) for entry in os.listdir(directory) if entry.startswith(start)]
    return []


def whole_copies_of(path: str) -> list[str]:
    """Those of them that hold all that was being written into `path` in place when the run was killed."""
    return [temp_path for temp_path in temp_files_of(path) if temp_path.endswith(_WHOLE)]


def remove_temp_files(path: str) -> None:
    """Remove what a killed run of ours left beside `path`; call it while no other run is active."""
    for temp_path in temp_files_of(path):
        _remove_quietly(temp_path)


def sweep_temp_files(path: str) -> None:
    """Remove what killed runs of ours left beside `path`; also without a lock."""
    for temp_path in temp_files_of(path):
        _remove_abandoned(temp_path)
