"""Tables for eyes: columns as wide as what they hold, or as the terminal leaves room for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.base.text import printable
from tray.terminal.widths import cell_len, spans

Cells = Sequence[str | tuple[str, str]]  # each a text, or one with a style of its own
_GAP = 2  # columns


def table_lines(
    headings: Sequence[str], rows: Sequence[tuple[Cells, str]], room: int
) -> Iterator[list[tuple[str, str]]]:
    """The lines, each the texts in it with their styles; no headings where none has a text.

    What does not fit goes on below itself, in its column.
    """
    shown = [([_styled(cell, style) for cell in cells], style) for cells, style in rows]
    if any(headings):
        shown.insert(0, ([(heading, "faint") for heading in headings], "faint"))
    widths = fitted([[text for text, _ in cells] for cells, _ in shown], room)
    for cells, _ in shown:
        pieces = [
            [text[start:end] for start, end in spans(text, width)]
            for (text, _), width in zip(cells, widths, strict=True)
        ]
        for at in range(max(map(len, pieces))):
            line: list[tuple[str, str]] = []
            for (_, style), lines, width in zip(cells, pieces, widths, strict=True):
                piece = lines[at] if at < len(lines) else ""
                line += [(piece, style), (" " * (width - cell_len(piece) + _GAP), "")]
            yield line[:-1]


def _styled(cell: str | tuple[str, str], usual: str) -> tuple[str, str]:
    text, style = cell if isinstance(cell, tuple) else (cell, "")
    return printable(text, 10_000), style or usual


def natural(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is by what it holds."""
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def table_width(rows: Sequence[Sequence[str]]) -> int:
    """The columns of a terminal that a table of these rows takes."""
    widths = natural(rows)
    return sum(widths) + _GAP * (len(widths) - 1)


def fitted(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column may be: where there is too little room, the widest are made narrower."""
    widths = natural(rows)
    room -= _GAP * (len(widths) - 1)
    most = max(widths)
    while most > 1 and sum(min(width, most) for width in widths) > room:
        most -= 1
    return [max(min(width, most), 1) for width in widths]
