"""The two tiers of locking: a kernel lock among our own processes, and Claude Code's lock directory."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial

from profiles.base.errors import ConflictError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.directories import open_private
from profiles.files.read import retry_busy
from profiles.files.refusals import writing_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OURS_LIMIT_S = 10.0  # how long two of our own processes wait for each other
CLAUDE_STALE_S = 10.0  # Claude Code takes a lock directory older than this for abandoned
CLAUDE_LIMIT_S = CLAUDE_STALE_S + 2.0
_FLAGS = os.O_RDWR | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def locked(lock_path: str, limit_s: float = OURS_LIMIT_S) -> Iterator[bool]:
    """Hold an exclusive kernel lock on `lock_path` (made when missing); the kernel drops it if we die.

    Gives whether it had to be waited for: what was looked at before may be another by now. Raises
    ConflictError when another of our processes holds it for longer than `limit_s`.
    """
    opened = partial(_made, lock_path)
    at_once = take_lock(lock_path, opened)
    handle = take_lock(lock_path, opened, limit_s) if at_once is None else at_once
    if handle is None:
        raise _busy()
    try:
        yield at_once is None
    finally:
        os.close(handle)


def take_lock(lock_path: str, opened: Callable[[], int], limit_s: float = 0.0) -> int | None:
    """A handle that holds the lock on the file at `lock_path`; None where another keeps it for that long.

    `opened` gives a handle of that file, and of the next one where the first was removed meanwhile.
    """
    deadline, is_held = time.monotonic() + limit_s, False
    handle = opened()
    try:
        while not try_lock(handle) or _is_removed(lock_path, handle):
            if _is_removed(lock_path, handle):
                removed, handle = handle, opened()
                os.close(removed)
            elif time.monotonic() > deadline:
                return None
            else:
                time.sleep(0.005)
        is_held = True
        return handle
    finally:
        if not is_held:
            os.close(handle)


def remove_lock(lock_path: str, limit_s: float = OURS_LIMIT_S) -> None:
    """Remove a lock's file once nobody holds it: the next would lock another one, and both would write.

    Raises ConflictError as `locked` does, and OSError where it cannot be removed.
    """
    with removing_lock(lock_path, limit_s):
        pass


@contextmanager
def removing_lock(lock_path: str, limit_s: float = OURS_LIMIT_S) -> Iterator[None]:
    """Hold a lock while what it guards is removed, and remove its file last. Raises as `remove_lock` does."""
    try:
        handle = take_lock(lock_path, partial(os.open, lock_path, _FLAGS), limit_s)
    except OSError:  # there is none, or nothing that we could lock
        yield
        _unlink(lock_path)
        return
    if handle is None:
        raise _busy()
    try:
        yield
    except BaseException:
        os.close(handle)
        raise
    drop_lock(lock_path, handle)


def drop_lock(lock_path: str, handle: int) -> None:
    """Let go of a lock that is held, and remove its file. Raises OSError where it cannot be removed."""
    try:
        if sys.platform != "win32":  # there no open file is removed, and one that another opens next stays
            _unlink(lock_path)
    finally:
        os.close(handle)
    if sys.platform == "win32":
        _unlink(lock_path)


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        retry_busy(lambda: os.unlink(path))


def _busy() -> ConflictError:
    return ConflictError(
        "Another pkcc-tray is changing the same file and does not finish",
        "Wait for it or end it, then run the command again.",
    )


def _made(lock_path: str) -> int:
    try:
        try:
            return os.open(lock_path, _FLAGS)  # mostly; with its mode set, a disk would have to write it
        except FileNotFoundError:
            handle = open_private(lock_path, _FLAGS | os.O_CREAT)
    except OSError as error:
        raise writing_failed(lock_path, error) from None
    if sys.platform != "win32":
        with suppress(OSError):  # another user's file, which we may lock all the same
            os.fchmod(handle, 0o600)  # a strict umask would leave one that we cannot open again
    return handle


def _is_removed(lock_path: str, handle: int) -> bool:
    """Whether that file is no longer the one there, as after an `uninstall`: the next would lock another."""
    held = os.fstat(handle)
    if held.st_nlink:  # on Windows always: no open file is removed there
        return False
    try:
        return not os.path.samestat(os.stat(lock_path), held)
    except OSError:
        return True


def try_lock(handle: int) -> bool:
    """Take the exclusive kernel lock on an open file, without waiting; whether it is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def claude_locked(
    settings_path: str, stale_s: float = CLAUDE_STALE_S, limit_s: float = CLAUDE_LIMIT_S
) -> Iterator[None]:
    """Hold Claude Code's own lock: a directory `<settings>.lock` beside the link, not its target.

    One that nobody has touched for `stale_s` is abandoned (its maker was killed) and taken over. Where the
    directory cannot be made (read-only beside a link to elsewhere) the compare before the rename has to do.
    Raises ConflictError when it stays held for longer than `limit_s`.
    """
    lock_path = f"{settings_path}.lock"
    held = _take_directory(lock_path, stale_s, limit_s)
    try:
        yield
    finally:
        if held:
            with suppress(OSError):
                os.rmdir(lock_path)


def is_only_locked(settings_path: str) -> bool:
    """Whether the settings' directory holds that lock and nothing else, as a killed run leaves it."""
    try:
        return os.listdir(os.path.dirname(settings_path)) == [f"{os.path.basename(settings_path)}.lock"]
    except OSError:
        return False


def _take_directory(lock_path: str, stale_s: float, limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    seen, since = None, time.monotonic()
    while True:
        try:
            os.mkdir(lock_path)
        except FileExistsError:
            with suppress(OSError):
                status = os.stat(lock_path)
                if seen != (seen := (status.st_ino, status.st_mtime_ns)):
                    since = time.monotonic()
                # Its holder touches it. One from before the clock was set back would never grow old.
                if max(time.time() - status.st_mtime, time.monotonic() - since) > stale_s:
                    os.rmdir(lock_path)
                    continue
        except OSError:
            return False
        else:
            return True
        if time.monotonic() > deadline:
            raise ConflictError(
                f"{lock_path} stays locked by Claude Code",
                "Wait a moment and run the command again; if no Claude Code runs, remove that directory.",
            )
        time.sleep(0.01)
