"""off: put back what was there before the first switch."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching import switch as actions
from tray.actions.switching.targets import app_for
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import switched_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_off(parser: argparse.ArgumentParser) -> None:
    """[--dry-run] [--target NAME]."""
    from tray.commands.options import add_dry_run, add_target

    add_dry_run(parser)
    add_target(parser)


def off(app: App, *, dry_run: bool, target: str | None) -> Report:
    """Put back what was there before the first switch, in the targets too."""
    done, notes = actions.off(app_for(app, target), dry_run=dry_run)
    return report(done, switched_lines, notes=notes, exit_code=int(done.failed))
