"""Where a running tray or manager is found, what tells that it is one to ask, and what a line is.

All of it is loaded by `key print` and `switch`: it imports nothing that costs.
"""

from __future__ import annotations

import os
import stat
import sys

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.base.hashing import digest, text_digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import APP, IDENTITY_VARIABLE, PASSPHRASE_VARIABLE, SECRETS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.locations import Locations

TRAY, MANAGER = "tray", "manager"  # who can run, one of each for a user
PROTOCOL = 1  # raise it with any change that an older client or tray would misread
MAX_LINE = 64 * 1024  # bytes, the end of line included
TALK_LIMIT_S = 2.0  # for a whole conversation, or from one sign of life to the next
WAIT_LIMIT_S = 150.0  # for one with signs of life: a keyring's user has 120 s
# What a tray says once a second while an answer takes long: that it works, or that a keyring asks its user.
WORKING, ASKING = (b'{"v":%d,"wait":"%s"}\n' % (PROTOCOL, what) for what in (b"work", b"keyring"))
_PATH_LIMIT = 104 if sys.platform == "darwin" else 108  # sun_path, the closing NUL included
_SHORT_ROOT = "/tmp"  # noqa: S108 - short, and only a directory below it that is ours alone is used


def run_directory(locations: Locations, environ: Mapping[str, str]) -> str:
    """Where lock and socket lie: below XDG_RUNTIME_DIR where that is ours alone, else in the state."""
    base = environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform != "win32" and os.path.isabs(base) and is_private_directory(base):
        return os.path.join(base, APP)
    return os.path.join(locations.state_dir, "run")


def is_private_directory(path: str) -> bool:
    """Whether it is a directory, no link to one, that belongs to us and that nobody else may enter."""
    if sys.platform == "win32":  # below the user's profile, whose access list is inherited
        return os.path.isdir(path)
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def make_run_directory(path: str) -> str:
    """The directory itself, made when missing (mode 0700). Raises PkccError where it is not ours alone."""
    from profiles.files.directories import make_private_directory

    if not os.path.lexists(path):
        make_private_directory(path)
    if is_private_directory(path):
        return path
    if sys.platform != "win32":
        status = os.lstat(path)
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
            os.chmod(path, 0o700)  # ours, but open to others: nothing in it is trusted, only replaced
            return path
    raise PkccError(f"{path} is not a directory of yours alone", "Move it away, then start pkcc-tray again.")


def address(locations: Locations, environ: Mapping[str, str], whose: str = TRAY) -> str:
    """The socket's path, or the pipe's name on Windows; a path too long for a socket has a short stand-in."""
    directory = run_directory(locations, environ)
    if sys.platform == "win32":
        suffix = "" if whose == TRAY else f"-{whose}"
        return rf"\\.\pipe\{APP}-{text_digest(os.path.normcase(directory), size=16)}{suffix}"
    path = os.path.join(directory, f"{whose}.sock")
    encoded = os.fsencode(path)
    if len(encoded) < _PATH_LIMIT:
        return path
    return os.path.join(_SHORT_ROOT, f"pkcc-{os.getuid()}", digest(encoded, size=8))


def greeting(locations: Locations, environ: Mapping[str, str]) -> bytes:
    """The first line a tray says: protocol, version, and a fingerprint of the places it works on.

    A command knows by it, before it has said anything, whether that tray would do the very same as it would
    itself; it compares the bytes and works alone when they differ.
    """
    place = [part or "" for part in locations]
    place += [environ.get(SECRETS_VARIABLE) or "auto"]
    # Only whether these are set: no secret, and no hash of one, goes over the wire.
    place += [str(bool(environ.get(name))) for name in (IDENTITY_VARIABLE, PASSPHRASE_VARIABLE)]
    fingerprint = text_digest("\0".join(place), size=16)
    return f'{{"v":{PROTOCOL},"version":"{__version__}","place":"{fingerprint}"}}\n'.encode("ascii")


def next_line(rest: bytes, limit: int, receive: Callable[[], bytes]) -> tuple[bytes | None, bytes]:
    """One line with its end, at most `limit` bytes, and what came behind it.

    `rest` came before. None for the line when the other end closed, with b"" of `receive`, or sent more.
    """
    data = bytearray()
    while b"\n" not in rest:
        data += rest
        if len(data) >= limit or not (rest := receive()):
            return None, b""
    end, newline, rest = rest.partition(b"\n")
    data += end + newline
    return bytes(data) if len(data) <= limit else None, rest
