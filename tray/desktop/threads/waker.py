"""Waking a thread that sleeps in a `select`, or on nothing else."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress


class Waker:
    """Wakes the thread that selects on `receiver`, or sleeps here; from any thread, a signal handler too."""

    def __init__(self) -> None:
        self.receiver, self.sender = socket.socketpair()
        self.receiver.setblocking(False)
        self.sender.setblocking(False)

    def wake(self, word: bytes = b"!") -> None:
        """Wake the thread. Full: it is going to wake anyway. Closed: nobody sleeps any more."""
        with suppress(OSError):
            self.sender.send(word)

    def words(self) -> bytes:
        """What it was woken with since the last time, such as `b"!!"`; b"" for nothing."""
        words = b""
        with suppress(BlockingIOError):
            while part := self.receiver.recv(1024):
                words += part
        return words

    def sleep(self, seconds: float | None = None) -> bytes:
        """Wait for so long, or until woken: with these words. b"" at once after `end`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.receiver, selectors.EVENT_READ)
            return self.words() if selector.select(seconds) else b""

    def end(self) -> None:
        """Wake the thread for the last time; it then closes."""
        self.sender.close()

    def close(self) -> None:
        """Close both ends."""
        self.receiver.close()
        self.sender.close()
