"""copy: a new profile like another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.profiles.rename import copy_profile
from tray.commands.names import add_name
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import copied_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_copy(parser: argparse.ArgumentParser) -> None:
    """SOURCE NAME."""
    add_name(parser, "source", "the profile to copy")
    parser.add_argument("new", metavar="NEW", help="the copy's name")


def copy(app: App, source: str, new: str) -> Report:
    """A new profile like another one; both use the same key until one is given its own."""
    return report(copy_profile(app, source, new), copied_lines)
