"""rename: give a profile another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.profiles.rename import rename_profile
from tray.commands.asking.which_profile import chosen_profile, name_for_new
from tray.commands.names import add_name, add_new_name
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import renamed_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_rename(parser: argparse.ArgumentParser) -> None:
    """[OLD [NEW]]."""
    add_name(parser, "old", "the profile's name (asked for without)", nargs="?")
    add_new_name(parser, "its new name (asked for without)")


def rename(app: App, old: str | None, new: str | None) -> Report:
    """Give a profile another name; settings that call it by the old one are written again."""
    old = chosen_profile(app, old, "Rename which profile?", "rename OLD NEW")
    new = name_for_new(app, new, "Its new name", f"rename {old} NEW")
    renamed, notes = rename_profile(app, old, new)
    return report(renamed, renamed_lines, notes=notes)
