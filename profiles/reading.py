"""What a settings file says now against what it should say; and what a crash left half-done."""

from __future__ import annotations

import time

from profiles import state as states
from profiles.drift import Change, agree, compare
from profiles.edit_plan import HEADERS_SLOT
from profiles.errors import PkccError
from profiles.files import read_bytes, remove_temp_files, replace_file, resolve_link, temp_files_of
from profiles.locks import claude_locked
from profiles.records import TYPE_CHECKING, NamedTuple
from profiles.rendering import Rendered, expected_values
from profiles.settings import Settings, actual_values, parse_settings
from profiles.state import Current, State, StateFiles, holds_written
from profiles.templates import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from profiles.locations import Locations

    Condition = Literal["ok", "gone", "unparsable"]

_TRIES = 50
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.0005, 0.05


class Reading(NamedTuple):
    """One look at the settings file. `changes` are the owned values that differ while a profile is active."""

    state: State
    condition: Condition
    values: dict[str, str]
    changes: list[Change]
    problem: PkccError | None = None

    @classmethod
    def of(cls, settings: Settings, state: State) -> Reading:
        """The reading of parsed settings."""
        values = actual_values(settings)
        gone = settings.absent and state.current.active is not None
        changes = _changes(state, state.current, values)
        return cls(state, "gone" if gone else "ok", values, changes)

    def carries(self, rendered: Rendered, helper_command: str | None, resolve: Callable[[str], str]) -> bool:
        """Whether the settings say exactly what that rendering writes; secrets are asked for last."""
        expected = expected_values(rendered, helper_command)
        if not agree(expected, self.values, lambda _template, _value: True):
            return False
        return agree(expected, self.values, lambda template, value: fill(template, resolve) == value)


def _changes(state: State, current: Current, values: dict[str, str]) -> list[Change]:
    if current.rendered is None:
        return []
    expected = expected_values(current.rendered, current.helper_command)
    seen = state._replace(current=current)
    return compare(expected, values, lambda template, value: holds_written(seen, template, value))


def read_settings(locations: Locations, files: StateFiles) -> Reading:
    """One look, writing nothing. A change that a crash interrupted is judged, not carried on.

    Taken again when a change began or ended meanwhile: old state beside new settings would look like drift.
    """
    pause_s = _FIRST_PAUSE_S
    for _ in range(_TRIES):
        mark = states.mark_of(files)
        reading = _read_once(locations, files)
        if states.mark_of(files) == mark:
            break
        time.sleep(pause_s)  # a change takes some milliseconds: asking at once again would only meet it again
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    return reading


def _read_once(locations: Locations, files: StateFiles) -> Reading:
    path = locations.settings_path
    state = states.load_state(files, path)
    try:
        coming = states.load_next(files)
        # The very bytes that tell which state holds: the file may be replaced while no state begins or ends.
        data = read_bytes(path)
        if coming is not None and _happened(state, coming, data, path):
            state = coming
        return Reading.of(parse_settings(data, path), state)
    except PkccError as error:
        return Reading(state, "unparsable", {}, [], error)


def look(path: str, state: State) -> Reading:
    """One look at the settings against a state that is known: for whoever holds our lock."""
    try:
        return Reading.of(parse_settings(read_bytes(path), path), state)
    except PkccError as error:
        return Reading(state, "unparsable", {}, [], error)


def _happened(state: State, coming: State, data: bytes | None, path: str) -> bool:
    """Whether the change that led to `coming` reached the settings file before the crash."""
    digest = states.digest_of(data)
    if digest in (coming.digest, coming.base_digest):
        return digest == coming.digest
    values = actual_values(parse_settings(data, path))  # somebody else wrote the file since
    if coming.current.rendered is not None and not _changes(coming, coming.current, values):
        return True
    if state.current.rendered is not None and not _changes(state, state.current, values):
        return False
    # Neither. What the change would have displaced is all still there: it did not come to that, and what it
    # was to keep may be kept nowhere.
    fresh = coming.current.memory.displaced.keys() - state.current.memory.displaced.keys()
    if fresh and coming.current.rendered is not None:
        expected = expected_values(coming.current.rendered, coming.current.helper_command)
        differing = {change.slot for change in _changes(coming, coming.current, values)}
        standing = {slot for slot in differing if values.get(slot)}
        if all(slot in differing for slot, text in expected.items() if text and slot.startswith("header.")):
            standing.add(HEADERS_SLOT)
        if fresh <= standing:
            return False
    # Else believe the one that remembers more of what the user had.
    return len(coming.current.memory.displaced) >= len(state.current.memory.displaced)


def recover(locations: Locations, files: StateFiles, forget: Callable[[set[str]], None]) -> State:
    """The state, after finishing or dropping what a killed run left. Call it under our own lock."""
    path = locations.settings_path
    state = states.load_state(files, path)
    coming = states.load_next(files)
    remove_temp_files(files.next_path)
    if coming is None:
        return state
    target = resolve_link(path)
    data = read_bytes(path)
    if states.digest_of(data) not in (coming.digest, coming.base_digest):
        data = _finish_in_place(path, target, data, coming.digest)
    happened = _happened(state, coming, data, path)
    remove_temp_files(target)  # before the intent goes: killed here, the next run finds it again
    if happened:
        states.commit(files)
        forget(state.references() - coming.references())
        state = coming
    else:
        states.discard_next(files)
        forget(coming.references() - state.references())
    return state


def _finish_in_place(path: str, target: str, data: bytes | None, digest: str) -> bytes | None:
    """Where a file is written in place (a bind mount) a crash can tear it: the whole copy lies beside."""
    try:
        parse_settings(data, path)
    except PkccError:
        for temp_path in temp_files_of(target):
            whole = read_bytes(temp_path)
            if whole is not None and states.digest_of(whole) == digest:
                replace_file(path, data, whole, None, claude_locked(path))
                return whole
    return data
