"""diff: what was changed by something else, or what a switch would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.switching.diff import difference, difference_from
from tray.commands.names import complete_profiles, completed
from tray.terminal.results import Report, report
from tray.terminal.words.switching.changes import diff_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_diff(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    action = parser.add_argument("name", metavar="NAME", nargs="?", help="what a switch to NAME would change")
    completed(action, complete_profiles)


def diff(app: App, name: str | None) -> Report:
    """What was changed by something else since the last switch, or what a switch to NAME would change."""
    found, notes = difference(app) if name is None else difference_from(app, name)
    return report(found, diff_lines, notes=notes, draw="diff")
