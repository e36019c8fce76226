"""The other settings files that every switch serves, and what is done to each of them."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.switching.targets import find_target, load_targets, others, remove_target
from tray.actions.notes import change_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.outcome import Outcome
    from profiles.switching.switcher import Switcher
    from profiles.switching.targets import Target
    from tray.app import App


class Served(NamedTuple):
    """What became of one target; `problem` and `remedy` where it was left as it is."""

    problem: str | None
    remedy: str | None
    name: str
    settings: str
    written: bool
    notes: list[str]


class TargetState(NamedTuple):
    """A target, the profile that is in use there, and how its settings stand: see `status.condition_of`."""

    name: str
    settings_path: str
    active: str | None
    condition: str
    problem: str | None


class Targets(NamedTuple):
    """Every target."""

    targets: list[TargetState]


def app_for(app: App, name: str | None) -> App:
    """The app whose own settings file is that target's; the app itself without a name."""
    if name is None:
        return app
    return app.at(find_target(app.locations, name).settings_path)


def targets_beside(app: App) -> list[Target]:
    """The targets that a command serves beside its own file: none where the user named one file alone.

    Asked before anything is changed, so that a list that cannot be read stops it. Raises PkccError.
    """
    return [] if app.one_file else others(app.locations)


def on_each(app: App, targets: list[Target], change: Callable[[Switcher], Outcome]) -> list[Served]:
    """What came of the change on each: wholly done or not at all, and none keeps the others from it."""
    rows = []
    for target in targets:
        where = target.name, target.settings_path
        try:
            outcome = _changed(app, target, change)
            rows.append(Served(None, None, *where, outcome.written, change_notes(outcome)))
        except PkccError as error:
            rows.append(Served(error.title, error.hint, *where, False, []))
    return rows


def _changed(app: App, target: Target, change: Callable[[Switcher], Outcome]) -> Outcome:
    if target.vanished:
        raise PkccError(
            "its directory is gone", f"Bring it back, or run `pkcc-tray target remove {target.name}`."
        )
    return change(app.switcher_at(target.settings_path))


def target_states(app: App) -> Targets:
    """Every target, the profile that is in use there, and whether something else changed it."""
    return Targets([_state(app, target) for target in load_targets(app.locations)])


def _state(app: App, target: Target) -> TargetState:
    from tray.actions.switching.status import condition_of

    if target.vanished:
        return TargetState(*target, None, "gone", "its directory is gone")
    try:
        reading = app.switcher_at(target.settings_path).read()
    except PkccError as error:
        return TargetState(*target, None, "unparsable", error.title)
    problem = None if reading.problem is None else reading.problem.title
    return TargetState(*target, reading.state.current.active, condition_of(reading), problem)


def forget_target(app: App, name: str) -> tuple[Target, tuple[str, ...]]:
    """Serve it no more; and a note where a profile stays in its settings, which are left as they are."""
    target = find_target(app.locations, name)
    notes = []
    if not target.vanished and (active := app.switcher_at(target.settings_path).read().state.current.active):
        notes.append(
            f"{target.settings_path} still carries {active!r}: "
            f"`pkcc-tray off --settings {target.settings_path}` puts back what was there before"
        )
    remove_target(app.locations, name)
    return target, tuple(notes)
