"""Reading a file: whole, never waiting, and refused in words that say what to do."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.refusals import link_loop, reading_failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

WINDOWS = sys.platform == "win32"
MAX_BYTES = 16 * 1024 * 1024  # Claude Code's own file is a few kB; beyond this something else is wrong
_READ_BYTES = 64 * 1024  # at a time
_WINDOWS_BUSY = {5, 32, 33, 1175}  # access denied, sharing and lock violations, unable to replace


def retry_busy(action: Callable[[], T], limit_s: float = 2.5) -> T:
    """The result of `action`, tried again on Windows while another program holds the file (at most 2.5 s)."""
    pause, deadline = 0.005, 0.0
    while True:
        try:
            return action()
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY:
                raise
            deadline = deadline or time.monotonic() + limit_s
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause *= 2


def file_mark(path: str) -> tuple[int, int, int] | None:
    """A mark of the file as it is: another one once it is written, replaced or removed (None)."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


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
            raise reading_failed(path, error) from None
        path = os.path.join(os.path.dirname(path), step.removeprefix("\\\\?\\"))
    raise link_loop(path)


def real_path(path: str, plain: str = "") -> str:
    """What `os.path.realpath` returns, at a third of its price where no link is on the way.

    `plain` is a directory above it on whose own way there is none, where that is known.
    """
    if WINDOWS or path.startswith("//") or path != os.path.abspath(path):
        return os.path.realpath(path)
    end = len(plain)
    try:
        while (end := path.find("/", end + 1)) > 0:
            if stat.S_ISLNK(os.lstat(path[:end]).st_mode):
                return os.path.realpath(path)
        return os.path.realpath(path) if stat.S_ISLNK(os.lstat(path).st_mode) else path
    except OSError:
        return os.path.realpath(path)


def read_bytes(path: str, most: int = MAX_BYTES) -> bytes | None:
    """The content of a regular file, or None when there is none (a dangling link counts as none).

    It never waits, not even at a named pipe. Raises PkccError, with a remedy, for what is no regular file,
    for a loop, and for a file that is unreadable or has more than `most` bytes.
    """
    try:
        handle, status = _opened(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise reading_failed(path, error) from None
    try:
        if not stat.S_ISREG(status.st_mode):
            raise PkccError(f"{path} is not a regular file", "Move it away, then run the command again.")
        data = b"" if status.st_size > most else _up_to(most + 1, handle, status.st_size)
        if status.st_size > most or len(data) > most:  # what the system makes up has no size
            raise PkccError(
                f"{path} is larger than {_size(most)}, which no file of its kind should be",
                "Move it away or make it smaller; nothing was changed.",
            )
    except OSError as error:
        raise reading_failed(path, error) from None
    finally:
        os.close(handle)
    return data


def _up_to(count: int, handle: int, size: int) -> bytes:
    """The next `count` bytes of a file, or fewer at its end; without a buffer for the most there could be.

    Where it has the size that it says, nobody looks for more.
    """
    parts = []
    while count > 0 and (part := os.read(handle, min(count, _READ_BYTES))):
        parts.append(part)
        count -= len(part)
        size -= len(part)
        if size == 0:
            break
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
    """A handle to read the file by, which waits for nobody. Raises OSError, also for a directory.

    No file's path holds a NUL, which may come out of a form: that is an OSError as well.
    """
    return _opened(path)[0]


def _opened(path: str) -> tuple[int, os.stat_result]:
    if "\0" in path:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    if WINDOWS:
        from profiles.files import windows as windows_files

        handle = retry_busy(lambda: windows_files.open_shared(path))
    else:
        # O_NONBLOCK: opening a named pipe must not wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        os.close(handle)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return handle, status
