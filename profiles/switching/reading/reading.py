"""What a settings file says now against what it should say."""

from __future__ import annotations

import os
import time

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import fill
from profiles.claude_code.owned_slots import HELPER_KEY, LATER_OWNED, MODEL, ROWS_OWNED
from profiles.claude_code.settings.finished_read import may_be_unfinished
from profiles.claude_code.settings.parse import Settings, actual_values, parse_settings, what_drops
from profiles.files.read import read_bytes
from profiles.portkey.model_names import is_alias
from profiles.profile.rendering import Rendered, expected_values
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Current, State, holds_written
from profiles.switching.memory.state_files import StateFiles, load_next, load_state, memory_mark
from profiles.switching.reading.drift import Change, agree, compare
from profiles.switching.reading.surroundings import changes_since

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from profiles.base.locations import Locations

    Condition = Literal["ok", "gone", "unparsable"]

_TRIES = 50
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.0005, 0.05


class Reading(NamedTuple):
    """One look at the settings file. `changes` are the owned values that differ while a profile is active.

    `unfinished`: somebody may be in the middle of writing it. `dropped`, which only `read_settings` looks
    for: the value for which Claude Code leaves the whole file out, "" where it reads it.
    """

    state: State
    condition: Condition
    values: dict[str, str]
    changes: list[Change]
    problem: PkccError | None = None
    unfinished: bool = False
    dropped: str = ""

    @classmethod
    def of(cls, settings: Settings, state: State) -> Reading:
        """The reading of parsed settings."""
        values = actual_values(settings)
        active = state.current.active
        gone = settings.absent and active is not None
        changes = _changes(state, state.current, values) + _around(settings, state)
        unfinished = may_be_unfinished(settings, active)
        return cls(state, "gone" if gone else "ok", values, changes, None, unfinished)

    @property
    def picked_model(self) -> str:
        """The name of a model, such as `/model` writes it, where the active profile has none; else "".

        It is no change: it stays as long as the route does. An alias goes along with every profile.
        """
        rendered, model = self.state.current.rendered, self.values.get(MODEL, "")
        return "" if rendered is None or rendered.model or is_alias(model) else model

    def carries(self, rendered: Rendered, helper_command: str | None, resolve: Callable[[str], str]) -> bool:
        """Whether the settings say exactly what that rendering writes; secrets are asked for last."""
        expected = expected_values(rendered, helper_command)
        if not agree(expected, self.values, lambda _template, _value: True):
            return False
        return agree(expected, self.values, lambda template, value: fill(template, resolve) == value)


def _around(settings: Settings, state: State) -> list[Change]:
    """The proxies and certificates that are otherwise than at the switch, while a profile is active."""
    current = state.current
    known = current.surroundings if current.active is not None and not settings.absent else None
    return changes_since(settings, known, state.salt, current.rendered.env if current.rendered else ())


def _changes(state: State, current: Current, values: dict[str, str]) -> list[Change]:
    if current.rendered is None:
        return []
    expected = expected_values(current.rendered, current.helper_command)
    seen = state._replace(current=current)
    changes = compare(expected, values, lambda template, value: holds_written(seen, template, value))
    later = (LATER_OWNED if current.surroundings is None else frozenset()) | (
        frozenset() if current.rows_owned else ROWS_OWNED
    )
    return [change for change in changes if change.kind != "added" or change.slot[4:] not in later]


def read_settings(locations: Locations, files: StateFiles) -> Reading:
    """One look, writing nothing. A change that a crash interrupted is judged, not carried on.

    Taken again when a change began or ended meanwhile: old state beside new settings would look like drift.
    """
    pause_s = _FIRST_PAUSE_S
    for _ in range(_TRIES):
        mark = memory_mark(files)
        reading = _read_once(locations, files)
        if memory_mark(files) == mark:
            break
        time.sleep(pause_s)  # a change takes some milliseconds: asking at once again would only find it again
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    return reading


