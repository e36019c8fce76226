"""undo: take back the last step of any kind, or several."""

from __future__ import annotations

from profiles.base.errors import DeclinedError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching import undo as actions
from tray.actions.switching.history import numbered
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import switched_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_undo(parser: argparse.ArgumentParser) -> None:
    """[N] [--force] [--yes]."""
    parser.add_argument(
        "number",
        metavar="N",
        nargs="?",
        default="1",
        help="go back to before that step, as `history` numbers them (default: 1, the latest)",
    )
    flag(
        parser,
        "--force",
        "also over a profile that something else changed since (its text is kept aside), and to an address "
        "where your key should not go",
    )
    flag(
        parser, "--yes", "do not ask before several steps are taken back, unless your key would go elsewhere"
    )


def undo(app: App, number: str, *, force: bool, yes: bool) -> Report:
    """Take back the latest step, or all steps down to that number: asked about several unless `yes`."""
    if not number.isdecimal() or len(number) > 4 or not 1 <= int(number) <= 1000:
        raise UsageError("N is a step's number: 1 is the latest", "`pkcc-tray history` numbers them.")
    count = int(number)
    risk = app.steps.risk(app.switcher, count, exactly=True) if app.interactive and not force else ""
    agreed = _ask(app, count, risk) if app.interactive and (risk or (count > 1 and not yes)) else None
    done, notes = actions.undo(app, count, force=force, elsewhere=bool(risk), agreed=agreed)
    return report(done, switched_lines, notes=notes)


def _ask(app: App, count: int, risk: str) -> list[str]:
    """The keys of the steps that the person agreed to take back. Raises DeclinedError for a no."""
    from profiles.base.text import printable
    from tray.terminal.prompts import confirm, say
    from tray.terminal.words.switching.history import step_lines

    app.steps.resume()
    found = app.steps.entries(app.switcher)[:count]
    if len(found) == count:  # else there are not as many, which `undo` says
        them = "This step is" if count == 1 else "These steps are"
        say(f"{them} taken back, which cannot itself be undone:")
        for line in step_lines(numbered(found)):
            say(f"  {printable(line, 200)}")
        if risk:
            say(f"  Then {printable(risk, 200)}.")
        what = "Take it back all the same?" if count == 1 else f"Take back these {count} steps?"
        if not confirm(what, default=False):
            raise DeclinedError("Nothing was undone", "`pkcc-tray history` shows what was done.")
    return [entry.key for entry in found]
