"""An entry in the desktop's autostart directory, by freedesktop's specifications of both."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.locations import home
from profiles.files.atomic_replace import write_private
from tray.desktop.autostart import Status, found, remove_file, switched_off, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ESCAPED = frozenset('"`$\\')
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_OFF = {"hidden": "true", "x-gnome-autostart-enabled": "false"}
_MOST_BYTES = 64 * 1024


def status(environ: Mapping[str, str], command: Sequence[str]) -> Status:
    """Whether the entry is there and starts `command`; writes nothing."""
    path = entry_path(environ)
    try:
        text = _read(path)
    except (FileNotFoundError, NotADirectoryError):
        return Status(False, False, False, path, "")
    except OSError as error:
        return unknown(path, error)
    values = read_entry(text)
    if any(values.get(key, "").lower() == off for key, off in _OFF.items()):
        return switched_off(path)
    return found(parse_exec(values.get("exec", "")), command, path)


def words(environ: Mapping[str, str]) -> list[str]:
    """What the entry starts; [] where there is none that can be read."""
    return words_of(entry_path(environ))


def words_of(path: str) -> list[str]:
    """The same of an entry anywhere."""
    try:
        return parse_exec(read_entry(_read(path)).get("exec", ""))
    except OSError:
        return []


def _read(path: str) -> str:
    with open(path, "rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", "surrogateescape")


def enable(environ: Mapping[str, str], command: Sequence[str]) -> None:
    """Write the entry. Raises PkccError for a path that no desktop could start, or that cannot be written."""
    write_private(entry_path(environ), entry_text(command).encode())


def disable(environ: Mapping[str, str]) -> None:
    """Remove the entry, if there is one. Raises PkccError when it cannot be removed."""
    remove_file(entry_path(environ))


def entry_path(environ: Mapping[str, str]) -> str:
    """Where the entry lies. Raises PkccError without a home."""
    base = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):  # the specification: a relative one is to be ignored
        base = os.path.join(home(environ), ".config")
    return os.path.join(base, "autostart", "pkcc-tray.desktop")


def entry_text(command: Sequence[str]) -> str:
    """The entry's file. Raises PkccError for a command that cannot be written into one."""
    program = command[0]
    if "%" in program:
        raise PkccError(
            f"{program} cannot start at login: no desktop starts a program with a % in its path",
            "Install pkcc-tray, or move it, to a path without that sign.",
        )
    if not all(part.isprintable() for part in command):
        raise PkccError(
            "This cannot start at login: a path in its command has control characters or is not UTF-8",
            "Install pkcc-tray to a path of ordinary characters.",
        )
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=pkcc-tray",
        "Comment=Switch Claude Code between Portkey routes",
        f"TryExec={_escaped(program)}",  # gone after uninstalling: then no desktop complains at login
        f"Exec={_escaped(' '.join(_quoted(part) for part in command))}",
        "Icon=pkcc-tray",
        "Terminal=false",
        "StartupNotify=false",
        "X-GNOME-Autostart-enabled=true",
    ]
    return "\n".join(lines) + "\n"


def _quoted(part: str) -> str:
    """One argument of Exec, by the specification's quoting rule (the string's own escapes come after it)."""
    part = part.replace("%", "%%")
    if part and not _RESERVED & set(part):
        return part
    return '"' + "".join(f"\\{char}" if char in _ESCAPED else char for char in part) + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def read_entry(text: str) -> dict[str, str]:
    """The keys, in lower case, of the `[Desktop Entry]` group, with their values unescaped."""
    values: dict[str, str] = {}
    group = ""
    for raw_line in text.splitlines():
        line = raw_line.strip()
        if line.startswith("["):
            group = line
        elif group == "[Desktop Entry]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            values[key.strip().lower()] = _unescaped(value.strip())
    return values


def _unescaped(value: str) -> str:
    shown, rest = "", value
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "\\" and rest[:1] in _ESCAPES:
            char, rest = _ESCAPES[rest[0]], rest[1:]
        shown += char
    return shown


def parse_exec(value: str) -> list[str]:
    """The arguments of an Exec value, its string escapes undone already; what was written comes back."""
    parts: list[str] = []
    part, is_open, quoted, escaped = "", False, False, False
    for char in value:
        if escaped:
            part, escaped = part + char, False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            is_open, quoted = True, not quoted
        elif char == " " and not quoted:
            if is_open:
                parts.append(part)
            part, is_open = "", False
        else:
            part, is_open = part + char, True
    if is_open:
        parts.append(part)
    return [part.replace("%%", "%") for part in parts]
