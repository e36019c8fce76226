"""Listening to a D-Bus, for as long as it takes: a bus that goes away is waited for."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tray.desktop.threads.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jeepney import Message

_log = logging.getLogger("pkcc-tray")
FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0
_STOP_LIMIT_S = 5.0


class BusSignals:
    """Calls `on_signal` (from a thread of its own) with the interface, member and body of what comes there.

    `rules` say which signals are wanted, as match rules. What cannot be listened to is tried again, ever more
    rarely, first after `pause_s`; `on_listening` is called each time that nothing is missed from then on.
    `name` is for the log.
    """

    def __init__(
        self,
        name: str,
        address: str,
        rules: Sequence[Mapping[str, str]],
        on_signal: Callable[[str, str, Sequence[Any]], None],
        on_listening: Callable[[], None] = lambda: None,
        pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.name = name
        self.listening = threading.Event()
        self._address = address
        self._rules = rules
        self._on_signal = on_signal
        self._on_listening = on_listening
        self._pause_s = pause_s
        self._stopped = threading.Event()
        self._waker: Waker | None = None
        self._thread = threading.Thread(target=self._run, name=f"signals-{name}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._waker = Waker()
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopped.set()
        if self._waker is not None:
            self._waker.wake()
            self._thread.join(_STOP_LIMIT_S)

    def _run(self) -> None:
        assert self._waker is not None  # noqa: S101 - `start` made it
        with closing(self._waker) as waker:
            pause = self._pause_s
            while not self._stopped.is_set():
                began = time.monotonic()
                try:
                    self._listen(waker)
                except Exception as error:  # noqa: BLE001 - whatever a bus or its library does, the tray goes on
                    _log.debug("no signals from the %s bus: %s", self.name, type(error).__name__)
                finally:
                    self.listening.clear()
                if time.monotonic() - began > _LONGEST_PAUSE_S:
                    pause = self._pause_s  # it did work for a while
                self._stopped.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _listen(self, waker: Waker) -> None:
        from jeepney import message_bus

        from tray.desktop.bus.connection import BusConnection

        with closing(BusConnection(self._address)) as bus:
            for rule in self._rules:
                bus.subscribe(rule, self._hear)
            bus.call(message_bus, "GetId", "", (), self._begin)  # answered after what was asked before
            bus.serve(waker, lambda: False)

    def _begin(self, _answer: object) -> None:
        self.listening.set()
        self._on_listening()

    def _hear(self, message: Message) -> None:
        from jeepney import HeaderFields

        fields = message.header.fields
        self._on_signal(fields.get(HeaderFields.interface, ""), fields[HeaderFields.member], message.body)
