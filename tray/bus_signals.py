"""Listening to a D-Bus, for as long as it takes: a bus that goes away is waited for."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_log = logging.getLogger("pkcc-tray")
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0
_CALL_LIMIT_S = 5.0


class BusSignals:
    """Calls `on_signal` (from a thread of its own) with the interface, member and body of what comes there.

    `rules` say which signals are wanted, as jeepney's MatchRule has them. What cannot be listened to is tried
    again, ever more rarely; `on_listening` is called each time that nothing is missed from then on. `name`
    names it in the log.
    """

    def __init__(
        self,
        name: str,
        address: str,
        rules: Sequence[Mapping[str, str]],
        on_signal: Callable[[str, str, Sequence[Any]], None],
        on_listening: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.listening = threading.Event()
        self._address = address
        self._rules = rules
        self._on_signal = on_signal
        self._on_listening = on_listening
        self._stopped = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=f"signals-{name}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
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
                _log.debug("no signals from the %s bus: %s", self.name, type(error).__name__)
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
            self._on_listening()
            while not self._stopped.is_set():
                message = connection.receive()
                fields = message.header.fields
                if message.header.message_type is MessageType.signal:
                    interface = fields.get(HeaderFields.interface, "")
                    self._on_signal(interface, fields.get(HeaderFields.member, ""), message.body)
