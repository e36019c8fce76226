"""history: the steps that can be undone, numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.switching import history as actions
from tray.terminal.results import Report, report
from tray.terminal.words.switching.history import history_lines

if TYPE_CHECKING:
    from tray.app import App


def history(app: App) -> Report:
    """The steps that `undo` can take back, the latest first and numbered from 1."""
    return report(actions.history(app), history_lines, draw="history")
