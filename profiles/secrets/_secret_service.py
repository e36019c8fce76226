"""Reading one secret from the Secret Service, for the hot path: an encrypted session over jeepney alone.

The `keyring` library takes 170 to 230 ms for the same item; this takes about 50 (a whole process, Debian 12).
The protocol is freedesktop's Secret Service; the session is its `dh-ietf1024-sha256-aes128-cbc-pkcs7`.
Anything unexpected is raised, and the caller goes to the library, which knows prompts and explanations.
"""

from __future__ import annotations

import os
import time

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Parser, new_method_call  # type: ignore[import-untyped]
from jeepney.auth import BEGIN, Authenticator  # type: ignore[import-untyped]
from jeepney.bus import get_connectable_addresses  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]

from profiles.records import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from typing import Any

_BUS_NAME = "org.freedesktop.secrets"
_PATH = "/org/freedesktop/secrets"
_INTERFACE = "org.freedesktop.Secret."
_ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7"
# The 1,024-bit group of RFC 2409, section 6.2, which that algorithm names; generator 2.
_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


class UnexpectedReplyError(Exception):
    """The service answered with an error or in a form this reader does not know."""


def read_password(address: str, service: str, username: str, limit_s: float) -> str | None:
    """The secret that `keyring` stored for a service and user name in the default collection, or None.

    `address` is the session bus's. Raises TimeoutError after `limit_s` seconds in all, and
    UnexpectedReplyError or what jeepney and the socket raise for anything else, a locked item among them.
    """
    with _Connection(address, limit_s) as bus:
        private = int.from_bytes(os.urandom(32)) | 1 << 255  # twice the 128 bits the key needs
        public = pow(2, private, _PRIME).to_bytes(128)
        collection = DBusAddress(f"{_PATH}/aliases/default", _BUS_NAME, f"{_INTERFACE}Collection")
        secrets = DBusAddress(_PATH, _BUS_NAME, f"{_INTERFACE}Service")
        # One call at a time: sent together, GNOME Keyring 42 denied knowing a method once in 1,000 reads.
        opening = bus.send(new_method_call(secrets, "OpenSession", "sv", (_ALGORITHM, ("ay", public))))
        (_, peer_public), session = bus.receive(opening)
        query = {"service": service, "username": username}
        searching = bus.send(new_method_call(collection, "SearchItems", "a{ss}", (query,)))
        (items,) = bus.receive(searching)
        if not items:
            return None
        item = DBusAddress(items[0], _BUS_NAME, f"{_INTERFACE}Item")
        fetching = bus.send(new_method_call(item, "GetSecret", "o", (session,)))
        shared = pow(int.from_bytes(peer_public), private, _PRIME).to_bytes(128)
        ((_, iv, encrypted, _),) = bus.receive(fetching)
    return _decrypt(shared, bytes(iv), bytes(encrypted)).decode()


def _decrypt(shared: bytes, iv: bytes, encrypted: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(algorithm=SHA256(), length=16, salt=None, info=b"").derive(shared)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(encrypted) + decryptor.finalize()
    count = padded[-1] if padded else 0
    if not 1 <= count <= 16 or padded[-count:] != bytes([count]) * count:
        raise UnexpectedReplyError
    return padded[:-count]


class _Connection:
    """A session bus connection whose every wait counts against one limit."""

    def __init__(self, address: str, limit_s: float) -> None:
        self._deadline = time.monotonic() + limit_s
        self._parser = Parser()
        self._serial = 0
        self._replies: dict[int, Message] = {}
        self._socket = self._connect(address)

    def __enter__(self) -> _Connection:
        try:
            self._authenticate()
            self.send(message_bus.Hello())
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: Message) -> int:
        """The serial to `receive` the reply with."""
        self._serial += 1
        self._limited().sendall(message.serialise(serial=self._serial))
        return self._serial

    def receive(self, serial: int) -> Any:
        """The body of the reply to a call, a tuple. Raises UnexpectedReplyError for an error reply."""
        while serial not in self._replies:
            message = self._parser.get_next_message()
            if message is None:
                self._parser.add_data(self._read())
            elif message.header.message_type in (MessageType.method_return, MessageType.error):
                self._replies[message.header.fields.get(HeaderFields.reply_serial)] = message
        reply = self._replies.pop(serial)
        if reply.header.message_type is MessageType.error:
            raise UnexpectedReplyError(reply.header.fields.get(HeaderFields.error_name))
        return reply.body

    def _connect(self, address: str) -> socket.socket:
        import socket

        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(max(self._deadline - time.monotonic(), 0.001))
            connection.connect(next(get_connectable_addresses(address)))
        except BaseException:
            connection.close()
            raise
        return connection

    def _authenticate(self) -> None:
        authenticator = Authenticator()
        for line in authenticator:
            if line:
                self._limited().sendall(line)
            authenticator.feed(self._read())
        self._limited().sendall(BEGIN)

    def _limited(self) -> socket.socket:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._socket

    def _read(self) -> bytes:
        data = self._limited().recv(4096)
        if not data:
            raise ConnectionResetError
        return data
