"""A sign that something is waited for, on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tray.terminal.choosing.choose import moves_cursor
from tray.terminal.prompts import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def waiting(environ: Mapping[str, str], what: str) -> Iterator[None]:
    """A spinner beside `what`, gone when it is over; a line, where the terminal moves no cursor."""
    if not moves_cursor(environ):
        say(f"{what} …")
        yield
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False, markup=False).status(f"{what} …"):
        yield
