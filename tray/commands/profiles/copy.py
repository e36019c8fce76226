"""copy: a new profile like another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.policy.required import not_allowed_notes
from tray.actions.profiles.rename import copy_profile
from tray.commands.asking.which_profile import chosen_profile, name_for_new
from tray.commands.names import add_name, add_new_name
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import copied_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_copy(parser: argparse.ArgumentParser) -> None:
    """[SOURCE [NEW]]."""
    add_name(parser, "source", "the profile to copy (asked for without)", nargs="?")
    add_new_name(parser, "the copy's name (asked for without)")


def copy(app: App, source: str | None, new: str | None) -> Report:
    """A new profile like another one; both use the same key until one is given its own."""
    source = chosen_profile(app, source, "Copy which profile?", "copy SOURCE NEW")
    new = name_for_new(app, new, "The copy's name", f"copy {source} NEW")
    return report(copy_profile(app, source, new), copied_lines, notes=not_allowed_notes(new))
