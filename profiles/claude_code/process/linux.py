"""The process of Claude Code that runs our key helper, and the environment it was started in. Effects: reads.

Loaded by the fast path: imports nothing that costs, but on systems without `/proc`.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Client = tuple[str, dict[str, str] | None, tuple[str, ...]]

SOCKET = "CLAUDE_CODE_MESSAGING_SOCKET"  # the client names one of its own for all that it runs
SHELLS = frozenset({"sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "busybox", "fish"})
HIGHEST = 16  # processes looked at, from the parent up
_LONGEST = 1 << 20  # bytes of an environment


def find_client(environ: Mapping[str, str]) -> Client:
    """The process that asks through a shell: the nearest above us that is none.

    What identifies it ("" where it is not known); its first environment, None where it cannot be read; and
    the kinds of settings files that it was told to leave out.
    """
    if sys.platform != "linux":
        from profiles.claude_code.process.elsewhere import find_elsewhere

        return find_elsewhere(environ.get(SOCKET))
    return _find_on_linux(environ.get(SOCKET))


def _find_on_linux(socket: str | None) -> Client:
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
        return f"{pid}:{started_at}", first, unread_kinds(_arguments_on_linux(pid))
    return "", None, ()


def unread_kinds(arguments: Sequence[str]) -> tuple[str, ...]:
    """The kinds of settings files that `--setting-sources` in a client's command line does not name."""
    left: tuple[str, ...] = ()
    for number, argument in enumerate(arguments):
        option, equals, text = argument.partition("=")
        if option == "--setting-sources":
            listed = text if equals else "".join(arguments[number + 1 : number + 2])
            read = [kind.strip() for kind in listed.split(",")]
            left += tuple(kind for kind in ("user", "project", "local") if kind not in read)
    return left


def _arguments_on_linux(pid: int) -> list[str]:
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
