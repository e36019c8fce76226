"""A sign that turns beside some lines, below what was printed so far, until it is taken away."""

from __future__ import annotations

import threading
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING

from profiles.base.text import printable
from tray.terminal.colours import dressed
from tray.terminal.looks.screen import has_styles, width_of
from tray.terminal.widths import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

_SIGNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TURN_S = 0.08


class Spinner:
    """Drawn by a thread of its own. `start`, `update` and `stop` are for one thread at a time."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._width = max(width_of(stream, environ) - 3, 1)  # a line that wrapped could not be taken away
        self._coloured = has_styles(stream, environ) and not environ.get("NO_COLOR")
        self._lines: list[str] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def update(self, lines: Sequence[str]) -> None:
        """Have it stand beside the first of these lines, and above the others."""
        self._lines = [self._fitting(line) for line in lines]

    def start(self) -> None:
        """Show it."""
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._turn, name="spinner", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take it away, with its lines."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None

    def _fitting(self, line: str) -> str:
        line = printable(line, 10_000)
        return line if cell_len(line) <= self._width else set_cell_size(line, self._width - 1) + "…"

    def _turn(self) -> None:
        signs = cycle(_SIGNS)
        drawn = 0
        with suppress(OSError, ValueError):  # nobody sees it any more
            while not self._over.is_set():
                sign = dressed(next(signs), "action", coloured=self._coloured)
                lines = self._lines
                self._write(f"{_without(drawn)}{sign} " + "\n".join(lines))
                drawn = len(lines)
                self._over.wait(_TURN_S)
            self._write(_without(drawn))

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _without(lines: int) -> str:
    """What takes so many lines away, the cursor being in the last of them."""
    return "\r\x1b[2K" + "\x1b[1A\x1b[2K" * (lines - 1) if lines else ""
