"""Unix sockets: the transport to a running tray on Linux and macOS.

The client side is on the fast paths, so it uses `_socket`, the built-in part of `socket`: the whole module
costs 7 ms for enumerations that are not used here. Everything is importable on Windows too, for the tests.
"""

from __future__ import annotations

import os
import sys
import time

from profiles.base.light_typing import TYPE_CHECKING
from tray.ipc.address import next_line

try:
    import _socket as _sockets
except ImportError:  # an interpreter without that split
    import socket as _sockets  # type: ignore[no-redef]

if TYPE_CHECKING:
    from typing import Any

_LINUX_PEERCRED = 17  # SO_PEERCRED answers struct ucred { pid, uid, gid }, 4 bytes each (unix(7))
_MACOS_LOCAL_PEERCRED = 1  # at level SOL_LOCAL (0): struct xucred { version, uid, … } (<sys/ucred.h>)
_CHUNK = 16 * 1024


class Connection:
    """One end of a conversation. Every wait counts against `deadline`, in `time.monotonic()` seconds."""

    def __init__(self, sock: Any, deadline: float) -> None:
        self._socket = sock
        self.deadline = deadline
        self._rest = b""

    def is_own_user(self) -> bool:
        """Whether the kernel says that the other end belongs to the user we run as."""
        try:
            return peer_uid(self._socket) == os.getuid()
        except OSError:
            return False

    def read_line(self, limit: int) -> bytes | None:
        """One line with its end, at most `limit` bytes; None when the other end closed, or sent more.

        Raises TimeoutError after the deadline, OSError as the socket does.
        """
        line, self._rest = next_line(self._rest, limit, self._receive)
        return line

    def _receive(self) -> bytes:
        self._limit()
        return bytes(self._socket.recv(_CHUNK))

    def write(self, data: bytes) -> None:
        """Send all of it. Raises TimeoutError after the deadline, OSError when the other end is gone."""
        self._limit()
        self._socket.sendall(data)  # its timeout is for the whole of it

    def is_open(self) -> bool:
        """Whether the other end is still there and silent: it waits for the answer."""
        try:
            self._socket.settimeout(0)
            return bool(self._rest or self._socket.recv(1, _sockets.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """End the conversation."""
        self._socket.close()

    def _limit(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def connect(path: str, deadline: float) -> Connection:
    """A connection to what listens there. Raises OSError (TimeoutError among them)."""
    sock = _sockets.socket(_sockets.AF_UNIX, _sockets.SOCK_STREAM)
    try:
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        sock.connect(path)
    except BaseException:
        sock.close()
        raise
    return Connection(sock, deadline)


def peer_uid(sock: Any) -> int:
    """The user at the other end of a connected socket. Raises OSError where the system does not tell."""
    if sys.platform == "darwin":
        answer = sock.getsockopt(0, _MACOS_LOCAL_PEERCRED, 76)
    elif sys.platform == "linux":
        answer = sock.getsockopt(_sockets.SOL_SOCKET, _LINUX_PEERCRED, 12)
    else:
        raise OSError("this system does not report who connects")
    return int.from_bytes(answer[4:8], sys.byteorder)
