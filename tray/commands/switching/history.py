"""history, undo: what was done, numbered, and the way back."""

from __future__ import annotations

from profiles.base.errors import ConflictError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.notes import change_notes, missing_key_notes
from tray.commands.switching.switch import result_of
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from profiles.switching.outcome import Outcome
    from profiles.undo.history import Entry
    from profiles.undo.take_back import Undone
    from tray.app import App


def history(app: App) -> Result:
    """The steps that `undo` can take back, the latest first and numbered from 1."""
    found = app.steps.entries(app.switcher)
    return Result("history", {"steps": [_row(number, entry) for number, entry in enumerate(found, start=1)]})


def _row(number: int, entry: Entry) -> dict[str, Any]:
    step = entry.settings
    return {
        "number": number,
        "at": entry.at,
        "action": entry.action,
        "what": entry.what,
        "name": step.name if step is not None else entry.done.name if entry.done is not None else None,
        "from": None if step is None else step.before.active,
        "who": entry.who,
    }


def arguments_undo(parser: argparse.ArgumentParser) -> None:
    """[N] [--force] [--yes]."""
    parser.add_argument(
        "number",
        metavar="N",
        nargs="?",
        default="1",
        help="go back to before that step, as `history` numbers them (default: 1, the latest)",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="also over a profile that something else changed since; its text is kept aside",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before several steps are taken back")


def undo(app: App, number: str, *, force: bool, yes: bool) -> Result:
    """Take back the latest step, whatever it was, or all steps down to that number.

    Raises ConflictError when there is none, where something else changed since what it is about, and for a
    no of the person at the terminal, who is asked about several unless `yes`.
    """
    if not number.isdecimal() or not 1 <= int(number) <= 1000:
        raise UsageError("N is a step's number: 1 is the latest", "`pkcc-tray history` numbers them.")
    count = int(number)
    agreed = _ask(app, count) if count > 1 and app.interactive and not yes else None
    undone = app.steps.undo(app.switcher, count, force=force, agreed=agreed)
    outcomes = [each.outcome for each in undone if each.outcome is not None]
    result = result_of(_whole(app, outcomes), dry_run=False)
    rows = [_row(place, each.entry) for place, each in enumerate(undone, start=1)]
    data = {**result.data, "undone": rows}
    notes = [*_notes(app, undone), *result.notes]
    return result._replace(data=data, notes=tuple(dict.fromkeys(notes)))


def _ask(app: App, count: int) -> list[str]:
    """The keys of the steps that the person agreed to take back. Raises ConflictError for a no."""
    from profiles.base.text import printable
    from tray.terminal.prompts import confirm, say
    from tray.terminal.words.views import history_lines

    app.steps.resume()
    found = app.steps.entries(app.switcher)[:count]
    if len(found) == count:  # else there are not as many, which `undo` says
        say("These steps are taken back, which cannot itself be undone:")
        for line in history_lines([_row(place, entry) for place, entry in enumerate(found, start=1)]):
            say(f"  {printable(line, 200)}")
        if not confirm(f"Take back these {count} steps?", default=False):
            raise ConflictError("Nothing was undone", "`pkcc-tray history` shows what was done.")
    return [entry.key for entry in found]


def _whole(app: App, outcomes: list[Outcome]) -> Outcome:
    """One outcome of several: from before the first of them to after the last."""
    from profiles.switching.outcome import Outcome

    if not outcomes:
        reading = app.switcher.read()
        active = reading.state.current.active
        return Outcome(
            "undo", active, app.switcher.settings_path, {}, {}, [], 0, written=False, atomic=True, drifted=0
        )
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
    if reading.changes:
        notes.append(
            "the settings now differ from the profile again, as they did before: see `pkcc-tray status`"
        )
    return notes
