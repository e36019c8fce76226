"""A launch agent of the user's. launchd reads it at the next login; nothing is started or ended by us now.

Loading it at once would start a second tray, and unloading it would end the one that asks.
"""

from __future__ import annotations

import os
import plistlib
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from profiles.base.errors import PkccError
from profiles.base.locations import home
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run
from profiles.files.atomic_replace import write_private
from tray.desktop.autostart import Status, found, remove_file, switched_off, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

LABEL = "pkcc-tray.login"
_OVERRIDES = "/var/db/com.apple.xpc.launchd/disabled.{uid}.plist"
_LAUNCHCTL = "/bin/launchctl"
_LIMIT_S = 5


def status(environ: Mapping[str, str], command: Sequence[str], overrides: str = _OVERRIDES) -> Status:
    """Whether the agent is there and starts `command`; writes nothing and runs nothing.

    `overrides` is where launchd remembers what was switched off, readable on most systems only; what the user
    chose under "Login Items" in newer ones cannot be asked for.
    """
    path = agent_path(environ)
    try:
        agent = _read_plist(path)
    except (FileNotFoundError, NotADirectoryError):
        return Status(False, False, False, path, "")
    except OSError as error:
        return unknown(path, error)
    disabled: Any = {}
    with suppress(OSError):
        disabled = _read_plist(overrides.format(uid=_uid()))
    if agent.get("Disabled") is True or disabled.get(LABEL) is True:
        return switched_off(path)
    if agent.get("RunAtLoad") is not True:
        return Status(False, False, False, path, "the launch agent does not run at login")
    return found(_arguments(agent), command, path)


def words(environ: Mapping[str, str]) -> list[str]:
    """What the agent starts; [] where there is none that can be read."""
    try:
        return _arguments(_read_plist(agent_path(environ)))
    except OSError:
        return []


def _arguments(agent: dict[str, Any]) -> list[str]:
    arguments = agent.get("ProgramArguments")
    return list(map(str, arguments)) if isinstance(arguments, list) else []


def enable(environ: Mapping[str, str], command: Sequence[str], launchctl: str = _LAUNCHCTL) -> None:
    """Write the agent, and take back its having been switched off. Raises PkccError."""
    try:
        data = agent_plist(command)
    except (ValueError, UnicodeError):
        raise PkccError(
            "This cannot start at login: a path in its command has control characters or is not UTF-8",
            "Install pkcc-tray to a path of ordinary characters.",
        ) from None
    write_private(agent_path(environ), data)
    with suppress(ProgramError, TimeoutError):  # without it the agent works all the same
        run([launchctl, "enable", f"gui/{_uid()}/{LABEL}"], environ, _LIMIT_S)


def disable(environ: Mapping[str, str]) -> None:
    """Remove the agent, if there is one. Raises PkccError when it cannot be removed."""
    remove_file(agent_path(environ))


def agent_path(environ: Mapping[str, str]) -> str:
    """Where the agent lies. Raises PkccError without a home."""
    return os.path.join(home(environ), "Library", "LaunchAgents", f"{LABEL}.plist")


def agent_plist(command: Sequence[str]) -> bytes:
    """The agent: once at login, in a session with a screen, and not again after the user quits."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
    )


def _read_plist(path: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        try:
            content = plistlib.load(file)
        except (ValueError, ExpatError, plistlib.InvalidFileException):
            return {}
    return content if isinstance(content, dict) else {}


def _uid() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
