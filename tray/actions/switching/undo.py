"""The way back from what was done."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.undo.take_back import risk_words
from tray.actions.notes import change_notes, missing_key_notes
from tray.actions.switching.history import numbered
from tray.actions.switching.switched import switched

if TYPE_CHECKING:
    from profiles.switching.outcome import Outcome
    from profiles.undo.take_back import Undone
    from tray.actions.switching.switched import Switched
    from tray.app import App


def undo(
    app: App,
    count: int,
    *,
    force: bool = False,
    elsewhere: bool = False,
    agreed: list[str] | None = None,
) -> tuple[Switched, tuple[str, ...]]:
    """Take back the latest steps, whatever they were; and notes.

    `elsewhere`: also where the key could go to a stranger then. Raises ConflictError when it would, when
    there are not as many, where something else changed since what they are about, and where they are others
    than those `agreed` to (their keys; None: whichever they are).
    """
    _check_back(app, count)
    undone = app.steps.undo(app.switcher, count, force=force, elsewhere=elsewhere, agreed=agreed)
    outcomes = [each.outcome for each in undone if each.outcome is not None]
    done, more = switched(_whole(app, outcomes), dry_run=False)
    notes = dict.fromkeys([*_notes(app, undone), *more])
    return done._replace(undone=numbered([each.entry for each in undone])), tuple(notes)


def _check_back(app: App, count: int) -> None:
    """Raises ForbiddenError where the profile that is gone back to lacks what an administrator requires."""
    if policy_in_force() is NOTHING_FORCED:
        return
    from tray.actions.policy.required import check_back

    steps = [each.settings for each in app.steps.entries(app.switcher)[:count] if each.settings is not None]
    rendered = steps[-1].before.rendered if steps else None
    if rendered is not None:
        check_back(app, rendered)


def _whole(app: App, outcomes: list[Outcome]) -> Outcome:
    """One outcome of several: from before the first of them to after the last."""
    from profiles.switching.outcome import Outcome

    if not outcomes:
        reading = app.switcher.read()
        active = reading.state.current.active
        return Outcome("undo", active, app.switcher.settings_path, {}, {}, [], 0, written=False, atomic=True)
    last = outcomes[-1]
    return last._replace(
        action="undo",
        before=outcomes[0].before,
        written=any(each.written for each in outcomes),
        atomic=all(each.atomic for each in outcomes),
        lost=[reference for each in outcomes for reference in each.lost],
    )


def _notes(app: App, undone: list[Undone]) -> list[str]:
    notes = [note for each in undone for note in each.notes]
    for each in undone[:-1]:
        notes += [] if each.outcome is None else change_notes(each.outcome)
    reading = app.switcher.read()
    rendered = reading.state.current.rendered
    if rendered is not None and rendered.key_ref:
        notes += missing_key_notes(app, rendered.name, rendered.key_ref)
    risks = [change for change in reading.changes if change.alarming]
    if risks:
        notes.append(f"{risk_words(risks[0])}: `pkcc-tray restore` puts that right")
    elif reading.changes:
        notes.append(
            "the settings now differ from the profile again, as they did before: see `pkcc-tray status`"
        )
    return notes
