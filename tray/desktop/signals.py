"""Ending on SIGTERM, SIGINT and SIGHUP, and starting again on SIGUSR1, whatever loop the main thread is in.

Python runs signal handlers on the main thread only when that runs Python, which a toolkit's loop may not do
for long: so the wake-up descriptor, written in the signal itself, wakes a thread of ours. GTK's bindings put
another descriptor in its place, but see to it that handlers run: so the handler wakes it too.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tray.desktop.threads.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK", "SIGUSR1")
RESTART = getattr(signal, "SIGUSR1", None)  # sent by a package's scripts after an upgrade


@contextmanager
def ended_by_signals(end: Callable[[], None], restart: Callable[[], None]) -> Iterator[None]:
    """Call `end`, or `restart`, from a thread of its own, at the first such signal within the block.

    One that was ignored from the start (`nohup`) stays so. Only for the main thread.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    waker = Waker()

    def wake(number: int, _frame: object) -> None:
        waker.wake(bytes([number]))  # no more than that: whatever lock `end` needs may be held right here

    before = {number: signal.signal(number, wake) for number in heard}
    fd_before = signal.set_wakeup_fd(waker.sender.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        acted = False  # the signal and its handler wake for the same
        while numbers := waker.sleep():
            for number in heard:
                if number in numbers and not acted:
                    acted = True
                    (restart if number == RESTART else end)()

    thread = threading.Thread(target=listen, name="signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        waker.end()
        thread.join()
        waker.close()


def forbid_core_dumps() -> None:
    """A crash must not write the keys in our memory to a disk. Windows dumps nothing unasked."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))  # what we start may still ask for its own
