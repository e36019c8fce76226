"""The listening end of a Unix socket: only the running tray loads it."""

from __future__ import annotations

import os
import selectors
import socket
import stat
import time
from contextlib import suppress

from tray.desktop.threads.waker import Waker
from tray.ipc.unix_socket import Connection


class Listener:
    """Listens at a path, and replaces what lies there: only who holds the single-instance lock may do so."""

    def __init__(self, path: str) -> None:
        """Bind with mode 0600 in a directory that is ours alone (the caller's doing). Raises OSError."""
        self._path = path
        with suppress(FileNotFoundError):
            os.unlink(path)  # a killed tray left it; a link is removed, never followed
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._waker = Waker()
        try:
            before = os.umask(0o177)
            try:
                self._listener.bind(path)
            finally:
                os.umask(before)
            self._identity = _identity(path)
            self._listener.listen(64)
            self._listener.setblocking(False)
            self._selector = selectors.DefaultSelector()
        except BaseException:
            self._listener.close()
            self._waker.close()
            raise
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._waker.receiver, selectors.EVENT_READ)

    def accept(self, limit_s: float) -> Connection | None:
        """The next connection, its deadline `limit_s` from now; waits for it, idle. None once closed.

        Raises OSError when there are no descriptors left: the caller pauses and goes on.
        """
        while True:
            ready = [key.fileobj for key, _ in self._selector.select()]
            if self._waker.receiver in ready:
                return None
            try:
                sock, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                continue  # it went away again
            return Connection(sock, time.monotonic() + limit_s)

    def close(self) -> None:
        """Stop listening, from any thread; `accept` then returns None. The path goes if it is still ours."""
        with suppress(OSError):
            if _identity(self._path) == self._identity:
                os.unlink(self._path)
        self._waker.end()

    def dispose(self) -> None:
        """Free what is left: after `accept` returned None, by its thread."""
        self._selector.close()
        self._listener.close()
        self._waker.close()


def _identity(path: str) -> tuple[int, int]:
    status = os.lstat(path)
    if not stat.S_ISSOCK(status.st_mode):
        raise OSError("not a socket")
    return status.st_dev, status.st_ino
