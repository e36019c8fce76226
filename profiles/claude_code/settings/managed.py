"""Settings that an administrator laid down, where this system's Claude Code looks for them. Effects: reads.

Seen with 2.1.332 on Linux: `managed-settings.json`, then the files of `managed-settings.d` in the order of
their names, each over those before it, hidden ones left out; files there count without the first, too. A
top-level value of a wrong type is left out, and the rest counts. With a file that is no JSON object, or is
too large, the client does not start; one that the user may not read does not count. By its documentation a
device policy (a macOS profile, the Windows registry) takes the place of all files, and the Windows user's own
policy counts only where nothing else is. Settings that Anthropic's servers hand out are not on this machine:
they cannot be seen here.
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import os_reason
from profiles.claude_code.settings.project_root import local_files, shared_settings
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations

_FILE, _DROP_INS = "managed-settings.json", "managed-settings.d"
_PREFERENCES = "/Library/Managed Preferences"
_DOMAIN = "com.anthropic.claudecode.plist"
_REGISTRY_KEY = r"SOFTWARE\Policies\ClaudeCode"


class Managed(NamedTuple):
    """One place: its path (or registry key), and its text as JSON bytes, or why it cannot be read."""

    path: str
    data: bytes
    problem: str = ""


def managed_directories() -> list[str]:
    """The directories that such files may lie in on this system."""
    if sys.platform == "darwin":
        return ["/Library/Application Support/ClaudeCode"]
    if sys.platform == "win32":
        return [r"C:\Program Files\ClaudeCode", r"C:\ProgramData\ClaudeCode"]
    return ["/etc/claude-code"]


def is_managed(path: str) -> bool:
    """Whether a file is one of an administrator's."""
    places = (os.path.join(os.path.realpath(each), "") for each in managed_directories())
    return os.path.realpath(path).startswith(tuple(places))


def managed_settings() -> list[Managed]:
    """All managed settings that apply, the one that wins first."""
    found = device_policy()
    if not found:
        found = [text for directory in managed_directories() for text in _in_directory(directory)]
    return found or _user_policy()


def _in_directory(directory: str) -> Iterator[Managed]:
    for path in [*_drop_ins(os.path.join(directory, _DROP_INS)), os.path.join(directory, _FILE)]:
        try:
            data = read_bytes(path)
        except PkccError as error:
            yield Managed(path, b"", error.title)
        else:
            if data is not None:
                yield Managed(path, data)


def _drop_ins(directory: str) -> list[str]:
    try:
        names = sorted(os.listdir(directory), reverse=True)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in names if name.endswith(".json") and name[0] != "."]


def device_policy() -> list[Managed]:
    """What the machine's management lays down for all its users; Linux has no place for that."""
    if sys.platform == "darwin":
        import getpass

        places = (os.path.join(_PREFERENCES, getpass.getuser(), _DOMAIN), os.path.join(_PREFERENCES, _DOMAIN))
        return [text for path in places if (text := read_property_list(path)) is not None][:1]
    if sys.platform == "win32":
        import winreg

        return _registry(winreg.HKEY_LOCAL_MACHINE, "HKLM")
    return []


def _user_policy() -> list[Managed]:
    if sys.platform == "win32":
        import winreg

        return _registry(winreg.HKEY_CURRENT_USER, "HKCU")
    return []


def read_property_list(path: str) -> Managed | None:
    """A macOS profile's preferences as JSON; None where there are none."""
    import json
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        with open(path, "rb") as file:
            return Managed(path, json.dumps(plistlib.load(file), default=str).encode())
    except FileNotFoundError:
        return None
    except OSError as error:
        return Managed(path, b"", f"{path} cannot be read: {os_reason(error)}")
    except (ValueError, ExpatError):  # plistlib's own error is a ValueError
        return Managed(path, b"", f"{path} is no property list")


def _registry(root: int, name: str) -> list[Managed]:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(root, _REGISTRY_KEY) as key:
                text, _ = winreg.QueryValueEx(key, "Settings")
        except OSError:
            return []
        return [Managed(rf"{name}\{_REGISTRY_KEY}", str(text).encode("utf-8", "replace"))]
    return []


def others_exist(locations: Locations, directory: str) -> bool:
    """Whether any settings but the user's apply to a session started in `directory`: a quick look."""
    paths = [shared_settings(directory), *local_files(directory)]
    return bool(managed_settings()) or any(
        os.path.exists(path) for path in paths if path != locations.settings_path
    )
