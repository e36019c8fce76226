"""target add, list, remove; and what `switch` and `off` do on every target."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.switching.targets import add_target, find_target, load_targets, others, remove_target
from tray.actions.notes import change_notes
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import Any

    from profiles.switching.outcome import Outcome
    from profiles.switching.switcher import Switcher
    from profiles.switching.targets import Target
    from tray.app import App


def arguments_target_add(parser: argparse.ArgumentParser) -> None:
    """NAME PLACE."""
    parser.add_argument("name", metavar="NAME", help="what to call it")
    parser.add_argument("place", metavar="DIR|FILE", help="a configuration directory, or a settings file")


def target_add(app: App, name: str, place: str) -> Result:
    """Serve another settings file from the next switch on; nothing is written into it yet."""
    return Result("target_added", add_target(app.locations, name, place)._asdict())


def target_list(app: App) -> Result:
    """Every target, the profile that is active there, and whether somebody changed it."""
    return Result("targets", {"targets": [_row(app, target) for target in load_targets(app.locations)]})


def _row(app: App, target: Target) -> dict[str, Any]:
    from tray.commands.switching.status import condition_of

    row: dict[str, Any] = {**target._asdict(), "active": None, "condition": "gone", "problem": None}
    if target.vanished:
        return {**row, "problem": "its directory is gone"}
    try:
        reading = switcher_of(app, target).read()
    except PkccError as error:
        return {**row, "condition": "unparsable", "problem": error.title}
    problem = None if reading.problem is None else reading.problem.title
    active = reading.state.current.active
    return {**row, "active": active, "condition": condition_of(reading), "problem": problem}


def arguments_target_remove(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    parser.add_argument("name", metavar="NAME", help="the target's name")


def target_remove(app: App, name: str) -> Result:
    """Serve it no more. Its settings stay as they are: `off --target NAME` first puts back what was there."""
    target = find_target(app.locations, name)
    notes = []
    if not target.vanished and (active := switcher_of(app, target).read().state.current.active):
        notes.append(
            f"{target.settings_path} goes on carrying {active!r}: "
            f"`pkcc-tray off --settings {target.settings_path}` puts back what was there before"
        )
    remove_target(app.locations, name)
    return Result("target_removed", target._asdict(), tuple(notes))


def arguments_of_target(parser: argparse.ArgumentParser) -> None:
    """[--target NAME]."""
    parser.add_argument("--target", metavar="NAME", help="only that target, and nothing else")


def app_for(app: App, name: str | None) -> App:
    """The app whose own settings file is that target's; the app itself without a name."""
    if name is None:
        return app
    return app.at(find_target(app.locations, name).settings_path)


def switcher_of(app: App, target: Target) -> Switcher:
    """What changes that target's settings."""
    return app.switcher_at(target.settings_path)


def targets_beside(app: App) -> list[Target]:
    """The targets that a command serves beside its own file: none where the user named one file alone.

    Asked before anything is changed, so that a list that cannot be read stops it. Raises PkccError.
    """
    return [] if app.one_file else others(app.locations)


def on_each(app: App, targets: list[Target], change: Callable[[Switcher], Outcome]) -> list[dict[str, Any]]:
    """What came of the change on each: wholly done or not at all, and none keeps the others from it."""
    rows = []
    for target in targets:
        row: dict[str, Any] = {"name": target.name, "settings": target.settings_path, "written": False}
        row["notes"] = []
        try:
            outcome = _changed(app, target, change)
            row |= {"written": outcome.written, "notes": change_notes(outcome)}
        except PkccError as error:
            row |= {"problem": error.title, "remedy": error.hint}
        rows.append({"problem": None, "remedy": None, **row})
    return rows


def _changed(app: App, target: Target, change: Callable[[Switcher], Outcome]) -> Outcome:
    if target.vanished:
        raise PkccError(
            "its directory is gone", f"Bring it back, or run `pkcc-tray target remove {target.name}`."
        )
    return change(switcher_of(app, target))
