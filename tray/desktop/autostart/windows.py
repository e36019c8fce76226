"""A value under the user's Run key. The Task Manager's own word on it lies under StartupApproved.

`registry` is the standard library's `winreg`, or what stands in for it on another system.
"""

from __future__ import annotations

from subprocess import list2cmdline
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.command_line import words_in
from profiles.base.text import os_reason
from tray.desktop.autostart import Status, found, switched_off, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
VALUE = "pkcc-tray"
_WHERE = rf"HKCU\{RUN_KEY}\{VALUE}"
_LONGEST = 260  # characters: Windows ignores a longer value of the Run key


def status(_environ: Mapping[str, str], command: Sequence[str], registry: Any = None) -> Status:
    """Whether the value is there and starts `command`; writes nothing."""
    registry = registry or _winreg()
    try:
        line = _value(registry, RUN_KEY)
        approved = _value(registry, APPROVED_KEY)
    except OSError as error:
        return unknown(_WHERE, error)
    if line is None:
        return Status(False, False, False, _WHERE, "")
    if isinstance(approved, bytes) and approved[:1] and approved[0] & 1:  # 02 and 06 on, 03 off (facts)
        return switched_off(_WHERE)
    if str(line).strip().lower() == command_line(command).lower():  # no file system there minds case
        return found(command, command, _WHERE)
    return found([str(line)], command, _WHERE)


def words(_environ: Mapping[str, str], registry: Any = None) -> list[str]:
    """What the value starts; [] where there is none that can be read."""
    try:
        return words_in(str(_value(registry or _winreg(), RUN_KEY) or ""), windows=True)
    except (OSError, ValueError):
        return []


def enable(_environ: Mapping[str, str], command: Sequence[str], registry: Any = None) -> None:
    """Set the value, and take back its having been switched off. Raises PkccError."""
    registry = registry or _winreg()
    line = command_line(command)
    if len(line) > _LONGEST:
        raise PkccError(
            "This cannot start at login: Windows takes a command of 260 characters at most",
            "Install pkcc-tray to a shorter path.",
        )
    try:
        with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, RUN_KEY, 0, registry.KEY_SET_VALUE) as key:
            registry.SetValueEx(key, VALUE, 0, registry.REG_SZ, line)
        _delete(registry, APPROVED_KEY)
    except OSError as error:
        raise _refused(error) from None


def disable(_environ: Mapping[str, str], registry: Any = None) -> None:
    """Delete the value, if it is there. Raises PkccError."""
    registry = registry or _winreg()
    try:
        _delete(registry, RUN_KEY)
        _delete(registry, APPROVED_KEY)
    except OSError as error:
        raise _refused(error) from None


def command_line(command: Sequence[str]) -> str:
    """The command as one line, the program always in quotes: Windows tries every prefix of a bare path."""
    program, *rest = command
    return " ".join([f'"{program}"', *([list2cmdline(rest)] if rest else [])])


def _value(registry: Any, key_name: str) -> object:
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key_name, 0, registry.KEY_QUERY_VALUE) as key:
            value: object = registry.QueryValueEx(key, VALUE)[0]
            return value
    except FileNotFoundError:
        return None


def _delete(registry: Any, key_name: str) -> None:
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key_name, 0, registry.KEY_SET_VALUE) as key:
            registry.DeleteValue(key, VALUE)
    except FileNotFoundError:
        pass


def _refused(error: OSError) -> PkccError:
    return PkccError(
        f"{_WHERE} cannot be changed: {os_reason(error)}",
        "A policy of your organisation may forbid it: ask its administrator.",
    )


def _winreg() -> Any:
    import winreg

    return winreg
