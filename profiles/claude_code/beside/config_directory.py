"""What is odd about a value of CLAUDE_CONFIG_DIR, which the client takes as it stands. Pure.

Seen with client 2.1.332: `~`, `$NAME` and quotes are parts of a name, blanks at its ends too, and what is
relative or empty counts from the directory that the client is started in. VS Code, launchd, containers and
PowerShell hand such values on unexpanded.
"""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import CLAUDE_DIR_VARIABLE, IN_WSL, SETTINGS_FILE, claude_directory
from profiles.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

_AROUND = " \t\r\n\"'"  # what does not belong to a directory's name, as far as anybody means it


class OddDirectory(NamedTuple):
    """`what` is odd, `why` that matters, and the directory that is `meant`: "" for the usual one."""

    what: str
    why: str
    meant: str

    @property
    def remedy(self) -> str:
        """What to do with the variable, such as `Set it to /home/me/x`."""
        return f"Set it to {self.meant}" if self.meant else "Unset it"


def odd_directory(environ: Mapping[str, str]) -> OddDirectory | None:
    """What is odd about the variable; None where it is not set, or is a directory's full path."""
    value = environ.get(CLAUDE_DIR_VARIABLE)
    if value is None:
        return None
    trimmed = value.strip(_AROUND)
    if os.path.isabs(value) and trimmed == value:
        return None
    what = f"{CLAUDE_DIR_VARIABLE} is {printable(value)!r}, and Claude Code {_taken(value, trimmed)}"
    why = f"It reads {os.path.join(claude_directory(value), SETTINGS_FILE)} here"
    if not os.path.isabs(value):
        why += ", and another file wherever else it is started"
    return OddDirectory(what, f"{why}.", _meant(trimmed, environ))


def _taken(value: str, trimmed: str) -> str:
    if not trimmed:
        return "takes the directory it is started in for its own"
    if trimmed != value:
        return "takes the quotes or spaces around it for a part of the name"
    if _is_windows_path(value):
        return "takes a path of Windows for a name here"
    if value.startswith("~"):
        return "does not expand the `~`"
    if "$" in value or "%" in value:
        return "expands no variables in it"
    return "looks for it below the directory it is started in"


def _is_windows_path(value: str) -> bool:
    r"""Whether it is a path on Windows, such as `C:\Users\me`, that was handed to WSL or a container."""
    return value[:1].isalpha() and value[1:3] in (":\\", ":/")


def _meant(trimmed: str, environ: Mapping[str, str]) -> str:
    if _is_windows_path(trimmed) and os.sep == "/":
        disk, path = trimmed[0].lower(), trimmed[3:].replace("\\", "/")
        return f"/mnt/{disk}/{path}" if environ.get(IN_WSL) else ""
    full = os.path.expandvars(os.path.expanduser(trimmed))
    return "" if not trimmed or "$" in full or "%" in full else claude_directory(full)
