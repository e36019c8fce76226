"""Claude Code sessions that are running now, read from the client's own files.

The format is the client's and may change (facts: seen with 2.1.197 and 2.1.331), so everything is read
leniently: what is not understood is taken for "not running".
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from profiles.errors import PkccError
from profiles.files import read_bytes
from profiles.records import NamedTuple


class Session(NamedTuple):
    """One running interactive session; `started_at` in milliseconds since 1970, 0 when unknown."""

    pid: int
    directory: str
    version: str
    started_at: int
    status: str

    def environment(self) -> dict[str, str]:
        """The variables its process was started with; none where the system does not tell."""
        if sys.platform != "linux":
            import psutil

            try:
                return dict(psutil.Process(self.pid).environ())
            except (psutil.Error, OSError):
                return {}
        try:
            with open(f"/proc/{self.pid}/environ", "rb") as file:
                pairs = [item.partition(b"=") for item in file.read().split(b"\0")]
        except OSError:
            return {}
        return {os.fsdecode(name): os.fsdecode(value) for name, equals, value in pairs if equals}


def running_sessions(*claude_dirs: str) -> list[Session]:
    """The sessions of those configuration directories whose process still lives, each once, oldest first."""
    found = {session.pid: session for directory in claude_dirs for session in _sessions_in(directory)}
    return sorted(found.values(), key=lambda session: session.started_at)


def _sessions_in(claude_dir: str) -> list[Session]:
    sessions_dir = os.path.join(claude_dir, "sessions")
    foreign = claude_dir.startswith("\\\\")  # another system's process numbers (WSL): its files are believed
    try:
        names = os.listdir(sessions_dir)
    except OSError:
        return []
    found = []
    for name in names:
        pid_text, extension = os.path.splitext(name)
        if extension == ".json" and pid_text.isdecimal():
            session = _read_session(os.path.join(sessions_dir, name), int(pid_text), foreign=foreign)
            if session is not None:
                found.append(session)
    return found


def _read_session(path: str, pid: int, *, foreign: bool) -> Session | None:
    try:
        data = json.loads(read_bytes(path) or b"")  # never waits, whatever kind of file that is
    except (PkccError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not (foreign or _lives(pid, data.get("procStart"))):
        return None
    started = data.get("startedAt")
    return Session(
        pid=pid,
        directory=_text(data.get("cwd")),
        version=_text(data.get("version")),
        started_at=started if isinstance(started, int) else 0,
        status=_text(data.get("status")),
    )


def _text(value: object) -> str:
    """The text, or "" for what is none, or what no path or output can be: a NUL, half a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ""
    return value


def _lives(pid: int, start_ticks: object) -> bool:
    """Whether the process lives and, where that can be told, is the one that wrote the file."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                # The command name may hold anything, so count from its closing parenthesis: state is
                # field 3, the start time field 22.
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return False
        if fields[0] == "Z":
            return False
        return start_ticks is None or str(start_ticks) == fields[19]
    if sys.platform == "win32":
        return _lives_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _lives_windows(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        kernel32 = ctypes.WinDLL("kernel32")
        handle = kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return False
        code = ctypes.c_ulong()
        with suppress(OSError):
            kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel32.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE
    return False
