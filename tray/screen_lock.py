"""Hearing that the screen was locked or the machine goes to sleep, so that no key stays in memory.

On Linux from the desktop's screen saver (session bus) and from logind (system bus), each where it exists.
On macOS and Windows nothing tells a program without a window of its own: a key goes when its time is up.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tray.bus_address import session_bus_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_log = logging.getLogger("pkcc-tray")
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0
_CALL_LIMIT_S = 5.0
# Each desktop names its screen saver so: org.freedesktop.ScreenSaver, org.gnome.ScreenSaver, org.cinnamon.…
_SAVER_SUFFIX = ".ScreenSaver"
_LOGIN = "org.freedesktop.login1."


class ScreenLock:
    """Calls `on_lock` (from a thread of its own) when the screen is locked or the machine goes to sleep."""

    def __init__(self, on_lock: Callable[[], None], environ: Mapping[str, str]) -> None:
        self._buses: list[_Bus] = []
        if sys.platform != "linux":
            return
        session = session_bus_address(environ)
        if session:
            rules = [{"type": "signal", "member": "ActiveChanged"}]
            self._buses.append(_Bus("session", session, rules, on_lock))
        system = environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        rules = [
            {"type": "signal", "sender": "org.freedesktop.login1", "member": member}
            for member in ("PrepareForSleep", "Lock")
        ]
        self._buses.append(_Bus("system", system, rules, on_lock))

    def start(self) -> None:
        """Begin to listen; what cannot be listened to is tried again, ever more rarely."""
        for bus in self._buses:
            bus.start()

    def stop(self) -> None:
        """Listen no more."""
        for bus in self._buses:
            bus.stop()

    def heard(self) -> list[str]:
        """The buses that are listened to right now: `session`, `system`."""
        return [bus.name for bus in self._buses if bus.listening.is_set()]


def is_lock(interface: str, member: str, body: Sequence[Any]) -> bool:
    """Whether a signal says that the screen is locked now, or that the machine is about to sleep."""
    if member == "ActiveChanged" and interface.endswith(_SAVER_SUFFIX):
        return bool(body) and body[0] is True
    if interface == _LOGIN + "Manager" and member == "PrepareForSleep":
        return bool(body) and body[0] is True
    return interface == _LOGIN + "Session" and member == "Lock"


class _Bus:
    def __init__(
        self, name: str, address: str, rules: Sequence[dict[str, str]], on_lock: Callable[[], None]
    ) -> None:
        self.name = name
        self.listening = threading.Event()
        self._address = address
        self._rules = rules
        self._on_lock = on_lock
        self._stopped = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=f"screen-lock-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._hang_up()
        if self._thread.is_alive():
            self._thread.join(_CALL_LIMIT_S)

    def _hang_up(self) -> None:
        connected = self._socket
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - whatever a bus or its library does, the tray goes on
                _log.debug("no screen lock from the %s bus: %s", self.name, type(error).__name__)
            finally:
                self.listening.clear()
            if time.monotonic() - began > _LONGEST_PAUSE_S:
                pause = _FIRST_PAUSE_S  # it did work for a while
            self._stopped.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _listen(self) -> None:
        from jeepney import HeaderFields, MatchRule, MessageType, message_bus  # type: ignore[import-untyped]
        from jeepney.io.blocking import Proxy, open_dbus_connection  # type: ignore[import-untyped]

        with open_dbus_connection(self._address) as connection:
            self._socket = connection.sock
            bus = Proxy(message_bus, connection, timeout=_CALL_LIMIT_S)
            for rule in self._rules:
                bus.AddMatch(MatchRule(**rule))
            self.listening.set()
            while not self._stopped.is_set():
                message = connection.receive()
                fields = message.header.fields
                if message.header.message_type is MessageType.signal and is_lock(
                    fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.member, ""), message.body
                ):
                    self._on_lock()
