"""statusline: the line that Claude Code shows; on, off, status."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.claude_code.status_input import NO_COLOR, telling_variables
from tray.actions.more.status_line import set_status_line, status_line_here
from tray.runtime.watch.status_line import handed_over, line_now
from tray.terminal.results import Report, report
from tray.terminal.words.status.status_line import status_line_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_statusline(parser: argparse.ArgumentParser) -> None:
    """[--says NAME] [--beside COMMAND | --beside-hex HEX]."""
    parser.add_argument("--says", metavar="NAME", default="", help="the profile that the settings carry")
    parser.add_argument("--beside", metavar="COMMAND", default="", help="a status line to be shown too")
    parser.add_argument("--beside-hex", metavar="HEX", default="", help="the same, in hexadecimal")


def statusline(app: App, *, says: str, beside: str, beside_hex: str) -> Report:
    """The line for the session that asks: what Claude Code runs; never an error. A person is told of it."""
    if app.interactive and not (says or beside or beside_hex):
        return statusline_status(app)
    del beside, beside_hex  # what Claude Code runs comes by the fast path, which does both
    variables = telling_variables(os.environ) | ({NO_COLOR: "1"} if app.wants_json else {})
    given = handed_over().decode("utf-8", "replace")
    line = line_now(app.locations, variables, given, says, lambda: app)
    return Report({}, raw=line.rstrip("\n") if app.wants_json else line)


def statusline_on(app: App) -> Report:
    """Have sessions show their route, beside the status line that the user has."""
    found, notes = set_status_line(app, on=True)
    return report(found, status_line_lines, notes=notes)


def statusline_off(app: App) -> Report:
    """Take it out again: the user's own is as it was, to the byte."""
    found, notes = set_status_line(app, on=False)
    return report(found, status_line_lines, notes=notes)


def statusline_status(app: App) -> Report:
    """Whether it is there, and shown; writes nothing."""
    found, notes = status_line_here(app)
    return report(found, status_line_lines, notes=notes)
