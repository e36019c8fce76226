"""Menu entry, icon, manual pages and completions, where no package of the system brought them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import UsageError
from profiles.claude_code.own_command import own_command
from tray.desktop.autostart import menu_entry

if TYPE_CHECKING:
    from tray.app import App

_LIMIT_S = 30.0
_OF_PACKAGES = ("/usr/bin/", "/usr/lib/")


class OnDesktop(NamedTuple):
    """What was done, and the paths of what was written or removed."""

    action: str
    files: tuple[str, ...]


def install_on_desktop(app: App) -> OnDesktop:
    """Write them for this user. Raises UsageError where a package has, or an installer of another system."""
    from profiles.base.programs.run import run

    _check(app)
    # Made from the parsers of the command line, which is above this: so it is asked as anybody would.
    pages = json.loads(run([*own_command(), "help", "man"], app.environ, _LIMIT_S).output)
    return OnDesktop("install", tuple(menu_entry.install(app.environ, [*app.helper_argv(), "tray"], pages)))


def remove_from_desktop(app: App) -> OnDesktop:
    """Take them away again."""
    _check(app)
    return OnDesktop("remove", tuple(menu_entry.remove(app.environ)))


def _check(app: App) -> None:
    if sys.platform != "linux":
        raise UsageError("Windows and macOS have theirs from the installer", "Nothing is missing here.")
    if app.helper_argv()[0].startswith(_OF_PACKAGES):
        raise UsageError("The package that brought pkcc-tray brought these too", "Nothing is missing here.")
