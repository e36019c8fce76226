"""autostart on, off, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.more.computer.autostart import start_at_login
from tray.terminal.results import Report, report
from tray.terminal.words.more import at_login

if TYPE_CHECKING:
    from tray.app import App


def autostart_on(app: App) -> Report:
    """Have the tray start at login."""
    return report(start_at_login(app, "on"), at_login)


def autostart_off(app: App) -> Report:
    """Have the tray no longer start at login; a running tray goes on."""
    return report(start_at_login(app, "off"), at_login)


def autostart_status(app: App) -> Report:
    """Whether the tray starts at login; writes nothing."""
    return report(start_at_login(app, "status"), at_login)
