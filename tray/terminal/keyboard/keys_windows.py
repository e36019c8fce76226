"""What is pressed, as `keys` has it, on Windows' console; and whether a screen reader reads it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tray.terminal.keyboard.keys import split_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    import ctypes
    import msvcrt

    _CODES = {"H": "up", "P": "down", "I": "page up", "Q": "page down", "G": "home", "O": "end"}
    _STDERR, _VIRTUAL_TERMINAL, _SCREEN_READER = -12, 4, 70

    @contextmanager
    def pressed() -> Iterator[Iterator[str]]:
        """The keys as they are pressed, unseen."""
        yield _keys()

    def _keys() -> Iterator[str]:
        while True:
            char = msvcrt.getwch()
            if char in ("\x00", "\xe0"):
                yield _CODES.get(msvcrt.getwch(), "")
            elif char == "\x1a":
                yield "end of input"
            else:
                yield from split_keys(char)

    def moves_cursor() -> bool:
        """Whether the console takes ANSI's sequences, which it is told to."""
        kernel = ctypes.windll.kernel32
        handle, mode = kernel.GetStdHandle(_STDERR), ctypes.c_uint32()
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(handle, mode.value | _VIRTUAL_TERMINAL))

    def has_screen_reader() -> bool:
        """Whether Windows says that one is running."""
        found = ctypes.c_int()
        ctypes.windll.user32.SystemParametersInfoW(_SCREEN_READER, 0, ctypes.byref(found), 0)
        return bool(found.value)
