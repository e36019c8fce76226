"""What is pressed, as `keys` has it, on Windows' console; and whether a screen reader reads it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tray.terminal.keyboard.keys import split_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

if sys.platform == "win32":
    import ctypes
    import msvcrt

    _CODES = {"H": "up", "P": "down", "I": "page up", "Q": "page down", "G": "home", "O": "end"}
    _VIRTUAL_TERMINAL, _SCREEN_READER = 4, 70

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

    def sequences_taken(stream: TextIO) -> bool:
        """Whether the stream's console takes ANSI's sequences, which it is told to."""
        kernel, mode = ctypes.windll.kernel32, ctypes.c_uint32()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(handle, mode.value | _VIRTUAL_TERMINAL))

    def has_screen_reader() -> bool:
        """Whether Windows says that one is running."""
        found = ctypes.c_int()
        ctypes.windll.user32.SystemParametersInfoW(_SCREEN_READER, 0, ctypes.byref(found), 0)
        return bool(found.value)
