"""The files of our own: where they lie, and removing them, with nothing of anyone else's.

A directory of ours may be one that the user chose and keeps other things in, or a link into their dotfiles:
what is called exactly as ours goes, a link goes without what it leads to, a directory only when it is empty.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from glob import escape
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from profiles.files.json_documents import parse_json
from profiles.files.locks import remove_lock, removing_lock
from profiles.files.read import read_bytes, retry_busy
from profiles.profile.config.file import read_config_file
from profiles.switching.memory.state_files import LOCK
from tray.actions.account.configs.opened import folder_of
from tray.actions.account.configs.users import users_by_file
from tray.actions.more.computer.own_names import (
    IN_CONFIG,
    IN_RUN,
    IN_STATE,
    OF_CATALOGS,
    OF_FILE_MANAGERS,
    OF_KEYS,
    below,
    is_ours,
)
from tray.ipc.address import MANAGER, TRAY, address, run_directory
from tray.ipc.single_instance import acquire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from profiles.base.locations import Locations
    from tray.app import App


def directories_there(locations: Locations, *, keep_keys: bool = False) -> tuple[tuple[str, ...], str]:
    """Those of ours from which something goes, and in which keys are kept, or ""; none within another."""
    ours = dict.fromkeys((locations.config_dir, locations.data_dir, locations.state_dir))
    there = [path for path in ours if os.path.lexists(path)]
    names, of_keys = set(_names_in(locations.data_dir)), {each.partition("/")[0] for each in OF_KEYS}
    kept = locations.data_dir if keep_keys and names & of_keys else ""
    if kept and not names - of_keys:
        there.remove(kept)
    return tuple(path for path in there if os.path.dirname(path) not in there), kept


def own_profiles(app: App) -> tuple[str, ...]:
    """The profiles of the user's own, damaged ones too; no other JSON that lies where they do."""
    return tuple(name for name in app.store.names() if "/" not in name and _is_profile(app, name))


def _is_profile(app: App, name: str) -> bool:
    try:
        plain = parse_json("", read_bytes(app.store.path_of(name)) or b"")
    except PkccError:
        return True
    return isinstance(plain, dict) and ("route" in plain or plain.get("name") == name)


def own_configs(app: App) -> tuple[str, ...]:
    """The configs in the folder for them: those that a profile names, and what else is a Portkey config."""
    folder, named = folder_of(app), users_by_file(app)
    paths = [os.path.join(folder, name) for name in _names_in(folder) if name.endswith(".json")]
    return tuple(path for path in paths if os.path.realpath(path) in named or _is_config(path))


def _is_config(path: str) -> bool:
    with suppress(PkccError):
        return bool(read_config_file(path))
    return False


def remove_own_files(
    app: App, profiles: Iterable[str], configs: Iterable[str], *, keep_keys: bool = False
) -> tuple[str, ...]:
    """Remove them all; the paths of what is not ours, and stays. Raises PkccError for what cannot be removed.

    `profiles` are names, `configs` paths in their folder. With `keep_keys` the vault stays, and the list of
    which keys lie where.
    """
    locations = app.locations
    documents = ["profiles/", "configs/"]  # looked into in any case: what is not ours there is named
    documents += [f"profiles/{name}.json" for name in profiles]
    documents += [f"configs/{escape(os.path.basename(path))}" for path in configs]
    ours: dict[str, list[str]] = {}  # what others need is last
    for directory, patterns in (
        (locations.state_dir, IN_STATE),
        (locations.data_dir, OF_CATALOGS if keep_keys else (*OF_CATALOGS, *OF_KEYS)),
        (locations.config_dir, (*documents, *IN_CONFIG)),
    ):
        ours.setdefault(directory, []).extend(patterns)  # some systems have one directory for two
    kept = {os.path.join(locations.data_dir, each.partition("/")[0]) for each in OF_KEYS if keep_keys}
    known = {*ours, *kept}
    left = _clear_run_directory(app)
    return (*left, *(path for each, patterns in ours.items() for path in _cleared(each, patterns, known)))


