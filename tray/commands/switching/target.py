"""target add, list, remove."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_target_add(parser: argparse.ArgumentParser) -> None:
    """NAME PLACE."""
    parser.add_argument("name", metavar="NAME", help="what to call it")
    parser.add_argument("place", metavar="DIR|FILE", help="a configuration directory, or a settings file")


def target_add(app: App, name: str, place: str) -> Report:
    """Serve another settings file from the next switch on; nothing is written into it yet."""
    from profiles.switching.targets import add_target
    from tray.terminal.words.status.targets import added_lines

    return report(add_target(app.locations, name, place), added_lines)


def target_list(app: App) -> Report:
    """Every target, the profile that is in use there, and whether something else changed it."""
    from tray.actions.switching.targets import target_states
    from tray.terminal.words.status.targets import target_lines

    return report(target_states(app), target_lines)


def arguments_target_remove(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    parser.add_argument("name", metavar="NAME", help="the target's name")


def target_remove(app: App, name: str) -> Report:
    """Serve it no more. Its settings stay as they are: `off --target NAME` first puts back what was there."""
    from tray.actions.switching.targets import forget_target
    from tray.terminal.words.status.targets import removed_lines

    target, notes = forget_target(app, name)
    return report(target, removed_lines, notes=notes)
