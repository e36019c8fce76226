"""All that was done, what each step changed, as a window shows it, and what can be brought back."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.read import read_bytes
from profiles.policy.in_force import steps_kept
from profiles.switching.memory.state import HISTORY_LIMIT, key_of
from profiles.switching.one_file.past_values import ChangedValue, changed_by_steps
from profiles.undo.journal import GONE, PROFILE
from tray.actions.profiles.editing.bring_back import returnable
from tray.actions.profiles.editing.field_changes import field_changes, flat_text
from tray.actions.switching.history import numbered

if TYPE_CHECKING:
    from profiles.switching.memory.state import State, Step
    from profiles.undo.journal import Done
    from tray.actions.profiles.editing.bring_back import Returnable
    from tray.actions.profiles.editing.field_changes import FieldChange
    from tray.actions.switching.history import NumberedStep
    from tray.app import App


class GlancedStep(NamedTuple):
    """A step, by its key: what it changed in the settings, and in the profile `about` which it is, masked.

    `is_first`: the first switch of all, so that what was before it are the user's own settings.
    """

    step: NumberedStep
    key: str
    about: str | None
    is_first: bool
    settings: tuple[ChangedValue, ...]
    fields: tuple[FieldChange, ...]


class Past(NamedTuple):
    """The steps that can be taken back, the latest first, and the profiles that can be brought back.

    `outside` is what something else changed since, and `outside_at` when the file was last written to, in
    seconds since 1970; 0.0 where there is none.
    """

    steps: tuple[GlancedStep, ...]
    removed: tuple[Returnable, ...] = ()
    outside: tuple[ChangedValue, ...] = ()
    outside_at: float = 0.0


def past(app: App) -> Past:
    """All that was done."""
    entries = app.steps.entries(app.switcher)
    reading = app.switcher.read()
    state = reading.state
    values = changed_by_steps(read_bytes(app.locations.settings_path), state)
    steps = tuple(
        GlancedStep(
            step,
            entry.key,
            entry.done.name if entry.done is not None else step.name,
            _is_first(entry.settings, state),
            () if entry.settings is None else values.get(key_of(entry.settings), ()),
            () if entry.done is None else _fields(entry.done),
        )
        for step, entry in zip(numbered(entries), entries, strict=True)
    )
    outside = tuple(ChangedValue(each.slot, each.expected, each.actual) for each in reading.changes)
    return Past(steps, returnable(app), outside, _written_at(app.locations.settings_path))


def _written_at(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _is_first(step: Step | None, state: State) -> bool:
    if step is None or step.before.active is not None or len(state.history) >= steps_kept(HISTORY_LIMIT):
        return False
    return key_of(step) == key_of(state.history[0])


def _fields(done: Done) -> tuple[FieldChange, ...]:
    """What differs in the profile that the step is about; nothing where it came or went."""
    texts = {piece.name: (piece.before, piece.after) for piece in done.pieces if piece.kind == PROFILE}
    before, after = texts.get(done.name or "", (None, None))
    if len(done.renamed) == 2:
        before = texts.get(done.renamed[0], (None, None))[0] or before
    if before is None or after is None or GONE in (before, after):
        return ()
    return field_changes(flat_text(before), flat_text(after))
