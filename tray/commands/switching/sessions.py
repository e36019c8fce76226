"""sessions: the Claude Code sessions that run now, and their routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.switching import sessions as actions
from tray.terminal.results import Report, report
from tray.terminal.words.status.sessions import session_lines

if TYPE_CHECKING:
    from tray.app import App


def sessions(app: App) -> Report:
    """Every running session, oldest first: where, since when, and its route now and after a restart."""
    return report(actions.sessions(app), session_lines, draw="sessions")
