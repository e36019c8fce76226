"""A sign that something is waited for, on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from tray.terminal.choosing.choose import moves_cursor
from tray.terminal.prompts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

    from tray.app import App


@contextmanager
def waiting(app: App, what: str) -> Iterator[None]:
    """A spinner beside `what`, gone when it is over; a line, where the terminal moves no cursor.

    It is gone, too, while a key is come by: whoever holds that may ask for a passphrase.
    """
    if not moves_cursor(app.environ):
        say(f"{what} …")
        yield
        return
    from rich.console import Console

    usual = app.secrets.around
    with Console(stderr=True, highlight=False, markup=False).status(f"{what} …") as spinner:
        app.secrets.around = _Pauses(spinner).pause
        try:
            yield
        finally:
            app.secrets.around = usual


class _Pauses:
    """Those of a spinner: it turns again when the last of them is over."""

    def __init__(self, spinner: Status) -> None:
        self._spinner = spinner
        self._lock = Lock()
        self._under_way = 0

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._lock:
            self._under_way += by
            if self._under_way == 0:
                self._spinner.start()
            else:
                self._spinner.stop()
