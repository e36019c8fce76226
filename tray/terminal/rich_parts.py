"""What the looks of a terminal are made of: tables, lines of a difference, foreign text fit to be shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape as escape_markup
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from profiles.base.text import printable
from tray.terminal.colours import STYLES, is_forced

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNS = {"- ": "error", "+ ": "ok", "! ": "warning"}  # how a line of a diff begins


def console(*, stderr: bool = False, soft_wrap: bool = False) -> Console:
    """The terminal, with the table's colours; NO_COLOR and what it can do are Rich's to follow."""
    return Console(
        stderr=stderr,
        soft_wrap=soft_wrap,
        highlight=False,
        markup=not stderr,
        theme=Theme(STYLES),
        force_terminal=True if is_forced(os.environ) else None,
    )


def escape(text: str) -> str:
    """A text from anywhere as Rich may have it: no markup, and no control character reaches the terminal."""
    return escape_markup(printable(text, 10_000))


def plain_table(*headings: str) -> Table:
    """A table without lines, its headings dim."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="faint", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_rows(
    console: Console, none: str, headings: tuple[str, ...], rows: list[tuple[list[str], str]]
) -> None:
    """A table with a line for each row, its cells and its style; the words `none` where there is no row."""
    if not rows:
        console.print(none)
        return
    table = plain_table(*headings)
    for cells, style in rows:
        table.add_row(*map(escape, cells), style=style)
    console.print(table)


def print_difference(console: Console, lines: Iterable[str]) -> None:
    """Lines of a difference in its colours: - what is, + what would be, ! what to mind."""
    for line in lines:
        console.print(Text(printable(line, 10_000), _SIGNS.get(line[:2], "")))


def say_difference(lines: Iterable[str]) -> None:
    """The same for the person, not for the next program."""
    print_difference(console(stderr=True, soft_wrap=True), lines)
