"""A terminal that answers are drawn on: its width, which styles it shows, and lines that fit it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from profiles.base.text import printable
from tray.terminal.colours import dressed, is_forced
from tray.terminal.keyboard.cursor import takes_sequences
from tray.terminal.looks.table import Cells, table_lines
from tray.terminal.widths import spans
from tray.terminal.wrapping import columns_of, hang_of, with_tilde

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TextIO

_SIGNS = {"- ": "error", "+ ": "ok", "! ": "warning"}  # how a line of a diff begins
_USUAL_WIDTH = 80
_LONGEST = 10_000

Part = tuple[str, str]  # a text, and its style


class Screen:
    """Standard output, or standard error. Any text may be handed over: no control character gets through."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self.width = width_of(stream, environ)
        self._styled = has_styles(stream, environ)
        self._coloured = not environ.get("NO_COLOR")

    def say(self, text: str = "", style: str = "", *, first: str = "", rest: str | None = None) -> None:
        """Print a text after `first`; what needs more lines goes on below itself, after `rest`."""
        self.say_parts([(text, style)], first=first, rest=rest)

    def say_parts(self, parts: Sequence[Part], *, first: str = "", rest: str | None = None) -> None:
        """Print several texts in a row, each in a style of its own."""
        parts = [(printable(with_tilde(text), _LONGEST), style) for text, style in parts]
        whole = "".join(text for text, _ in parts)
        margin = first if rest is None else rest
        if rest is None:
            margin += " " * hang_of(whole, self.width - len(first))
        lead = first
        for start, end in spans(whole, self.width - len(first), len(margin) - len(first)):
            self._write([(lead, ""), *_cut(parts, start, end)])
            lead = margin

    def say_whole(self, text: str, style: str = "") -> None:
        """Print a text that is to be copied: in one line, however narrow the terminal is."""
        self._write([(printable(text, _LONGEST), style)])

    def say_rows(self, none: str, headings: Sequence[str], rows: Sequence[tuple[Cells, str]]) -> None:
        """Print a table with a line for each row, its cells and its style; the words `none` for no row."""
        if not rows:
            self.say(none)
            return
        short = [([_short(cell) for cell in cells], style) for cells, style in rows]
        for parts in table_lines(headings, short, self.width):
            self._write(parts)

    def say_difference(self, lines: Iterable[str]) -> None:
        """Print lines of a difference in its colours: - what is, + what would be, ! what to mind."""
        for line in lines:
            self.say_whole(line, _SIGNS.get(line[:2], ""))

    def _write(self, parts: Iterable[Part]) -> None:
        if self._styled:
            shown = "".join(dressed(text, style, coloured=self._coloured) for text, style in parts)
        else:
            shown = "".join(text for text, _ in parts)
        self._stream.write(f"{shown.rstrip()}\n")


def _short(cell: str | Part) -> str | Part:
    return (with_tilde(cell[0]), cell[1]) if isinstance(cell, tuple) else with_tilde(cell)


def _cut(parts: Iterable[Part], start: int, end: int) -> list[Part]:
    """What lies between those places of all the texts."""
    found, at = [], 0
    for text, style in parts:
        if piece := text[max(start - at, 0) : max(end - at, 0)]:
            found.append((piece, style))
        at += len(text)
    return found


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Its columns: what COLUMNS says, else the terminal; the usual ones where neither does."""
    if (said := environ.get("COLUMNS", "")).isdecimal() and int(said):
        return int(said)
    return columns_of(stream) or _USUAL_WIDTH


def has_styles(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether bold text and colours are shown there, or wanted all the same."""
    if environ.get("TERM", "") in ("dumb", "unknown"):
        return False
    return is_forced(environ) or (stream.isatty() and takes_sequences(stream))


def on_output() -> Screen:
    """Standard output."""
    return Screen(sys.stdout, os.environ)


def say_difference(lines: Iterable[str]) -> None:
    """Print lines of a difference for the person, not for the next program."""
    Screen(sys.stderr, os.environ).say_difference(lines)
