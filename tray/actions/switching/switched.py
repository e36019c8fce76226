"""What a change of one settings file did, as a person is shown it, and as JSON has it."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import MODEL_SLOTS
from tray.actions.notes import change_notes
from tray.actions.switching import switch_notes

if TYPE_CHECKING:
    from profiles.switching.outcome import Outcome
    from tray.actions.switching.history import NumberedStep
    from tray.actions.switching.targets import Served


class SlotChange(NamedTuple):
    """One slot, masked; `blank` where it is to be there with nothing in it, `was_blank` where it was so.

    A secret that another one takes the place of has dots in both texts.
    """

    slot: str
    before: str
    after: str
    blank: bool
    was_blank: bool


class Place(NamedTuple):
    """A running session, and where."""

    pid: int
    directory: str


class HeaderLine(NamedTuple):
    """One of the user's header lines that carry a credential, and the address that is for ("": any)."""

    name: str
    address: str


class Switched(NamedTuple):
    """What a change of the settings did, or with `dry_run` would do; see `Outcome`.

    `project` is the one that was pinned, `projects` counts those that were written with it, and `undone` are
    the steps that `undo` took back. `header_order` names all header lines where some that stay are moved.
    `dropped` is the value for which Claude Code leaves the file out, "" where it reads it.
    """

    action: str
    active: str | None
    settings: str
    dry_run: bool
    written: bool
    changes: list[SlotChange]
    blanks: int
    passing_blanks: int
    replaced_outside_changes: int
    replaced: list[str]
    sessions: list[Place]
    models_pinned: bool
    lines_taken_out: list[HeaderLine]
    lines_put_back: list[HeaderLine]
    project: str | None
    projects: int
    targets: list[Served]
    undone: list[NumberedStep]
    as_before: bool
    left: list[str]
    adopted: list[str]
    header_order: list[str]
    dropped: str

    @property
    def failed(self) -> bool:
        """Whether a target was left as it is."""
        return any(row.problem for row in self.targets)


def switched(outcome: Outcome, *, dry_run: bool) -> tuple[Switched, tuple[str, ...]]:
    """What a change of one settings file did, as a person is shown it; and notes."""
    changes = _changes(outcome)
    done = Switched(
        action=outcome.action,
        active=outcome.name,
        settings=outcome.settings_path,
        dry_run=dry_run,
        written=outcome.written,
        changes=changes,
        blanks=outcome.blanks,
        passing_blanks=outcome.passing,
        replaced_outside_changes=len(outcome.replaced),
        replaced=outcome.replaced,
        sessions=[Place(each.pid, each.directory) for each in outcome.sessions],
        models_pinned=bool(outcome.sessions) and _pins_models(changes),
        lines_taken_out=[HeaderLine(*line) for line in outcome.lines_out],
        lines_put_back=[HeaderLine(*line) for line in outcome.lines_back],
        project=None,
        projects=sum(each.written for each in outcome.projects),
        targets=[],
        undone=[],
        as_before=outcome.as_before,
        left=outcome.left,
        adopted=outcome.adopted,
        header_order=outcome.header_order,
        dropped=outcome.dropped,
    )
    unread = [switch_notes.dropped(outcome.settings_path, outcome.dropped)] if outcome.dropped else []
    notes = [*unread, *change_notes(outcome)]
    if not outcome.atomic:
        notes.append("the file is mounted by itself or another user's: it was written in place, not replaced")
    return done, tuple(notes)


def _changes(outcome: Outcome) -> list[SlotChange]:
    before, after, blanked, unblanked = outcome.before, outcome.after, outcome.blanked, outcome.unblanked
    return [
        SlotChange(slot, before.get(slot, ""), after.get(slot, ""), slot in blanked, slot in unblanked)
        for slot in dict.fromkeys([*after, *before, *blanked, *unblanked])
        if before.get(slot, "") != after.get(slot, "") or slot in (*blanked, *unblanked, *outcome.alike)
    ]


def _pins_models(changes: list[SlotChange]) -> bool:
    """Whether the model that sessions are started with changes; one that was blank and goes does not."""
    rows = [row for row in changes if row.slot == MODEL_SLOTS["default"]]
    return any(row.before or row.after or row.blank for row in rows)
