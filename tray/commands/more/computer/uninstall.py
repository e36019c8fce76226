"""uninstall: everything of pkcc-tray off this computer, but the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError, UsageError
from tray.actions.more.computer.uninstall import ready_to_uninstall, would_uninstall
from tray.actions.more.computer.uninstall import uninstall as take_away
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.more import uninstalled_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_uninstall(parser: argparse.ArgumentParser) -> None:
    """[--dry-run] [--keep-keys] [--forget-missing] [--yes]."""
    flag(parser, "--dry-run", "show what would go, and take nothing away")
    flag(parser, "--keep-keys", "leave stored keys where they lie, for another time")
    flag(parser, "--forget-missing", "go on though something is not there to be put back")
    flag(parser, "--yes", "do not ask")


def uninstall(app: App, *, dry_run: bool, keep_keys: bool, forget_missing: bool, yes: bool) -> Report:
    """Put settings and projects back as they were, then delete keys, profiles, catalogs and all else of ours.

    At a terminal it is shown first what that is, and asked. What ends half-way goes on by the same command.
    """
    if dry_run:
        return report(would_uninstall(app, keep_keys=keep_keys), uninstalled_lines)
    if not yes:
        if not app.interactive:
            raise UsageError("Nobody can be asked here", "Add --yes; --dry-run shows what would go.")
        _ask(app, keep_keys=keep_keys)
        forget_missing = True  # it was shown
    done, notes = take_away(app, keep_keys=keep_keys, forget_missing=forget_missing)
    return report(done, uninstalled_lines, notes=notes)


def _ask(app: App, *, keep_keys: bool) -> None:
    """Raises DeclinedError for a no, ConflictError where it is refused now: before anyone is asked."""
    from tray.terminal.prompts import confirm, say

    for line in uninstalled_lines(ready_to_uninstall(app, keep_keys=keep_keys)):
        say(line)
    say("`undo` does not bring it back; `pkcc-tray export -o bundle.json` keeps profiles for another time.")
    if not confirm("Take all of it away?", default=False):
        raise DeclinedError("Nothing was changed", "`pkcc-tray off` alone puts Claude Code's settings back.")
