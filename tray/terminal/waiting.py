"""A sign that something is waited for, on standard error, where a person sits at the terminal."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from tray.terminal.keyboard.cursor import moves_cursor
from tray.terminal.prompts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tray.app import App
    from tray.terminal.spinner import Spinner

_SHOWN_AFTER_S = 0.3  # what is done sooner needs no sign


@contextmanager
def waiting(app: App, what: str) -> Iterator[Callable[[str], None]]:
    """A spinner beside `what`, gone when it is over; a line, where the terminal moves no cursor.

    What it hands over adds a line below, for a step that has ended. It is gone, too, while a key is come by:
    a store for keys may ask for a passphrase. Nothing is shown where nobody sits there.
    """
    if not app.interactive:
        yield lambda _line: None
        return
    if not moves_cursor(app.environ):
        say(f"{what} …")
        yield say
        return
    sign = _Sign(f"{what} …")
    usual = app.secrets.around
    app.secrets.around = sign.pause
    try:
        yield sign.add
    finally:
        app.secrets.around = usual
        sign.end()


class _Sign:
    """A spinner with lines below it, from a moment on; unseen in a pause, and when it has ended."""

    def __init__(self, text: str) -> None:
        self._lines = [text]
        self._lock = Lock()
        self._pauses = 0
        self._due = False
        self._spinner: Spinner | None = None
        self._timer = Timer(_SHOWN_AFTER_S, self._show)
        self._timer.daemon = True
        self._timer.start()

    def add(self, line: str) -> None:
        """One more line."""
        with self._lock:
            self._lines.append(line)
            if self._spinner is not None:
                self._spinner.update(self._lines)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Be unseen meanwhile; it turns again when the last of several pauses is over."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def end(self) -> None:
        """Never be seen again."""
        self._timer.cancel()
        with self._lock:
            self._due = False
            self._turn()

    def _show(self) -> None:
        with self._lock:
            self._due = True
            self._turn()

    def _count(self, by: int) -> None:
        with self._lock:
            self._pauses += by
            self._turn()

    def _turn(self) -> None:
        if self._due and not self._pauses:
            from tray.terminal.spinner import Spinner

            if self._spinner is None:
                self._spinner = Spinner(sys.stderr, os.environ)
            self._spinner.update(self._lines)
            self._spinner.start()
        elif self._spinner is not None:
            self._spinner.stop()
