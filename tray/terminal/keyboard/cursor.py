"""What this terminal can do: read single keys, and move its cursor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import TextIO


def moves_cursor(environ: Mapping[str, str]) -> bool:
    """Whether the terminal can show a list that changes in place, and nobody has it read out instead."""
    plain = any(environ.get(name, "0") not in ("", "0") for name in ("ACCESSIBLE", "PKCC_PLAIN"))
    if plain or "utf" not in (sys.stderr.encoding or "").lower():
        return False
    if sys.platform == "win32":
        from tray.terminal.keyboard import keys_windows

        return takes_sequences(sys.stderr) and not keys_windows.has_screen_reader()
    return environ.get("TERM", "") not in ("", "dumb", "unknown")


def takes_sequences(stream: TextIO) -> bool:
    """Whether the stream's terminal takes ANSI's sequences; Windows' console is told to."""
    if sys.platform == "win32":
        from tray.terminal.keyboard.keys_windows import sequences_taken

        return sequences_taken(stream)
    return True


def pressed() -> AbstractContextManager[Iterator[str]]:
    """The keys as they are pressed, unseen; afterwards the terminal is as it was."""
    if sys.platform == "win32":
        from tray.terminal.keyboard.keys_windows import pressed as keys
    else:
        from tray.terminal.keyboard.keys import pressed as keys
    return keys()
