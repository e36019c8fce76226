"""budget: what is left of the budgets that count what a profile asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.budgets import budgets_left
from tray.actions.which_profile import active_unless_named
from tray.commands.names import add_name
from tray.terminal.results import Report, report
from tray.terminal.words.account import budget_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_REFUSED = 6


def arguments_budget(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    add_name(parser, help_text="a profile's name (default: the active one)", nargs="?")


def budget(app: App, name: str | None) -> Report:
    """What is left. Raises ConflictError when no profile is active and none is named."""
    profile = active_unless_named(app, name, "Name one: `pkcc-tray budget NAME`.")
    found, notes = budgets_left(app, profile)
    return report(found, budget_lines, notes=notes, exit_code=_REFUSED if found.refused else 0)
