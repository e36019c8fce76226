"""What stands in the registry of Windows, as it is: this is asked where there is no policy, too."""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import os_reason

if TYPE_CHECKING:
    Values = dict[str, object]

BELOW = "\\"  # behind the name of a key below, where a value has that name, too


def read_key(path: str) -> Values | str | None:
    """The values of a key of this machine and of the keys below it; None without one, or why it is shut."""
    if sys.platform == "win32":
        import winreg

        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
                keys, values, _ = winreg.QueryInfoKey(key)
                found: Values = {
                    name: data for name, data, _ in (winreg.EnumValue(key, at) for at in range(values))
                }
                for name in [winreg.EnumKey(key, at) for at in range(keys)]:
                    # A value may have the name as well: neither is lost, and somebody is told of both.
                    found[name + BELOW if name in found else name] = read_key(rf"{path}\{name}")
                return found
        except FileNotFoundError:
            return None
        except OSError as error:
            return os_reason(error)
    return None
