"""Menu entry, icon, manual pages and completions, where no package of the system brought them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.files.atomic_replace import write_private
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


def offer_desktop(app: App) -> bool:
    """Whether they are missing here and were never offered before: once, it is said; then remembered."""
    if sys.platform != "linux" or _is_packaged(app) or menu_entry.is_installed(app.environ):
        return False
    path = os.path.join(app.locations.state_dir, "desktop-offered")
    if os.path.lexists(path):
        return False
    try:
        write_private(path, b"")
    except PkccError:  # it could not be remembered, and would be offered each time
        return False
    return True


def _is_packaged(app: App) -> bool:
    return app.helper_argv()[0].startswith(_OF_PACKAGES)


def _check(app: App) -> None:
    if sys.platform != "linux":
        raise UsageError("Windows and macOS have theirs from the installer", "Nothing is missing here.")
    if _is_packaged(app):
        raise UsageError("The package that brought pkcc-tray brought these too", "Nothing is missing here.")
