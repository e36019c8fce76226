"""Replacing files durably.

What was measured to lose nothing next to Claude Code's own writer: two tiers of locking, a compare
of the bytes just before the rename, and a sync of file and directory (docs/decisions/0002).
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.directories import syncing_directory
from profiles.files.durability import finished, sync
from profiles.files.read import WINDOWS, read_bytes, resolve_link, retry_busy
from profiles.files.refusals import writing_failed
from profiles.files.temporary import mark_whole, remove_quietly, sweep, write_all, writing_temp

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from profiles.files.durability import Writing


class ChangedMeanwhileError(Exception):
    """The file is no longer what the edit was based on: read it again and start over."""


def write_private(path: str, data: bytes) -> None:
    """Replace our own file atomically and durably: mode 0600, in a 0700 directory, links not followed.

    What killed runs left in that directory goes too, whichever file of ours it was for.
    """
    finished(writing_private(path, data))
    sweep(os.path.dirname(path))


def writing_private(path: str, data: bytes) -> Writing[None]:
    """The steps of `write_private`, but for what killed runs left."""
    try:
        temp_path, _ = yield from writing_temp(path, data, None)
        try:
            retry_busy(lambda: os.replace(temp_path, path))
        except OSError:
            remove_quietly(temp_path)
            raise
    except OSError as error:
        raise writing_failed(path, error) from None
    yield from syncing_directory(os.path.dirname(path))


def remove_private(path: str) -> None:
    """Remove a file of ours, where there is one. Not synced: it may come back. Raises PkccError."""
    try:
        with suppress(FileNotFoundError):
            retry_busy(lambda: os.unlink(path))
    except OSError as error:
        raise writing_failed(path, error) from None


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
    link_path: str,
    base: bytes | None,
    data: bytes,
    mode: int | None,
    guard: AbstractContextManager[None],
    spare: str = "",
) -> Writing[bool]:
    """The steps of `replace_file`.

    `spare`: beside that path the copy lies where the target's directory takes none, and the target is mounted
    by itself.
    """
    target = resolve_link(link_path)
    temp_path = ""
    try:
        like = _stat_or_none(target)
        temp_path, replaceable = yield from _writing_copy(target, data, like, mode, spare)
        with guard:
            if resolve_link(link_path) != target or read_bytes(target) != base:
                raise ChangedMeanwhileError
            if replaceable and _rename_over(temp_path, target):
                temp_path = ""
            else:
                replaceable = False
                temp_path = mark_whole(temp_path)
                _write_in_place(target, data, base or b"", mode)
    except OSError as error:
        raise writing_failed(link_path, error) from None
    finally:
        if temp_path:
            remove_quietly(temp_path)
    yield from syncing_directory(os.path.dirname(target))
    return replaceable


def _writing_copy(
    target: str, data: bytes, like: os.stat_result | None, mode: int | None, spare: str
) -> Writing[tuple[str, bool]]:
    """The steps of `writing_temp`, beside the target or else beside `spare`."""
    try:
        return (yield from writing_temp(target, data, like, mode))
    except OSError as error:
        from profiles.files.in_the_way.obstacles import REFUSED
        from profiles.files.in_the_way.protection import is_mounted

        if (
            error.errno not in REFUSED
            or not spare
            or not is_mounted(target)
            or not os.access(target, os.W_OK)
        ):
            raise
    temp_path, _ = yield from writing_temp(spare, data, None)
    return temp_path, False


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
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        if mode is not None and not WINDOWS:
            os.fchmod(handle, mode)  # first: where it is refused, no key goes into a file that others read
        try:
            _overwrite(handle, data)
        except BaseException:
            with suppress(OSError):
                _overwrite(handle, base)
            raise
    finally:
        os.close(handle)


def _overwrite(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    write_all(handle, data)
    os.ftruncate(handle, len(data))
    sync(handle)


def remove_file(link_path: str, base: bytes, guard: AbstractContextManager[None]) -> None:
    """Remove a file that we made, if it still holds `base`. Raises ChangedMeanwhileError, or PkccError."""
    finished(removing_file(link_path, base, guard))


def removing_file(link_path: str, base: bytes, guard: AbstractContextManager[None]) -> Writing[None]:
    """The steps of `remove_file`."""
    target = resolve_link(link_path)
    try:
        with guard:
            if read_bytes(target) != base:
                raise ChangedMeanwhileError
            retry_busy(lambda: os.unlink(target))
    except OSError as error:
        raise writing_failed(link_path, error) from None
    yield from syncing_directory(os.path.dirname(target))


def _stat_or_none(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None
