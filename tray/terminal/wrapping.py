"""Lines for a terminal that is narrower than they are: broken between words, never inside one."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_ROOM = 30  # columns, without which a last column is continued below its row instead of below itself
_OF_FILES = ("+ ", "- ", "env.", "header.")  # a difference; settings with their values
_HELPER = " key print "  # a command as a settings file has it
_JSON = ("{", "[", "]", "}", '"')
_AS_IT_IS = (*_JSON, "$ ")  # commands, too, are there to be copied


def fitted(text: str, stream: TextIO) -> str:
    """The text; on a terminal with `~` in its paths, and, if that is too narrow, line ends between its words.

    What stands in backticks stays in one piece, to be copied.
    """
    width = columns_of(stream)
    if not width:
        return text
    text = with_tilde(text)
    return text if _fits(text, width) else "\n".join(broken(line, width) for line in text.split("\n"))


def with_tilde(text: str) -> str:
    """The text with `~` for the home directory, as a shell takes it: where a path begins, never in quotes.

    What a file holds, or would hold, stays as it is there. Columns stay where they are.
    """
    home = os.path.expanduser("~")
    if home not in text or sys.platform == "win32" or len(home) < len("/x") or _is_exact(text):
        return text
    done, *parts = text.split(home)
    for part in parts:
        is_path = (not done or done[-1] in " (\n") and (not part or part[0] in "/ ,;:)\n")
        if not is_path or _is_quoted(done[done.rfind("\n") + 1 :]):
            done += home + part
            continue
        gap = part.find(" ")
        if part[gap : gap + 2] == "  " and part[gap:].strip():
            part = part[:gap] + " " * (len(home) - 1) + part[gap:]
        done += f"~{part}"
    return done


def _is_quoted(line: str) -> bool:
    """Whether a quote is open at its end. One behind a letter opens none: it is an apostrophe."""
    quote, before = "", " "
    for sign in line:
        if sign == quote:
            quote = ""
        elif not quote and sign in "'\"" and before in " (=`":
            quote = sign
        before = sign
    return bool(quote)


def _is_exact(line: str) -> bool:
    from profiles.claude_code.owned_slots import HELPER_KEY

    return line.lstrip().startswith((*_JSON, *_OF_FILES, HELPER_KEY)) or _HELPER in line


def columns_of(stream: TextIO) -> int:
    """How wide the terminal is; 0 where there is none, or it does not say."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns
    return 0


def broken(line: str, width: int) -> str:
    """The line with line ends between its words, so that none is longer than `width`, where that can be."""
    if _fits(line, width) or line.lstrip().startswith(_AS_IT_IS):
        return line
    from tray.terminal.widths import spans  # most lines fit

    hang = hang_of(line, width)
    first, *rest = [line[start:end] for start, end in spans(line, width, hang, whole=True)]
    return "\n".join([first, *(" " * hang + each for each in rest)])


def _fits(text: str, width: int) -> bool:
    if text.isascii():
        return len(text) <= width
    from tray.terminal.widths import cell_len

    return cell_len(text) <= width


def hang_of(line: str, width: int) -> int:
    """How far a line is indented where it goes on: below its last column, if there is room for one."""
    margin = len(line) - len(line.lstrip())
    last = line.rstrip().rfind("  ") + 2  # 1 without a column, where the last column begins
    if last <= max(margin, 1):  # there is but one
        is_headed = line.partition(" ")[0].endswith(":")  # such as `error: `, or the name of what it is about
        return 2 if is_headed else margin
    return last if width - last >= _ROOM else margin + 2
