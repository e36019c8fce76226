"""The person in front of GNOME Keyring: a stand-in for the program that shows the daemon's questions.

It takes the part of `gcr-prompter` on a test's private bus. A password crosses the bus encrypted there, too
("sx-aes-1": Diffie-Hellman in the 1,536-bit group of RFC 3526, HKDF, AES).
"""

from __future__ import annotations

import base64
import configparser
import io
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from support.desktop.private_bus import LIMIT_S, BusService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney import Message

PASSWORD = "throw-away"  # of the keyring that `secret_service` makes
NAME = "org.gnome.keyring.SystemPrompter"
_CALLBACK = "org.gnome.keyring.internal.Prompter.Callback"
_GROUP = "sx-aes-1"
_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF",
    16,
)


class Prompter:
    """`answer` is what it does when it is asked: a password, "" to dismiss, None to wait for `reply`."""

    def __init__(self, address: str, answer: str | None) -> None:
        self.answer = answer
        self.questions = 0
        self.asked = threading.Event()
        self.closed = threading.Event()  # a question was taken back, or is answered
        self._pending: tuple[str, str, str] | None = None
        self._service = BusService(address, NAME, self._called)
        self._service.start()

    def reply(self, password: str) -> None:
        """Answer the question that is open; "" dismisses it."""
        assert self.asked.wait(LIMIT_S)
        assert self._pending is not None
        sender, callback, exchange = self._pending
        self._pending = None
        text = _answering(exchange, password)
        self._call(sender, callback, "PromptReady", "sa{sv}s", ("yes" if password else "no", {}, text))

    @contextmanager
    def replying(self, password: str, *, after_s: float) -> Iterator[None]:
        """Answer so long after the question that is asked within; none is answered later on."""
        left = threading.Event()

        def answer() -> None:
            if self.asked.wait(LIMIT_S) and not left.wait(after_s):
                self.reply(password)

        answering = threading.Thread(target=answer)
        answering.start()
        try:
            yield
        finally:
            left.set()
            self.asked.set()
            answering.join()

    def stop(self) -> None:
        """Leave the bus."""
        self._service.close()

    def _called(self, method: str, message: Message) -> None:
        from jeepney import HeaderFields

        self._service.reply(message)
        sender = message.header.fields[HeaderFields.sender]
        callback = message.body[0]
        if method == "BeginPrompting":
            self._call(sender, callback, "PromptReady", "sa{sv}s", ("", {}, ""))
        elif method == "PerformPrompt":
            self.questions += 1
            self._pending = sender, callback, message.body[3]
            self.asked.set()
            if self.answer is not None:
                self.reply(self.answer)
        elif method == "StopPrompting":
            self._pending = None
            self._call(sender, callback, "PromptDone", "", ())
            self.closed.set()

    def _call(self, target: str, path: str, method: str, signature: str, body: tuple[Any, ...]) -> None:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(path, target, _CALLBACK)
        self._service.send(new_method_call(address, method, signature or None, body))


@contextmanager
def prompter(address: str, answer: str | None) -> Iterator[Prompter]:
    """A person at that bus."""
    person = Prompter(address, answer)
    try:
        yield person
    finally:
        person.stop()


def _answering(exchange: str, password: str) -> str:
    """Our half of the key exchange, and the password under the key that comes of both."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.padding import PKCS7

    received = configparser.RawConfigParser()
    received.read_string(exchange)
    peer = int.from_bytes(base64.b64decode(received[_GROUP]["public"]))
    # A leading zero byte is one in 256, and the daemon may leave it out: the password would then be wrong.
    own = shared = b"\0"
    while own[0] == 0 or shared[0] == 0:
        private = int.from_bytes(os.urandom(32))
        own, shared = (pow(base, private, _PRIME).to_bytes(192) for base in (2, peer))
    sent = configparser.RawConfigParser()
    sent[_GROUP] = {"public": _text(own)}
    if password:
        key = HKDF(algorithm=SHA256(), length=16, salt=None, info=b"").derive(shared)
        iv = os.urandom(16)
        padder = PKCS7(128).padder()
        padded = padder.update(password.encode()) + padder.finalize()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        sent[_GROUP].update(
            {"secret": _text(encryptor.update(padded) + encryptor.finalize()), "iv": _text(iv)}
        )
    text = io.StringIO()
    sent.write(text, space_around_delimiters=False)
    return text.getvalue()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
