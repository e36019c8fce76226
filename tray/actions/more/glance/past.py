"""All that was done, what each step changed, as a window shows it, and what can be brought back."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.read import read_bytes
from profiles.switching.memory.state import key_of
from profiles.switching.one_file.past_values import changed_by_steps
from profiles.undo.journal import GONE, PROFILE
from tray.actions.profiles.editing.bring_back import returnable
from tray.actions.profiles.editing.field_changes import field_changes, flat_text
from tray.actions.switching.history import numbered

if TYPE_CHECKING:
    from profiles.switching.one_file.past_values import ChangedValue
    from profiles.undo.journal import Done
    from tray.actions.profiles.editing.bring_back import Returnable
    from tray.actions.profiles.editing.field_changes import FieldChange
    from tray.actions.switching.history import NumberedStep
    from tray.app import App


class GlancedStep(NamedTuple):
    """A step, by its key: what it changed in the settings, and in the profile `about` which it is, masked."""

    step: NumberedStep
    key: str
    about: str | None
    settings: tuple[ChangedValue, ...]
    fields: tuple[FieldChange, ...]


class Past(NamedTuple):
    """The steps that can be taken back, the latest first, and the profiles that can be brought back."""

    steps: tuple[GlancedStep, ...]
    removed: tuple[Returnable, ...]


def past(app: App) -> Past:
    """All that was done."""
    entries = app.steps.entries(app.switcher)
    state = app.switcher.read().state
    values = changed_by_steps(read_bytes(app.locations.settings_path), state)
    steps = tuple(
        GlancedStep(
            step,
            entry.key,
            entry.done.name if entry.done is not None else step.name,
            () if entry.settings is None else values.get(key_of(entry.settings), ()),
            () if entry.done is None else _fields(entry.done),
        )
        for step, entry in zip(numbered(entries), entries, strict=True)
    )
    return Past(steps, returnable(app))


def _fields(done: Done) -> tuple[FieldChange, ...]:
    """What differs in the profile that the step is about; nothing where it came or went."""
    texts = {piece.name: (piece.before, piece.after) for piece in done.pieces if piece.kind == PROFILE}
    before, after = texts.get(done.name or "", (None, None))
    if len(done.renamed) == 2:
        before = texts.get(done.renamed[0], (None, None))[0] or before
    if before is None or after is None or GONE in (before, after):
        return ()
    return field_changes(flat_text(before), flat_text(after))
