"""Directories: made for the user alone, and synced."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.durability import finished
from profiles.files.read import WINDOWS
from profiles.files.refusals import making_failed

if TYPE_CHECKING:
    from profiles.files.durability import Writing


_TRIES = (2, 1, 0)  # an `uninstall` in another window may remove a directory that was there a moment ago


def make_private_directory(path: str) -> None:
    """Make a directory (and those above it that are missing) with mode 0700, whatever the umask."""
    try:
        for tries_left in _TRIES:
            if os.path.isdir(path):
                return
            make_private_directory(os.path.dirname(path))
            try:
                os.mkdir(path, 0o700)
                os.chmod(path, 0o700)
            except FileExistsError:
                return
            except FileNotFoundError:
                if not tries_left:
                    raise
    except OSError as error:
        raise making_failed(path, error) from None


def open_private(path: str, flags: int) -> int:
    """A handle of a file of ours: made with mode 0600, its directory too where that is missing.

    Raises OSError, and PkccError where the directory cannot be made.
    """
    for _ in _TRIES:
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            make_private_directory(os.path.dirname(path))
    return os.open(path, flags, 0o600)


def topmost_missing(path: str) -> str:
    """The highest directory on the way to that one, itself included, that is not there; "" where all are."""
    missing = ""
    while path != missing and not os.path.isdir(path):
        missing, path = path, os.path.dirname(path)
    return missing


def remove_empty(path: str, top: str) -> None:
    """Remove a directory and those above it, up to `top`, as far as they are empty."""
    with suppress(OSError):  # there is something of the user's in it
        while path == top or path.startswith(os.path.join(top, "")):
            os.rmdir(path)
            path = os.path.dirname(path)


def fsync_directory(path: str) -> None:
    """Make a rename durable. A failure here means "done, durability unknown": it is no failure."""
    finished(syncing_directory(path))


def syncing_directory(path: str) -> Writing[None]:
    """The steps of `fsync_directory`."""
    if WINDOWS:
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield handle
        finally:
            os.close(handle)
