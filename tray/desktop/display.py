"""Whether there is a desktop to show anything on. Imports nothing that costs."""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_X_SOCKETS = "/tmp/.X11-unix"  # noqa: S108 - where every X server has them


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether this process belongs to a desktop session. Asks the environment only."""
    if platform in ("darwin", "win32"):
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY"))


def display_socket(environ: Mapping[str, str], x_sockets: str = _X_SOCKETS) -> str | None:
    """The path of the Linux display's socket; None without a display on this machine."""
    wayland = environ.get("WAYLAND_DISPLAY", "")
    if wayland:
        path = os.path.join(environ.get("XDG_RUNTIME_DIR", ""), wayland)  # an absolute one stays as it is
        return path if os.path.isabs(path) else None
    server, _, screen = environ.get("DISPLAY", "").rpartition(":")
    number = screen.partition(".")[0]
    if server not in ("", "unix") or not number.isdecimal():
        return None  # none, or that of another machine
    return os.path.join(x_sockets, f"X{number}")
