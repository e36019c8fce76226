"""Claude Code sessions that are running now, read from the client's own files.

The format is the client's and may change (facts: seen with 2.1.197 and 2.1.331), so everything is read
leniently: what is not understood is taken for "not running".
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import json_or_none
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from typing import Any

# A session that another system's processes hold (a container, a virtual machine, another host on the same
# home) cannot be asked for. It writes its file when a turn begins and ends, so it is believed for a day after
# that: one that waited over night is served. Believing one that is gone costs no more than blanks.
BELIEVED_S = 24 * 3600.0


class Session(NamedTuple):
    """One running session; `started_at` in milliseconds since 1970, 0 when unknown.

    `elsewhere`: its process is not one of this system's, or cannot be seen from here.
    """

    pid: int
    directory: str
    version: str
    started_at: int
    status: str
    elsewhere: bool = False

    def environment(self) -> dict[str, str]:
        """The variables its process was started with; none where the system does not tell."""
        if self.elsewhere:
            return {}  # that number is another process here
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


def session_of(pid: int, *claude_dirs: str) -> Session | None:
    """The session that this process is; None for another system's, whose number may be any process here."""
    for directory in claude_dirs:
        path = os.path.join(directory, "sessions", f"{pid}.json")
        found = _read_session(path, pid, time.time(), foreign=directory.startswith("\\\\"))
        if found is not None and not found.elsewhere:
            return found
    return None


def running_sessions(*claude_dirs: str, now: float | None = None) -> list[Session]:
    """The sessions of those configuration directories that run, each once, oldest first.

    Those whose process lives here, and those of another system that wrote their file not long before `now`
    (seconds since 1970, else this moment).
    """
    found = {
        (session.pid, session.elsewhere): session
        for directory in claude_dirs
        for session in _sessions_in(directory, now)
    }
    return sorted(found.values(), key=lambda session: session.started_at)


def _sessions_in(claude_dir: str, now: float | None = None) -> list[Session]:
    now = time.time() if now is None else now
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
            session = _read_session(os.path.join(sessions_dir, name), int(pid_text), now, foreign=foreign)
            if session is not None:
                found.append(session)
    return found


def _read_session(path: str, pid: int, now: float, *, foreign: bool) -> Session | None:
    try:
        data = json_or_none(read_bytes(path) or b"")  # never waits, whatever kind of file that is
    except PkccError:
        return None
    if not isinstance(data, dict):
        return None
    here = not foreign and _is_own(data) and _lives(pid, data.get("procStart"))
    if not (here or foreign or _may_run_elsewhere(data, path, now)):
        return None
    started = data.get("startedAt")
    return Session(
        pid=pid,
        directory=_text(data.get("cwd")),
        version=_text(data.get("version")),
        started_at=started if isinstance(started, int) else 0,
        status=_text(data.get("status")),
        elsewhere=not here,
    )


def own_domain() -> str:
    """What the client calls the system and the process space that this process is in (seen in 2.1.332)."""
    if sys.platform == "linux":
        machine = namespace = ""
        with suppress(OSError), open("/etc/machine-id", encoding="utf-8", errors="replace") as file:
            machine = file.read().strip()
        with suppress(OSError):
            namespace = os.readlink("/proc/self/ns/pid")
        return f"linux:{machine}:{namespace}"
    if sys.platform == "win32":
        from socket import gethostname

        return f"linux:{gethostname().lower()}"
    return "linux"


def _is_own(data: dict[str, Any]) -> bool:
    """Whether the process number may be one of this system's: older clients do not say whose it is."""
    return not data.get("pidDomain") or data["pidDomain"] == own_domain()


def _may_run_elsewhere(data: dict[str, Any], path: str, now: float) -> bool:
    """Whether the file may be another system's, of a session that wrote it not long ago.

    Without a word whose it is only its own time counts: the file of a client of this system that was killed
    looks the same.
    """
    updated = data.get("updatedAt")
    if data.get("pidDomain"):
        if _is_own(data):
            return False
        with suppress(OSError):
            updated = updated or os.stat(path).st_mtime * 1000
    return isinstance(updated, int | float) and abs(now - updated / 1000) < BELIEVED_S


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
    """Whether the process lives and, where that is known, is the one that wrote the file."""
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

        if pid > 0xFFFFFFFF:
            return False
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
