"""What was changed by something else since the last switch, or what a switch would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError
from profiles.base.light_typing import OMITTED
from profiles.switching.reading.model_dialog import offered_kind
from tray.actions.switching.model_notes import picked
from tray.actions.switching.status import dialect_of
from tray.actions.switching.switch import switch
from tray.actions.switching.switched import switched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.light_typing import Omitted
    from profiles.profile.rendering import Rendered
    from tray.actions.switching.switched import SlotChange
    from tray.app import App


class OutsideChange(NamedTuple):
    """One slot that something else changed, masked; the last two as in `status.Drifted`."""

    slot: str
    before: str
    after: str
    alarming: bool
    dialog: str


class Difference(NamedTuple):
    """What a switch to the profile `against` would change; where that is None, what was changed outside."""

    against: str | None
    active: str | Omitted | None
    changes: Sequence[SlotChange | OutsideChange]
    header_order: Sequence[str] = ()  # see `Switched`


def difference_from(app: App, name: str) -> tuple[Difference, tuple[str, ...]]:
    """What a switch to that profile would change; and notes."""
    preview, notes = switch(app, name, dry_run=True)
    return Difference(name, OMITTED, preview.changes, preview.header_order), notes


def difference_from_unsaved(app: App, rendered: Rendered) -> Difference:
    """What a switch to a profile that is not stored yet would change."""
    preview, _ = switched(app.switcher.preview(rendered), dry_run=True)
    return Difference(rendered.name, OMITTED, preview.changes, preview.header_order)


def difference(app: App) -> tuple[Difference, tuple[str, ...]]:
    """What was changed by something else; and notes. Raises ConflictError where no profile is in use."""
    reading = app.switcher.read()
    if reading.problem is not None:
        raise reading.problem
    active = reading.state.current.active
    if active is None:
        raise ConflictError(
            "No profile is in use, so there is nothing to compare with",
            "`pkcc-tray diff NAME` shows what a switch would change.",
        )
    dialect = dialect_of(reading)
    changes = [
        OutsideChange(
            change.slot, change.expected, change.actual, change.alarming, offered_kind(dialect, change)
        )
        for change in reading.changes
    ]
    return Difference(None, active, changes), tuple(picked(reading))
