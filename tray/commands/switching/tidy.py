"""tidy: take out the blanks that no running session needs."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from tray.actions.switching import switch as actions
from tray.terminal.results import Report, report
from tray.terminal.words.switching.switching import switched_lines

if TYPE_CHECKING:
    from tray.app import App


def tidy(app: App) -> Report:
    """Take out the blanks that no running session needs."""
    done, notes = actions.tidy(app)
    return report(done, switched_lines, notes=notes)