def _clear_run_directory(app: App) -> list[str]:
    """What stays where a tray's lock and socket lie; what stands in for a long path is removed, too.

    No tray and no manager starts meanwhile, and nothing is removed where one runs: it is that of another
    directory of our own.
    """
    run, held = run_directory(app.locations, app.environ), []
    with ExitStack() as stack:
        for whose in (TRAY, MANAGER) if os.path.isdir(run) else ():
            handle = acquire(app.locations, app.environ, whose)
            if handle is None:
                return []
            stack.callback(handle.release)
            held.append(handle)
        for whose in (TRAY, MANAGER) if sys.platform != "win32" else ():
            path = address(app.locations, app.environ, whose)
            if os.path.dirname(path) != run:
                _remove(path)
                with suppress(OSError):
                    os.rmdir(os.path.dirname(path))
        left = _cleared(run, IN_RUN, {handle.path for handle in held})
        for handle in held:
            _removing(handle.path, handle.remove)
    with suppress(OSError):
        os.rmdir(run)
    return left


def _cleared(directory: str, patterns: Collection[str], known: Collection[str]) -> list[str]:
    """What stays in it once what is ours is removed; the directory goes when it is empty then.

    `known` is what need not be said of it.
    """
    names = _names_in(directory)
    if os.path.islink(directory):
        mine = any(is_ours(patterns, name) or below(patterns, name) for name in names)
        return _unlinked(directory) if mine else [directory]
    left = []
    for name in names:
        path = os.path.join(directory, name)
        inside = below(patterns, name)
        if path in known:
            continue
        if inside and os.path.isdir(path):
            _clear_memory(path, inside, known)
            left += _cleared(path, inside, known)
        elif is_ours(patterns, name) and (os.path.islink(path) or not os.path.isdir(path)):
            left += _unlinked(path)
        else:
            left.append(path)
    beside = {os.path.join(directory, name) for name in _names_in(directory)}
    if OF_FILE_MANAGERS.issuperset(map(os.path.basename, beside)):  # of a folder that would be empty
        for path in beside:
            _remove(path)
        left = [path for path in left if path not in beside]
    with suppress(OSError):
        os.rmdir(directory)
    return left


def _clear_memory(directory: str, patterns: Collection[str], known: Collection[str]) -> None:
    """Remove what is remembered of a settings file, its lock last: a command at work there ends first."""
    lock = os.path.join(directory, LOCK)
    if not os.path.isfile(lock) or any(map(os.path.islink, (directory, lock))):
        return

    def clear() -> None:
        with removing_lock(lock):
            _cleared(directory, patterns, {*known, lock})

    _removing(lock, clear)


def _unlinked(path: str) -> list[str]:
    """What a link led to, now that it is removed; nothing of a file."""
    leads_to = os.path.realpath(path) if os.path.islink(path) else ""
    _remove(path)
    return [leads_to] if os.path.exists(leads_to) else []


def _remove(path: str) -> None:
    """Remove a file, a link, or a lock once nobody holds it. Raises PkccError."""
    if (path.endswith(".lock") or os.path.basename(path) == LOCK) and not os.path.islink(path):
        _removing(path, lambda: remove_lock(path))
    else:
        _removing(path, lambda: retry_busy(lambda: os.unlink(path)))


def _removing(path: str, remove: Callable[[], None]) -> None:
    try:
        with suppress(FileNotFoundError):
            remove()
    except OSError as error:
        raise PkccError(
            f"{path} cannot be removed: {os_reason(error)}",
            "Make its directory writable for your user, then run the command again: it goes on.",
        ) from None


def _names_in(directory: str) -> list[str]:
    with suppress(OSError):
        return sorted(os.listdir(directory))
    return []
