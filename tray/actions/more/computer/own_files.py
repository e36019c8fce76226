"""The files of our own: where they lie, and removing them, with nothing of anyone else's.

A directory of ours may be one that the user chose and keeps other things in, or a link into their dotfiles:
what is called as ours goes, a link goes without what it leads to, and a directory only when it is empty then.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from profiles.files.read import retry_busy
from tray.ipc.address import run_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from profiles.base.locations import Locations

_OF_KEYS = ("keys.json", "vault", "keyring.lock")
_SINGLE = ("targets.json", "catalogs.json", "rules.json", "order.json", "preferences.json", "catalogs")
_TEMPORARY = ".pkcc-"  # what a killed run left beside a file
_FOLDERS = ("profiles", "configs")  # of JSON files; whatever else lies there is the user's


def directories_there(locations: Locations) -> tuple[str, ...]:
    """Those of ours that are there, each once."""
    ours = dict.fromkeys((locations.config_dir, locations.data_dir, locations.state_dir))
    return tuple(path for path in ours if os.path.lexists(path))


def remove_own_files(
    locations: Locations, environ: Mapping[str, str], *, keep_keys: bool = False
) -> tuple[str, ...]:
    """Remove them all; the paths of what is not ours, and stays. Raises PkccError for what cannot be removed.

    With `keep_keys` the vault stays, and the list of which keys lie where.
    """
    run = run_directory(locations, environ)
    if os.path.basename(run) != "run":  # else it lies in the state
        _remove(run)
    _remove(locations.state_dir)
    names = _SINGLE if keep_keys else (*_SINGLE, *_OF_KEYS)
    left: list[str] = []
    for directory in dict.fromkeys((locations.data_dir, locations.config_dir)):
        folders = [os.path.join(directory, folder) for folder in _FOLDERS]
        for folder in folders:
            left += _cleared(folder, lambda name: name.endswith(".json") or _TEMPORARY in name)
        left += _cleared(directory, lambda name: _is_called(name, names), {*folders, locations.data_dir})
    return tuple(path for path in left if not (keep_keys and _is_called(os.path.basename(path), _OF_KEYS)))


def _cleared(directory: str, is_ours: Callable[[str], bool], known: Collection[str] = ()) -> list[str]:
    """What stays in it once what is ours is removed; the directory goes when it is empty then.

    `known` are directories in it whose own contents were said already.
    """
    if os.path.islink(directory):
        leads_to = os.path.realpath(directory)
        _remove(directory)
        return [leads_to] if os.path.exists(leads_to) else []
    left = []
    for name in _names_in(directory):
        path = os.path.join(directory, name)
        if is_ours(name):
            _remove(path)
        elif path not in known:
            left.append(path)
    with suppress(OSError):
        os.rmdir(directory)
    return left


def _names_in(directory: str) -> list[str]:
    with suppress(OSError):
        return sorted(os.listdir(directory))
    return []


def _is_called(name: str, names: Collection[str]) -> bool:
    """Whether it is one of those, its lock, a damaged one that was kept, or what a killed run left of it."""
    return any(name == each or name.startswith((f"{each}.", f".{each}.")) for each in names)


def _remove(path: str) -> None:
    """Remove a file, a link or a directory with all that is in it. Raises PkccError."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            with suppress(FileNotFoundError):
                retry_busy(lambda: os.unlink(path))
    except OSError as error:
        raise PkccError(
            f"{error.filename or path} cannot be removed: {os_reason(error)}",
            "Make its directory writable for your user, then run the command again: it goes on.",
        ) from None
