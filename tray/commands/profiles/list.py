"""list: all profiles, the active one marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.profiles.overview import list_profiles
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import list_lines

if TYPE_CHECKING:
    from tray.app import App


def list_(app: App) -> Report:
    """All profiles, with what keeps a broken one from working."""
    return report(list_profiles(app), list_lines, draw="list")
