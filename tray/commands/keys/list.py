"""key list: key names and where they are used, never values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.keys.stored import list_keys
from tray.terminal.results import Report, report
from tray.terminal.words.keys import list_lines

if TYPE_CHECKING:
    from tray.app import App


def key_list(app: App) -> Report:
    """Every key's name, where it lies and which profiles use it; never a value."""
    found, notes = list_keys(app)
    return report(found, list_lines, notes=notes, draw="keys")
