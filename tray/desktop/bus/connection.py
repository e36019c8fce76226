"""One connection to a D-Bus, served by one thread and woken by any other.

Nothing here waits for a reply: a call names what to do with it. So a slow panel, or one that is gone, never
holds up an answer to another. Idle, the thread sleeps in one `select`.
"""

from __future__ import annotations

import selectors
from typing import TYPE_CHECKING

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from tray.desktop.bus.objects import CallError, Exported

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from typing import Any

    from tray.desktop.threads.waker import Waker

    Signal = Callable[[Message], None]
    Answer = Callable[[tuple[Any, ...] | None], None]

SEND_LIMIT_S = 10.0
NO_OBJECTS = Exported({}, str)


class BusLostError(Exception):
    """The connection is gone, or could not be made."""


class BusConnection:
    """The connection; used by one thread only."""

    def __init__(self, address: str, exported: Exported = NO_OBJECTS) -> None:
        """Connect, to answer calls from `exported`. Raises BusLostError."""
        try:
            self._connection = open_dbus_connection(address)
        except (OSError, ValueError, RuntimeError) as error:
            # ValueError: an address or an authentication that is refused; RuntimeError: another transport.
            raise BusLostError(str(error)) from error
        self.name: str = self._connection.unique_name
        self._exported = exported
        self._socket: socket.socket = self._connection.sock
        # A bus that stopped reading is a bus that is lost, not a reason to hang.
        self._socket.settimeout(SEND_LIMIT_S)
        self._answers: dict[int, Answer] = {}
        self._signals: list[tuple[Mapping[str, str], Signal]] = []

    def close(self) -> None:
        """Close it; the bus tells the panel that we are gone."""
        self._connection.close()

    def subscribe(self, rule: Mapping[str, str], handler: Signal) -> None:
        """Have `handler` called for the signals of a match rule: by `interface` and `member`."""
        self._signals.append((rule, handler))
        text = ",".join(f"{key}='{value}'" for key, value in {"type": "signal", **rule}.items())
        self.call(message_bus, "AddMatch", "s", (text,), lambda _answer: None)

    def call(
        self,
        address: DBusAddress,
        method: str,
        signature: str,
        body: tuple[Any, ...],
        answer: Answer,
        *,
        start: bool = True,
    ) -> None:
        """Call a method; `answer` gets the reply's values later, or None for an error.

        `start=False`: a service that isn't running is not started for this. Raises BusLostError.
        """
        message = new_method_call(address, method, signature, body)
        if not start:
            message.header.flags |= MessageFlag.no_auto_start
        serial = next(self._connection.outgoing_serial)
        self._answers[serial] = answer
        self._send(message, serial)

    def emit(self, path: str, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        """Send a signal to everyone who listens. Raises BusLostError."""
        source = DBusAddress(path, interface=interface)
        self._send(new_signal(source, member, signature or None, body))

    def serve(self, waker: Waker, on_wake: Callable[[], bool]) -> None:
        """Answer and listen until `on_wake`, called when the waker fires, returns False.

        Raises BusLostError.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(waker.receiver, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _events in selector.select()]
                if waker.receiver in ready:
                    waker.words()
                    if not on_wake():
                        return
                if self._socket in ready:
                    self._receive()

    def _send(self, message: Message, serial: int | None = None) -> None:
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            raise BusLostError from error

    def _receive(self) -> None:
        try:
            data = self._socket.recv(65536)
        except OSError as error:
            raise BusLostError from error
        if not data:
            raise BusLostError
        for message in self._connection.parser.feed(data):
            self._dispatch(message)

    def _dispatch(self, message: Message) -> None:
        kind, fields = message.header.message_type, message.header.fields
        if kind is MessageType.method_call:
            self._reply(message)
        elif kind is MessageType.signal:
            said = {name: fields.get(HeaderFields[name]) for name in ("interface", "member")}
            for rule, handler in self._signals:
                if all(rule.get(name) in (None, value) for name, value in said.items()):
                    handler(message)
                    return
        else:
            answer = self._answers.pop(fields.get(HeaderFields.reply_serial, 0), None)
            if answer is not None:
                answer(message.body if kind is MessageType.method_return else None)

    def _reply(self, message: Message) -> None:
        fields = message.header.fields
        try:
            signature, values = self._exported.answer(
                fields[HeaderFields.path],
                fields.get(HeaderFields.interface),
                fields[HeaderFields.member],
                fields.get(HeaderFields.signature, ""),
                message.body,
            )
            reply = new_method_return(message, signature or None, values)
        except CallError as error:
            reply = new_error(message, error.name, "s", (str(error),))
        if not message.header.flags & MessageFlag.no_reply_expected:
            self._send(reply)
