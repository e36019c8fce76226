"""Whether the tray starts at login; switching that on and off."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from tray.desktop import autostart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from tray.app import App
    from tray.desktop.autostart import Status

    Action = Literal["on", "off", "status"]


class AtLogin(NamedTuple):
    """What was asked for, and how it stands now: see `tray.desktop.autostart.Status`."""

    action: Action
    enabled: bool | None
    stale: bool
    by_user_disabled: bool
    where: str
    detail: str


def start_at_login(app: App, action: Action) -> AtLogin:
    """Have the tray start at login, have it no longer start, or only look. A running tray goes on."""
    command = autostart.login_command(app.helper_argv(), app.locations, app.environ)
    return AtLogin(action, *_DO[action](app.environ, command))


_DO: dict[Action, Callable[[Mapping[str, str], Sequence[str]], Status]] = {
    "on": autostart.enable,
    "off": autostart.disable,
    "status": autostart.status,
}
