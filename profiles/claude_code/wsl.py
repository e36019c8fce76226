r"""Claude Code inside a WSL distribution, seen from Windows by a `\\wsl$\…` or `\\wsl.localhost\…` path.

Written after Microsoft's documentation and never run there; a test holds it against a fake of those paths.
"""

from __future__ import annotations

import ntpath
import posixpath

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    CommandLine = Callable[[Sequence[str]], str]

_SERVERS = ("wsl$", "wsl.localhost")
_DEFAULT_ROOT = "/mnt/"


def distribution_of(path: str) -> str:
    """The name of the distribution that a path leads into; "" for any other path."""
    parts = path.replace("/", "\\").split("\\")
    found = parts[:2] == ["", ""] and len(parts) > 3 and parts[2].lower() in _SERVERS
    return parts[3] if found else ""


def configuration_path(settings_path: str) -> str:
    """Where the distribution says how Windows' drives are mounted in it, and whether programs can be run."""
    server = settings_path.replace("/", "\\").split("\\")[2]
    return rf"\\{server}\{distribution_of(settings_path)}\etc\wsl.conf"


def helper_argv(argv: Sequence[str], configuration: str) -> list[str]:
    """Our own Windows command as a shell in the distribution starts it; `configuration` is its wsl.conf.

    Only the program becomes a path of the distribution: the rest is read by a Windows program. Raises
    PkccError where Windows programs cannot be run there, or ours lies on no drive.
    """
    root, interop = _read(configuration)
    drive, rest = ntpath.splitdrive(argv[0])
    if not interop or len(drive) != 2:
        reason = "lies on no drive" if interop else "cannot be run in that distribution (interop is off)"
        raise PkccError(
            f"{argv[0]} {reason}, so it cannot hand out a key there",
            "Use a profile with key_delivery settings for it, or install pkcc-tray inside the distribution.",
        )
    return [
        posixpath.join(root, drive[0].lower(), *rest.strip("\\/").replace("\\", "/").split("/")),
        *argv[1:],
    ]


def _read(configuration: str) -> tuple[str, bool]:
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(configuration)
    except Error:
        return _DEFAULT_ROOT, True
    root = parser.get("automount", "root", fallback=_DEFAULT_ROOT).strip().strip("'\"") or _DEFAULT_ROOT
    return root, _is_on(parser.get("interop", "enabled", fallback="true"))


def _is_on(text: str) -> bool:
    return text.strip().lower() not in ("false", "0", "no", "off")


def command_line_in(
    settings_path: str, read: Callable[[str], bytes | None] = read_bytes
) -> CommandLine | None:
    """What makes a command line of ours one for a shell of that distribution; None for any other path.

    The distribution's wsl.conf is read when the command line is made, and not before.
    """
    if not distribution_of(settings_path):
        return None

    def command_line(argv: Sequence[str]) -> str:
        from shlex import join

        try:
            configuration = (read(configuration_path(settings_path)) or b"").decode("utf-8", "replace")
        except PkccError:
            configuration = ""
        return join(helper_argv(argv, configuration))

    return command_line
