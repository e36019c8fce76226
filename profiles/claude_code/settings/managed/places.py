r"""Settings that an administrator laid down, where this system's Claude Code looks for them. Effects: reads.

Seen with 2.1.332 on Linux: `managed-settings.json`, then the files of `managed-settings.d` in the order of
their names, each over those before it, hidden ones left out; files there count without the first, too. A
top-level value of a wrong type is left out, and the rest counts. With a file that is no JSON object, or is
too large, the client does not start; one that the user may not read does not count.

Inside WSL (seen with 2.1.332 and a stand-in for Windows' disk and its `reg.exe`) the files below
`C:\Program Files` count where one of them, or the registry, sets `wslInheritsWindowsSettings`; those of
`/etc` then only where none of Windows says anything else. The page of the client says that those of `/etc`
count beside the registry's, and they do not. The registry is not asked from inside WSL: that is a program to
run. Of the same client come the Windows rules; macOS' are by its documentation alone. `C:\ProgramData` is not
read any more. Settings that Anthropic's servers hand out reach no session with a gateway's base URL.
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import IN_WSL
from profiles.base.text import os_reason
from profiles.claude_code.settings.managed import Managed
from profiles.claude_code.settings.project_root import local_files, shared_settings
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations

_FILE, _DROP_INS = "managed-settings.json", "managed-settings.d"
# The one table of the places. First where device policies lie, of which one counts, then the directory.
_PREFERENCES, DOMAIN = "/Library/Managed Preferences", "com.anthropic.claudecode"
REGISTRY_KEY, REGISTRY_VALUE = r"SOFTWARE\Policies\ClaudeCode", "Settings"
_DIRECTORIES = {
    "darwin": "/Library/Application Support/ClaudeCode",
    "win32": r"C:\Program Files\ClaudeCode",
    "linux": "/etc/claude-code",
}
_WINDOWS_IN_WSL = "/mnt/c/Program Files/ClaudeCode"


def managed_directory() -> str:
    """The directory that such files lie in on this system."""
    return _DIRECTORIES.get(sys.platform, _DIRECTORIES["linux"])


def is_managed(path: str) -> bool:
    """Whether a file is one of an administrator's."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(managed_directory()), ""))


def managed_settings() -> list[Managed]:
    """All managed settings that apply, the one that wins first."""
    files = list(_in_directory(managed_directory()))
    if os.path.isdir(windows := windows_in_wsl()):
        from profiles.claude_code.settings.managed.combine import inherited

        files = inherited(list(_in_directory(windows)), files)
    device = device_policy()
    if device:
        from profiles.claude_code.settings.managed.combine import combined

        return combined(device, files) or _user_policy()
    return files or _user_policy()


def windows_in_wsl() -> str:
    """Where Windows' own directory is seen inside WSL; "" outside."""
    return _WINDOWS_IN_WSL if sys.platform == "linux" and IN_WSL in os.environ else ""


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
    """What the machine's management lays down, the first place first; Linux has none for that."""
    if sys.platform == "darwin":
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name  # no variable of the user's says it
        places = (os.path.join(_PREFERENCES, user, f"{DOMAIN}.plist") for user in (name, ""))
        return [text for path in places if (text := read_property_list(path)) is not None]
    if sys.platform == "win32":
        import winreg

        return _registry(winreg.HKEY_LOCAL_MACHINE, "HKLM")
    return []


def _user_policy() -> list[Managed]:
    """What the user may write, which counts only where nothing else is."""
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
            with winreg.OpenKey(root, REGISTRY_KEY) as key:
                text, _ = winreg.QueryValueEx(key, REGISTRY_VALUE)
        except OSError:
            return []
        return [Managed(rf"{name}\{REGISTRY_KEY}", str(text).encode("utf-8", "replace"))]
    return []


def others_exist(locations: Locations, directory: str) -> bool:
    """Whether any settings but the user's apply to a session started in `directory`: a quick look."""
    paths = [shared_settings(directory), *local_files(directory)]
    return bool(managed_settings()) or any(
        os.path.exists(path) for path in paths if path != locations.settings_path
    )
