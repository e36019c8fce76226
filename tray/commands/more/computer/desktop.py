"""desktop install, remove: what a package of the system would bring."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from tray import manager
from tray.actions.more.computer.desktop import install_on_desktop, remove_from_desktop
from tray.terminal.results import Report, report
from tray.terminal.words.more import on_desktop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.app import App


def desktop_install(app: App, *, manual: Mapping[str, str]) -> Report:
    """Write menu entry, icon, manual pages and completions; at a terminal the start at login is asked for."""
    icon = files(manager).joinpath("static", "icon.svg").read_bytes()
    done = install_on_desktop(app, icon, manual)
    notes = []
    if app.interactive:
        from tray.actions.more.computer.autostart import start_at_login
        from tray.terminal.prompts import confirm

        if not start_at_login(app, "status").enabled and confirm("Start the tray at login?", default=True):
            start_at_login(app, "on")
            notes.append("the tray starts at login: `pkcc-tray autostart off` ends that")
    return report(done, on_desktop, notes=notes)


def desktop_remove(app: App) -> Report:
    """Take them away again; profiles and keys stay."""
    return report(remove_from_desktop(app), on_desktop)
