"""Files of ours that people edit and keep by hand, among their dotfiles perhaps: links are followed."""

from __future__ import annotations

import os
from contextlib import nullcontext

from profiles.base.errors import ConflictError, PkccError
from profiles.files.atomic_replace import ChangedMeanwhileError, replace_file, write_private
from profiles.files.read import read_bytes, resolve_link
from profiles.files.temporary import remove_temp_files, sweep_temp_files

_TRIES = 20


def write_hand_edited(path: str, data: bytes, *, alone: bool = False) -> None:
    """Replace the file that `path` names atomically and durably; where that is a link, what it leads to.

    A plain file gets mode 0600; behind a link it keeps its owner and mode, and one that is missing is made.
    What killed runs left beside it goes: at once where the caller holds the lock of all that write that file
    (`alone`), else, and behind a link, by its age. Raises PkccError with both as they were.
    """
    target = resolve_link(path)
    if target == path:
        if alone:
            remove_temp_files(path)
        write_private(path, data)
        return
    try:
        for _ in range(_TRIES):
            try:
                replace_file(target, read_bytes(target), data, None, nullcontext())
            except ChangedMeanwhileError:
                continue
            sweep_temp_files(target)
            return
    except PkccError as error:
        raise type(error)(f"{path} is a link, and {error.title}", error.hint) from None
    raise ConflictError(
        f"{target} keeps changing while it is written", "End what rewrites it, then try again."
    )


def check_link(path: str) -> None:
    """Raises PkccError where a link stands at `path` and leads to nothing."""
    if os.path.islink(path) and not os.path.exists(path):
        raise PkccError(
            f"{path} is a link, and {resolve_link(path)} is not there", "Bring that back, or remove the link."
        )
