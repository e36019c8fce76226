"""What of pkcc-tray lies around it in the system: start at login, menu entry, the tray and manager that run.

There is one of each for a user, however many directories of our own there are: whose it is, it says itself.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from tray.actions.more.computer.autostart import start_at_login
from tray.desktop import autostart
from tray.desktop.autostart import menu_entry
from tray.ipc.address import MANAGER, TRAY
from tray.ipc.single_instance import end_first

if TYPE_CHECKING:
    from tray.app import App


class Around(NamedTuple):
    """`login` is what starts the tray of this directory, `desktop` are the files of its menu entry.

    `others` are those of another directory of our own.
    """

    login: str
    desktop: tuple[str, ...]
    others: tuple[str, ...]


def look_around(app: App) -> Around:
    """What there is. Writes nothing."""
    own_dir = app.locations.own_dir
    at_login = start_at_login(app, "status")
    login = at_login.where if at_login.enabled or at_login.by_user_disabled else ""
    desktop = tuple(menu_entry.files_there(app.environ)) if sys.platform == "linux" else ()
    others = []
    if login and not autostart.starts_on(app.environ, own_dir):
        others, login = [login], ""
    if desktop and not menu_entry.starts_on(app.environ, own_dir):
        others, desktop = [*others, menu_entry.entry_path(app.environ)], ()
    return Around(login, desktop, tuple(others))


def end_what_runs(app: App) -> None:
    """Have tray and manager end, but those of another directory. Raises ConflictError for one that stays.

    One that does not say whose it is, from before an update, counts as the usual directory's.
    """
    for whose in (MANAGER, TRAY):
        end_first(app.locations, app.environ, whose, ours_alone=True)


def remove_around(app: App) -> None:
    """Remove what is of this directory. Raises PkccError for what cannot be removed."""
    if autostart.starts_on(app.environ, app.locations.own_dir):
        start_at_login(app, "off")
    if sys.platform == "linux" and menu_entry.starts_on(app.environ, app.locations.own_dir):
        menu_entry.remove(app.environ)
