"""What is pressed, key by key, by names such as `up`; a letter is itself. Not for Windows' console."""

from __future__ import annotations

import codecs
import os
import re
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED = {
    "\r": "enter", "\n": "enter", "\x7f": "erase", "\x08": "erase", "\x15": "erase all", "\x17": "erase word",
    "\x04": "end of input", "\x03": "stop", "\x10": "up", "\x0e": "down", "\x1b": "escape",
}  # fmt: skip
_SEQUENCES = {
    "A": "up", "B": "down", "H": "home", "F": "end", "1~": "home", "7~": "home", "4~": "end", "8~": "end",
    "5~": "page up", "6~": "page down",
}  # fmt: skip
_SEQUENCE = re.compile(r"\x1b[\[O]([0-9;?<]*[ -/]*[@-~])")
_REST_S = 0.05  # after which an Escape is one, and not the beginning of a key's sequence


def split_keys(text: str) -> list[str]:
    """The keys in what a terminal sent; "" for a sequence that is none we know, or a control character."""
    found = []
    while text:
        if match := _SEQUENCE.match(text):
            found.append(_SEQUENCES.get(match[1], ""))
            text = text[match.end() :]
            continue
        found.append(_NAMED.get(text[0], text[0] if text[0].isprintable() else ""))
        text = text[1:]
    return found


if sys.platform != "win32":
    import termios

    @contextmanager
    def pressed() -> Iterator[Iterator[str]]:
        """The keys as they are pressed, unseen; afterwards the terminal is as it was."""
        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
        quiet = termios.tcgetattr(fd)
        quiet[3] &= ~(termios.ICANON | termios.ECHO)
        quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
        quiet[6][termios.VSUSP] = b"\0"  # stopped here, a shell would come back to a terminal without echo
        termios.tcsetattr(fd, termios.TCSADRAIN, quiet)
        try:
            yield _keys(fd)
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def _keys(fd: int) -> Iterator[str]:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while data := os.read(fd, 4096):
            text = decode(data)
            while _begins_sequence(text) and select.select([fd], [], [], _REST_S)[0]:
                text += decode(os.read(fd, 4096))
            yield from split_keys(text)
        yield "end of input"


def edited(before: str, key: str) -> str | None:
    """A text after a key that types or erases; None after any other."""
    if key == "erase":
        return before[:-1]
    if key in ("escape", "erase all"):
        return ""
    if key == "erase word":
        return before.rstrip().rpartition(" ")[0]
    return before + key if len(key) == 1 and key.isprintable() else None


def _begins_sequence(text: str) -> bool:
    return re.search(r"\x1b(?:[\[O][0-9;?<]*)?$", text) is not None
