"""Ending on SIGTERM, SIGINT and SIGHUP, whatever loop the main thread is in.

Python runs signal handlers on the main thread only when that runs Python, which a toolkit's loop may never
do. The wake-up descriptor is written in the signal itself, and a thread of ours reads it.
"""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end`, from a thread of its own, at every such signal within the block.

    One that was ignored from the start (`nohup`) stays so. Only for the main thread.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    listener, bell = socket.socketpair()
    bell.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in heard}
    fd_before = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        while data := listener.recv(64):
            if any(number in heard for number in data):
                end()

    thread = threading.Thread(target=listen, name="signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.close()
        thread.join()
        listener.close()
