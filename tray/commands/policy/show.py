"""policy show: what an administrator decides here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.policy.show import show_policy
from tray.terminal.results import Report, report
from tray.terminal.words.administrator.policy import shown_policy

if TYPE_CHECKING:
    from tray.app import App


def policy_show(app: App) -> Report:
    """Each key that is decided, its value, where that stands, and what is wrong with it."""
    return report(show_policy(), shown_policy)
