"""The processes above us on Linux, by `/proc`. Effects: reads."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.process import HIGHEST, SHELLS, SOCKET, unread_kinds

if TYPE_CHECKING:
    from profiles.claude_code.process import Client

_LONGEST = 1 << 20  # bytes of an environment


def find_on_linux(socket: str | None) -> Client:
    """As `find_client`, for the client with that socket."""
    pid = os.getppid()
    for _ in range(HIGHEST):
        try:
            stat = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
            parent, started_at = int(stat[1]), stat[19].decode()
        except (OSError, IndexError, ValueError):
            break
        first = _environ_on_linux(pid)
        # What has the client's own socket in its first environment was itself started by the client.
        below = socket is not None and first is not None and first.get(SOCKET) == socket
        if (below or _program_on_linux(pid) in SHELLS) and parent > 0:
            pid = parent
            continue
        return f"{pid}:{started_at}", first, unread_kinds(arguments_on_linux(pid))
    return "", None, ()


def arguments_on_linux(pid: int) -> list[str]:
    """As `arguments_of`."""
    try:
        return os.fsdecode(_read(f"/proc/{pid}/cmdline")).split("\0")
    except OSError:
        return []


def _program_on_linux(pid: int) -> str:
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


def _environ_on_linux(pid: int) -> dict[str, str] | None:
    try:
        data = _read(f"/proc/{pid}/environ")
    except OSError:
        return None
    pairs = [entry.partition("=") for entry in os.fsdecode(data).split("\0") if "=" in entry]
    return {name: value for name, _, value in reversed(pairs)} if pairs else None


def _read(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = b""
        while len(data) < _LONGEST and (more := os.read(handle, 65536)):
            data += more
        return data
    finally:
        os.close(handle)
