"""restore: write the profile in use again over changes by something else."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching import switch as actions
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import switched_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_restore(parser: argparse.ArgumentParser) -> None:
    """[--dry-run]."""
    from tray.commands.options import add_dry_run

    add_dry_run(parser)


def restore(app: App, *, dry_run: bool) -> Report:
    """Write the profile in use again over what was changed by something else."""
    done, notes = actions.restore(app, dry_run=dry_run)
    return report(done, switched_lines, notes=notes)
