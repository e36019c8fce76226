"""Menu entry, icon, manual pages and completions, where no package of the system brought them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import UsageError
from tray.desktop.autostart import menu_entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.app import App

_OF_PACKAGES = ("/usr/bin/", "/usr/lib/")


class OnDesktop(NamedTuple):
    """What was done, and the paths of what was written or removed."""

    action: str
    files: tuple[str, ...]


def install_on_desktop(app: App, icon: bytes, pages: Mapping[str, str]) -> OnDesktop:
    """Write them for this user: `icon` is an SVG, `pages` are the manual's, by their names.

    Raises UsageError where a package has, or an installer of another system.
    """
    _check(app)
    return OnDesktop("install", tuple(menu_entry.install(app.environ, app.helper_argv(), icon, pages)))


def remove_from_desktop(app: App) -> OnDesktop:
    """Take them away again."""
    _check(app)
    return OnDesktop("remove", tuple(menu_entry.remove(app.environ)))


def _check(app: App) -> None:
    if sys.platform != "linux":
        raise UsageError("Windows and macOS have theirs from the installer", "Nothing is missing here.")
    if app.helper_argv()[0].startswith(_OF_PACKAGES):
        raise UsageError("The package that brought pkcc-tray brought these too", "Nothing is missing here.")