def _read_once(locations: Locations, files: StateFiles) -> Reading:
    path = locations.settings_path
    state = load_state(files, path)
    try:
        coming = load_next(files)
        # The very bytes that tell which state holds: the file may be replaced while no state begins or ends.
        data = read_bytes(path)
        if coming is not None and happened(state, coming, data, path):
            state = coming
        settings = parse_settings(data, path)
        return Reading.of(settings, state)._replace(dropped=what_drops(settings, len(data or b"")))
    except PkccError as error:
        return Reading(state, "unparsable", {}, [], error, unfinished=True)


def look(path: str, state: State) -> Reading:
    """One look at the settings against a state that is known: for a caller that holds our lock."""
    try:
        return Reading.of(parse_settings(read_bytes(path), path), state)
    except PkccError as error:
        return Reading(state, "unparsable", {}, [], error, unfinished=True)


def led_back(path: str, target: str) -> str:
    """What to do where a settings file's path leads to another file than the one that was switched."""
    return (
        f"Put the file that was there back at {path}" if path == target else f"Make it lead to {target} again"
    )


def led_elsewhere(path: str, state: State, target: str) -> ConflictError | None:
    """What is wrong where the path now leads to another file, which does not hold what was written."""
    if state.current.active is None or state.target in ("", target) or not look(path, state).changes:
        return None
    hint = f"{led_back(path, state.target)} and run `pkcc-tray off` before you change it."
    if path == state.target and not os.path.exists(target):
        hint = "Remove that link, then run the command again."
    return ConflictError(f"{path} leads to another file now: {target}", hint)


def only_from(active: str, path: str, wanted: Callable[[], Rendered]) -> Callable[[State], Rendered]:
    """What gives `wanted`, asked for under the lock: it may have been changed or removed until then.

    Where `active` names a profile, that is to be in force and unchanged; else it raises ConflictError.
    """

    def still(state: State) -> Rendered:
        if active:
            now = look(path, state)
            if state.current.active != active or now.condition != "ok" or now.changes:
                raise ConflictError("Something else was chosen meanwhile", "`pkcc-tray status` shows it.")
        return wanted()

    return still


def only_with(values: Mapping[str, str], path: str, wanted: Rendered) -> Callable[[State], Rendered]:
    """What gives `wanted` while the settings say those values by slot; else it raises ConflictError."""

    def unchanged(state: State) -> Rendered:
        if look(path, state).values != values:
            raise ConflictError(
                "The settings were changed again meanwhile",
                "`pkcc-tray status` shows how they are now; then adopt again.",
            )
        return wanted

    return unchanged


def happened(state: State, coming: State, data: bytes | None, path: str) -> bool:
    """Whether the change that led to `coming` reached the settings file before the crash."""
    digest = states.digest_of(data)
    if digest in (coming.digest, coming.base_digest):
        return digest == coming.digest
    # Somebody else wrote the file since: where the two states differ, which one does it hold more of?
    values = actual_values(parse_settings(data, path))
    new, old = _meant(coming, state, path), _meant(state, coming, path)
    more = sum(
        _holds(coming, new.get(slot, ""), values.get(slot, ""))
        - _holds(state, old.get(slot, ""), values.get(slot, ""))
        for slot in {*new, *old}
        if new.get(slot) != old.get(slot)
    )
    # As much of either: believe the one that remembers more of what the user had.
    return more > 0 if more else _remembers(coming) >= _remembers(state)


def _remembers(state: State) -> int:
    memory = state.current.memory
    return len(memory.displaced) + len(memory.taken)


def _meant(state: State, other: State, path: str) -> dict[str, str]:
    """What the file says in that state, as templates by slot; of "off" only `other` remembers it.

    A secret of the user's own stands there as its reference, which no file holds: it speaks for neither.
    """
    current = state.current
    if current.rendered is not None:
        return expected_values(current.rendered, current.helper_command)
    had = {slot: raw.translate({0: None, 1: None}) for slot, raw in other.current.memory.displaced.items()}
    env = ", ".join(f'"{slot[4:]}": {raw}' for slot, raw in had.items() if slot.startswith("env."))
    top = "".join(f', "{key}": {had[key]}' for key in (HELPER_KEY, MODEL) if key in had)
    return actual_values(parse_settings(f'{{"env": {{{env}}}{top}}}'.encode(), path))


def _holds(state: State, template: str, value: str) -> bool:
    return holds_written(state, template, value) if template and value else not template and not value
