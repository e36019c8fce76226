"""support: what to send to anyone who helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.administrator.support import support_lines

if TYPE_CHECKING:
    from tray.app import App


def support(app: App) -> Report:
    """Versions, states and the names of findings; no path, name or value of yours, and nothing is sent."""
    from tray.actions.more.support import support_data

    with waiting(app, "Looking at everything"):
        return report(support_data(app), support_lines)
