"""The text of git's `info/exclude` with lines of ours: put in, and taken out again to the very bytes. Pure.

Ours are two: the pattern, and before it a comment by which it is told from a line of the user's own of the
same words. The comment also says what else had to be made for them, since that goes with them.
"""

from __future__ import annotations

import re

_MARK = b"# pkcc-tray put the next line here, and `pkcc-tray project remove` takes it out"
_FILE = b" (with this file)"
_LINE_END = b" (with the end of the line above)"
_ALSO = b"|".join(map(re.escape, (_FILE, _LINE_END, b"")))


def with_pattern(text: bytes | None, pattern: bytes) -> bytes:
    """The text with our two lines at its end; None for no file."""
    before = text or b""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    also = _FILE if text is None else _LINE_END if before and not before.endswith(b"\n") else b""
    gap = end if also is _LINE_END else b""
    return before + gap + _MARK + also + end + pattern + end


def without_pattern(text: bytes, pattern: bytes) -> bytes | None:
    """The text without our two lines, itself where they are not there; None where the file was ours."""
    ours = re.compile(
        rb"(?m)^%b(%b)\r?\n%b\r?(?:\n|\Z)" % (re.escape(_MARK), _ALSO, re.escape(pattern))
    ).search(text)
    if ours is None:
        return text
    before, also, after = text[: ours.start()], ours[1], text[ours.end() :]
    if after.startswith(_MARK):  # the next of ours: it goes on with what was made
        after = _MARK + also + after[len(_MARK) :]
    elif also == _LINE_END and not after:
        before = re.sub(rb"\r?\n\Z", b"", before)
    return None if also == _FILE and not before + after else before + after


def without_line(text: bytes, pattern: bytes) -> bytes:
    """The text without the last line of just that pattern: versions before put it there without a comment."""
    lines = text.split(b"\n")
    for number in reversed(range(len(lines))):
        if lines[number].rstrip(b"\r") == pattern:
            return b"\n".join(lines[:number] + lines[number + 1 :])
    return text
