"""budget: what is left of the budgets that count what a profile asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.gateway.asking.steps import REFUSED
from tray.actions.account.budgets import budgets_left
from tray.actions.which_profile import used_here_unless_named
from tray.commands.names import add_name
from tray.runtime.watch.budget.kept import keep
from tray.terminal.results import Report, report, to_data
from tray.terminal.waiting import waiting
from tray.terminal.words.account import budget_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_budget(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    add_name(parser, help_text="a profile's name (default: the one used here)", nargs="?")


def budget(app: App, name: str | None) -> Report:
    """What is left. Raises ConflictError when no profile is in use and none is named."""
    meant = used_here_unless_named(app, name, "Name one: `pkcc-tray budget NAME`.")
    with waiting(app, "Asking what is left"):
        found, notes = budgets_left(app, meant.name)
    keep(app, meant.name, to_data(found))  # for the status line, where no tray asks
    taken = found.asked_at is not None and not found.refused
    return report(found, budget_lines, notes=(*meant.notes, *notes), exit_code=0 if taken else REFUSED)
