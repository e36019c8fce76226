"""What the system protects beyond file modes: flags by which a file cannot change, and mounts."""

from __future__ import annotations

import os
import re
import stat
import struct
import sys
from contextlib import suppress

from profiles.base.programs.command_line import shown_line

_GET_FLAGS = 0x80006601 | struct.calcsize("l") << 16  # <linux/fs.h>: FS_IOC_GETFLAGS
_LINUX = {"i": 0x10, "a": 0x20}  # FS_IMMUTABLE_FL and FS_APPEND_FL, by chattr's letters
_USERS = {"nouchg": stat.UF_IMMUTABLE, "nouappnd": stat.UF_APPEND}  # by the words of macOS's chflags
_ROOTS = {"noschg": stat.SF_IMMUTABLE, "nosappnd": stat.SF_APPEND}


def lifting_protection(path: str) -> str:
    """The command that takes off a flag by which not even root can change a path; "" where there is none."""
    with suppress(OSError):
        if sys.platform == "linux":
            flags = _linux_flags(path)
            letters = "".join(letter for letter, flag in _LINUX.items() if flags & flag)
            return shown_line(["sudo", "chattr", f"-{letters}", path]) if letters else ""
        if sys.platform == "darwin":
            flags = os.stat(path).st_flags
            words = [word for word, flag in {**_USERS, **_ROOTS}.items() if flags & flag]
            sudo = [] if _ROOTS.keys().isdisjoint(words) else ["sudo"]
            return shown_line([*sudo, "chflags", ",".join(words), path]) if words else ""
    return ""


def _linux_flags(path: str) -> int:
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        got = fcntl.ioctl(handle, _GET_FLAGS, bytes(struct.calcsize("l")))
    finally:
        os.close(handle)
    return int.from_bytes(got[:4], sys.byteorder)


def is_mounted(path: str) -> bool:
    """Whether a file, links resolved, is mounted by itself, as containers and sandboxes do."""
    return os.path.lexists(path) and not os.path.isdir(path) and mount_point(path) == path


def mount_point(path: str) -> str:
    """Where that is mounted in which a path, links resolved, lies: such as `/home`."""
    points = _mount_points()
    while os.path.dirname(path) != path and not (path in points if points else os.path.ismount(path)):
        path = os.path.dirname(path)
    return path


def _mount_points() -> set[str]:
    """All of them on Linux, where files are among them that `ismount` does not know; else none."""
    with suppress(OSError), open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        return {re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split(" ")[4]) for line in file}
    return set()
