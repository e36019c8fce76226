"""status: the profile in use, changes by something else, and which file decides what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.catalogs.due import due_notes
from tray.actions.policy.standing import management
from tray.actions.switching.status import standing, status_here
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.status.status import short_lines, status_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_status(parser: argparse.ArgumentParser) -> None:
    """[--short]."""
    flag(parser, "--short", "one word, for a prompt: the profile here, ! if changed")


def status(app: App, *, short: bool) -> Report:
    """The profile in use, outside changes, running sessions, and who decides each value here."""
    if short and not app.wants_json:
        return report(standing(app)[0], short_lines)
    found, notes = status_here(app)
    found = found._replace(managed=management(app, found.active))
    return report(found, status_lines, notes=(*notes, *due_notes(app)), draw="status")
