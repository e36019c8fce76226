"""autostart on, off, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.desktop import autostart
from tray.terminal.results import Result

if TYPE_CHECKING:
    from tray.app import App
    from tray.desktop.autostart import Status


def autostart_on(app: App) -> Result:
    """Have the tray start at login."""
    return _result("on", autostart.enable(app.environ, _command(app)))


def autostart_off(app: App) -> Result:
    """Have it start no more; a tray that runs goes on."""
    return _result("off", autostart.disable(app.environ, _command(app)))


def autostart_status(app: App) -> Result:
    """Whether it starts at login; writes nothing."""
    return _result("status", autostart.status(app.environ, _command(app)))


def _command(app: App) -> list[str]:
    return autostart.login_command(app.helper_argv(), app.locations, app.environ)


def _result(action: str, status: Status) -> Result:
    return Result("autostart", {"action": action, **status._asdict()})
