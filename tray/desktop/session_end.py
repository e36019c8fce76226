"""Noticing on Linux that the desktop session is over: the display's socket, held open, is closed.

We have no window that would go with the display, and a session bus may outlive the session. So without this a
tray would stay behind after logout, and the next one would find it running already.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tray.desktop.display import display_socket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAUSE_S = 1.0  # where the connection is dropped at once, as by a server that has too many
_log = logging.getLogger("pkcc-tray")


class SessionEnd:
    """Calls `on_end`, from a thread of its own, when the display is gone; nothing where there is none."""

    def __init__(
        self, environ: Mapping[str, str], on_end: Callable[[], None], pause_s: float = PAUSE_S
    ) -> None:
        # Other systems may have DISPLAY set too, for an X server beside their own desktop.
        self._path = display_socket(environ) if sys.platform == "linux" else None
        self._on_end = on_end
        self._pause_s = pause_s
        self._connected: socket.socket | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to listen, if there is a display to listen to."""
        self._connected = self._connect()
        if self._connected is not None:
            threading.Thread(target=self._wait, name="session-end", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        connected = self._connected
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> socket.socket | None:
        if self._path is None:
            return None
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.connect(self._path)
        except OSError:
            connected.close()
            return None
        return connected

    def _wait(self) -> None:
        # A server drops a client that is silent for long: only one that cannot be reached any more is gone.
        while self._connected is not None:
            began = time.monotonic()
            with self._connected as connected, suppress(OSError):
                while connected.recv(4096):
                    pass
            if self._stopping.is_set():
                return
            self._connected = self._connect()
            if self._connected is not None and time.monotonic() - began < self._pause_s:
                self._stopping.wait(self._pause_s)
        _log.info("the desktop session is over")
        self._on_end()
