"""The process of Claude Code that asks, where there is no `/proc`: macOS and Windows. Effects: reads."""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.process import HIGHEST, SHELLS, SOCKET, unread_kinds

if TYPE_CHECKING:
    from profiles.claude_code.process import Client

_WINDOWS_SHELLS = frozenset({"cmd", "powershell", "pwsh"})

if sys.platform != "linux":
    import psutil

    def find_elsewhere(socket: str | None) -> Client:
        """The process that asks through a shell: the nearest above us that is none."""
        try:
            process = psutil.Process(os.getppid())
            for _ in range(HIGHEST):
                first = _environ_of(process)
                below = socket is not None and first is not None and first.get(SOCKET) == socket
                name = process.name().lower().removesuffix(".exe")
                parent = process.parent() if below or name in SHELLS | _WINDOWS_SHELLS else None
                if parent is None:
                    unread = unread_kinds(arguments_elsewhere(process.pid))
                    return f"{process.pid}:{process.create_time()}", first, unread
                process = parent
        except (psutil.Error, OSError):
            pass
        return "", None, ()

    def arguments_elsewhere(pid: int) -> list[str]:
        """As `arguments_of`."""
        try:
            return psutil.Process(pid).cmdline()
        except (psutil.Error, OSError):
            return []

    def _environ_of(process: psutil.Process) -> dict[str, str] | None:
        try:
            return dict(process.environ()) or None
        except (psutil.Error, OSError):
            return None
