"""A session bus connection that tells a Secret Service which waits for its user from one that hangs.

Loaded by `key print`, so it is built on jeepney's messages alone.
"""

from __future__ import annotations

import time

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Parser, Properties, new_method_call
from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.bus_messages import message_bus

from profiles.base.errors import UnansweredError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any

BUS_NAME = "org.freedesktop.secrets"
PATH = "/org/freedesktop/secrets"
INTERFACE = "org.freedesktop.Secret."
SERVICE = DBusAddress(PATH, BUS_NAME, f"{INTERFACE}Service")
NOTHING = "/"  # the path that stands for "no object", "no question"
DEFAULT = DBusAddress(f"{PATH}/aliases/default", BUS_NAME, f"{INTERFACE}Collection")
_BUS = "org.freedesktop.DBus"


class UnexpectedReplyError(Exception):
    """The service answered with an error (its name is the text) or in a form this reader does not know."""


class NoServiceError(ConnectionError):
    """There is no bus, no Secret Service on it, or it ended while it was waited for."""


class Connection:
    """A session bus connection, open within `with`. The service may be silent for `limit_s` and no longer.

    Where a call takes half of that, the service is asked something that needs no user. One that answers it
    is alive and waits for somebody: then it has `patience_s` seconds in all, and `on_question` is called
    once. Every wait raises TimeoutError for a silent service, UnansweredError for one that is only waiting.
    """

    def __init__(
        self, address: str, limit_s: float, patience_s: float, on_question: Callable[[], None] = lambda: None
    ) -> None:
        self._address = address
        self._limit_s = limit_s
        self._patience_s = patience_s
        self._heard_at = self._patience_ends = 0.0
        self._on_question = on_question
        self._question_at: float | None = None  # when it is to be called
        self._parser = Parser()
        self._serial = 0
        self._ping = 0  # the serial of the one that is not answered yet
        self._owner = ""
        self._replies: dict[int, Message] = {}
        self._signals: list[Message] = []

    def __enter__(self) -> Connection:
        self._heard_at = time.monotonic()
        self._patience_ends = self._heard_at + self._patience_s
        self._socket = self._connect()
        try:
            self._authenticate()
            self.send(message_bus.Hello())
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def call(self, target: DBusAddress, method: str, signature: str, body: tuple[Any, ...]) -> Any:
        """The body of the reply, a tuple. Raises UnexpectedReplyError for an error reply."""
        return self.receive(self.send(new_method_call(target, method, signature, body)))

    def get(self, target: DBusAddress, name: str) -> Any:
        """What a property is, such as `Locked`. Raises as `call` does."""
        ((_, value),) = self.receive(self.send(Properties(target).get(name)))
        return value

    def default_collection(self) -> str:
        """The path of the keyring that is used where none is named; NOTHING where there is none."""
        (path,) = self.call(SERVICE, "ReadAlias", "s", ("default",))
        return str(path)

    def send(self, message: Message) -> int:
        """The serial to `receive` the reply with."""
        self._serial += 1
        self._socket.settimeout(max(self._heard_at + self._limit_s - time.monotonic(), 0.001))
        self._socket.sendall(message.serialise(serial=self._serial))
        return self._serial

    def receive(self, serial: int) -> Any:
        """The body of the reply to a call, a tuple. Raises UnexpectedReplyError for an error reply."""
        while serial not in self._replies:
            self._take(self._next_message())
        reply = self._replies.pop(serial)
        if reply.header.message_type is MessageType.error:
            if reply.header.fields.get(HeaderFields.sender) == _BUS:
                raise NoServiceError  # nobody has that name, and nobody can be started
            raise UnexpectedReplyError(reply.header.fields.get(HeaderFields.error_name))
        return reply.body

    def signal(self, path: str, member: str, after_s: float) -> Any:
        """The body of a signal of that object. One that does not come within `after_s` waits for the user."""
        self._question_at = time.monotonic() + after_s
        while True:
            for signal in self._signals:
                fields = signal.header.fields
                if (fields.get(HeaderFields.path), fields.get(HeaderFields.member)) == (path, member):
                    self._question_at = None
                    return signal.body
            self._signals.clear()
            self._take(self._next_message())

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        kind = message.header.message_type
        sender = fields.get(HeaderFields.sender)
        if sender != _BUS:
            self._heard_at = time.monotonic()
        if kind is MessageType.signal:
            self._signals.append(message)
        elif kind in (MessageType.method_return, MessageType.error):
            serial = fields.get(HeaderFields.reply_serial)
            if serial == self._ping:
                self._ping = 0
                if sender == _BUS:  # nobody has that name any more
                    raise NoServiceError
                self._question_at = self._heard_at
                return
            if sender != _BUS:
                self._owner = sender
            self._replies[serial] = message

    def _next_message(self) -> Message:
        while (message := self._parser.get_next_message()) is None:
            self._parser.add_data(self._read())
        return message

    def _read(self) -> bytes:
        while True:
            now = time.monotonic()
            self._check(now)
            moments = [self._heard_at + self._limit_s, self._patience_ends]
            if not self._ping:
                moments.append(self._heard_at + self._limit_s / 2)
            if self._question_at is not None:
                moments.append(self._question_at)
            self._socket.settimeout(max(min(moments) - now, 0.001))
            try:
                data = self._socket.recv(4096)
            except TimeoutError:
                continue
            if not data:
                raise ConnectionResetError
            return data

    def _check(self, now: float) -> None:
        """Do what is due: tell that it takes long, give up, or see whether the service is alive."""
        if self._question_at is not None and now >= self._question_at:
            self._question_at = None
            self._tell_of_question()
        if now >= self._heard_at + self._limit_s:
            raise TimeoutError
        if now >= self._patience_ends:
            raise UnansweredError
        if not self._ping and now >= self._heard_at + self._limit_s / 2:
            # Not `Peer.Ping`: libraries answer that one in a thread of their own, while the service hangs.
            # To the very process that has been talking to us: another one knows nothing of the question.
            service = DBusAddress(PATH, self._owner or BUS_NAME, SERVICE.interface)
            self._ping = self.send(new_method_call(service, "ReadAlias", "s", ("default",)))

    def _tell_of_question(self) -> None:
        on_question, self._on_question = self._on_question, lambda: None
        on_question()

    def _connect(self) -> socket.socket:
        import socket

        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(self._limit_s)
            connection.connect(next(get_connectable_addresses(self._address)))
        except TimeoutError:
            connection.close()
            raise
        except (OSError, ValueError, RuntimeError, StopIteration):  # no socket, or not an address at all
            connection.close()
            raise NoServiceError from None
        return connection

    def _authenticate(self) -> None:
        authenticator = Authenticator()
        for line in authenticator:
            if line:
                self._socket.sendall(line)
            authenticator.feed(self._plain_read())
        self._socket.sendall(BEGIN)

    def _plain_read(self) -> bytes:
        data = self._socket.recv(4096)
        if not data:
            raise ConnectionResetError
        return data
