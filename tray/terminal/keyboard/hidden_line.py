"""A secret line: a dot for each character and their number, so that a paste is seen to have arrived."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from tray.terminal.keyboard.cursor import moves_cursor, pressed
from tray.terminal.keyboard.keys import edited

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOTS = 12  # as many say enough; the number says the rest
_WIDEST = _DOTS + len(" 1,000,000 characters")


def hidden_line(prompt: str) -> str:
    """What was typed. Raises EOFError where the input ended, KeyboardInterrupt at Ctrl-C.

    Where the cursor cannot be moved, or the terminal is read aloud, nothing is shown of it.
    """
    if not (sys.stdin.isatty() and moves_cursor(os.environ)):
        from getpass import getpass

        return getpass(prompt, stream=sys.stderr)
    if len(prompt) + _WIDEST >= shutil.get_terminal_size().columns:
        _say(f"{prompt}\n")
        prompt = "  "
    try:
        with pressed() as keys:  # before anything is asked: what is typed at once is not shown either
            _say(prompt)
            return _typed(keys, len(prompt) + 1)
    finally:
        _say("\n")


def dots(length: int) -> str:
    """What is shown of so many characters, such as `•••• 4 characters`."""
    unit = "character" if length == 1 else "characters"
    return f"{'•' * min(length, _DOTS)} {length:,} {unit}" if length else ""


def _typed(keys: Iterable[str], column: int) -> str:
    typed = ""
    for key in keys:
        if key == "stop":
            raise KeyboardInterrupt
        if key == "end of input" and not typed:
            raise EOFError
        if key in ("enter", "end of input"):
            break
        now = edited(typed, key)
        if now is not None:
            typed = now
            _say(f"\x1b[{column}G{dots(len(typed))}\x1b[K")
    return typed


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
