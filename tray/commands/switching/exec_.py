"""exec: run one program with a profile, touching no file."""

from __future__ import annotations

import sys

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching.exec_ import environment_for, start
from tray.commands.asking.which_profile import chosen_profile
from tray.commands.names import add_name
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tray.app import App


def arguments_exec(parser: argparse.ArgumentParser) -> None:
    """[NAME] -- CMD …; the command is taken off the command line before this parser sees it."""
    add_name(parser, help_text="a profile's name (asked for without)", nargs="?")
    parser.usage = "pkcc-tray exec NAME -- CMD …"


def exec_(app: App, name: str | None, command: Sequence[str]) -> Report:
    """Become that command, with the profile in its environment; on Windows run it, and exit as it did."""
    if app.wants_json:
        raise UsageError("What is printed is the command's own, never JSON", "Run it without --json.")
    name = chosen_profile(app, name, "Run it with which profile?", "exec NAME -- CMD")
    env, notes = environment_for(app, name, command)
    for note in notes:
        sys.stderr.write(f"Note: {note}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    return Report(None, exit_code=start(command, env), raw="")
