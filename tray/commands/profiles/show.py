"""show: one profile and what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.profiles.overview import show_profile
from tray.commands.asking.which_profile import chosen_profile, has_choice
from tray.commands.names import add_name
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import show_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_show(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    add_name(parser, help_text="a profile's name (a terminal asks; else the one in use)", nargs="?")


def show(app: App, name: str | None) -> Report:
    """One profile as it is stored, what it writes, where its key lies. Raises ConflictError without any."""
    if name is None and has_choice(app):
        name = chosen_profile(app, name, "Show which profile?", "show NAME")
    shown, notes = show_profile(app, name)
    return report(shown, show_lines, notes=notes)
