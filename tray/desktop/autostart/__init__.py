"""Starting with the desktop session: whether it is so, and switching it on and off. Asking writes nothing.

One module a system, chosen here; each can be imported, and tested, on every system.
"""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.locations import place_of
from profiles.base.text import os_reason
from profiles.claude_code.own_command import AS_MODULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from profiles.base.locations import Locations


_CHOSEN = "--config-dir"  # what names a directory of our own in a command line


class Status(NamedTuple):
    """Whether the tray starts at login.

    `enabled` is None where that cannot be known or done, and `detail` says why. `stale`: it is on, but starts
    another program than this one. `by_user_disabled`: the entry is there, and the user switched it off in
    the system's own settings. `where` is the file or registry value; `detail` one line for the user, or "".
    """

    enabled: bool | None
    stale: bool
    by_user_disabled: bool
    where: str
    detail: str


def status(environ: Mapping[str, str], command: Sequence[str]) -> Status:
    """Whether `command` starts at login. Writes and starts nothing. Raises PkccError without a home."""
    return _system().status(environ, command)  # type: ignore[no-any-return]


def enable(environ: Mapping[str, str], command: Sequence[str]) -> Status:
    """Have `command` start at login, also where the user had switched it off. Raises PkccError."""
    _system().enable(environ, command)
    return status(environ, command)


def disable(environ: Mapping[str, str], command: Sequence[str]) -> Status:
    """Have nothing of ours start at login. Raises PkccError."""
    _system().disable(environ)
    return status(environ, command)


def works_on(words: Sequence[str], own_dir: str | None) -> bool:
    """Whether a command line of ours works on that directory of our own; None is the usual one.

    One that cannot be read, or is none, counts as one for the usual directory.
    """
    named = next((after for word, after in pairwise(words) if word == _CHOSEN), "")
    return place_of(named) == place_of(own_dir)


def starts_on(environ: Mapping[str, str], own_dir: str | None) -> bool:
    """The same of what starts at login, whichever program of ours that is."""
    return works_on(_system().words(environ), own_dir)


def login_command(helper_argv: Sequence[str], locations: Locations, environ: Mapping[str, str]) -> list[str]:
    """What is to start at login: our own command with `tray`.

    A settings file that an option or CLAUDE_CONFIG_DIR chose is named in it: no shell's environment is
    there at login.
    """
    from profiles.base.locations import usual_settings

    path = locations.settings_path
    chosen = [] if path == usual_settings(environ) else ["--settings", path]
    return [*_without_console(helper_argv), *chosen, "tray"]


def _without_console(argv: Sequence[str]) -> list[str]:
    """The same on Windows by the program beside it that opens no console window: one would stay open all day.

    An installed one has `pkcc-trayw.exe` beside it; by pip, pipx or uv there is Python's own `pythonw.exe`.
    """
    program, *rest = argv
    if sys.platform == "win32":
        windowed = os.path.join(os.path.dirname(program), "pkcc-trayw.exe")
        if os.path.isfile(windowed):
            return [windowed, *rest]
        python = os.path.join(os.path.dirname(sys.executable), "pythonw.exe")
        if os.path.isfile(python):
            return [python, *([] if tuple(rest[:3]) == AS_MODULE else AS_MODULE), *rest]
    return [program, *rest]


def found(entry: Sequence[str], command: Sequence[str], where: str) -> Status:
    """The status of an entry that is on and starts `entry`, which is stale when that is not `command`."""
    if _by_place(entry[: len(command)]) == _by_place(command):
        return Status(True, False, False, where, "")
    starts = " ".join(entry) or "nothing"
    return Status(True, True, False, where, f"it starts something else: {starts}")


def _by_place(words: Sequence[str]) -> list[str]:
    """A command line of ours, the same by whatever name it reaches its directory."""
    before = ["", *words]
    return [place_of(word) if last == _CHOSEN else word for last, word in zip(before, words, strict=False)]


def switched_off(where: str) -> Status:
    """The status of an entry that the user switched off in the system's own settings."""
    return Status(False, False, True, where, "it was switched off in the system's own settings")


def remove_file(path: str) -> None:
    """Remove the file that starts the tray, if there is one. Raises PkccError when it cannot be removed."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise PkccError(
            f"{path} cannot be removed: {os_reason(error)}", "Make its directory writable for your user."
        ) from None


def unknown(where: str, error: OSError) -> Status:
    """The status where the system does not let us look."""
    reason = (error.strerror or type(error).__name__).lower()
    return Status(None, False, False, where, f"it cannot be read: {reason}")


def _system() -> ModuleType:
    if sys.platform == "win32":
        from tray.desktop.autostart import windows as _windows

        return _windows
    if sys.platform == "darwin":
        from tray.desktop.autostart import macos as _macos

        return _macos
    from tray.desktop.autostart import linux as _linux

    return _linux
