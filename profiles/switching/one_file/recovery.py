"""What a killed run left of a change of one settings file: finished, or dropped."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.parse import parse_settings
from profiles.files.atomic_replace import replacing_file
from profiles.files.durability import finished
from profiles.files.locks import claude_locked
from profiles.files.read import read_bytes, resolve_link
from profiles.files.temporary import remove_temp_files, whole_copies_of
from profiles.switching.memory.state import digest_of
from profiles.switching.memory.state_files import commit_next, discard_next, load_next
from profiles.switching.reading.reading import happened

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.locations import Locations
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import StateFiles


def recover(
    locations: Locations, files: StateFiles, state: State, forget: Callable[[set[str]], None]
) -> State:
    """The state, after finishing or dropping what a killed run left. Call it under our own lock.

    `state` is the one that is remembered.
    """
    path = locations.settings_path
    coming = load_next(files)
    remove_temp_files(files.next_path)
    if coming is None:
        return state
    target = resolve_link(path)
    data = read_bytes(path)
    if digest_of(data) not in (coming.digest, coming.base_digest):
        data = _finish_in_place(path, files.spare_path, data, coming.digest)
    done = happened(state, coming, data, path)
    # Before the intent goes: killed here, the next run finds it again.
    remove_temp_files(target)
    remove_temp_files(files.spare_path)
    if done:
        commit_next(files)
        forget(state.needs_beyond(coming))
        state = coming
    else:
        discard_next(files)
        forget(coming.needs_beyond(state))
    return state


def _finish_in_place(path: str, spare: str, data: bytes | None, digest: str) -> bytes | None:
    """Where a file is written in place (a bind mount) a crash can tear it: the whole copy lies beside."""
    try:
        parse_settings(data, path)
    except PkccError:
        for temp_path in (*whole_copies_of(resolve_link(path)), *whole_copies_of(spare)):
            whole = read_bytes(temp_path)
            if whole is not None and digest_of(whole) == digest:
                finished(replacing_file(path, data, whole, None, claude_locked(path), spare))
                return whole
    return data
