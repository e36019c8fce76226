"""The lines of a list that a person looks through, as wide as the terminal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.choice import Choice
    from tray.terminal.choosing.looking import Looking

ROWS = 12  # of the list at a time
_AROUND = 8  # lines that are none of its rows
_LABEL = 60  # cells of the longest label before its detail begins


class Style(NamedTuple):
    """What stands before and after text to have it bold, dim or marked as the one that Return chooses."""

    strong: tuple[str, str] = ("\x1b[1m", "\x1b[22m")
    faint: tuple[str, str] = ("\x1b[2m", "\x1b[22m")
    here: tuple[str, str] = ("\x1b[36m", "\x1b[39m")


COLOURED = Style()
PLAIN = Style(here=("\x1b[1m", "\x1b[22m"))  # with NO_COLOR


def page_of(height: int) -> int:
    """How many rows of a list fit a terminal of that height."""
    return max(min(ROWS, height - _AROUND), 1)


def lines_of(
    question: str, rows: Sequence[Choice], total: int, looking: Looking, size: tuple[int, int], style: Style
) -> list[str]:
    """The question, what was typed, the rows around the one that Return chooses, and how many there are."""
    width, height = max(size[0] - 1, 20), size[1]
    page = page_of(height)
    start = min(max(looking.at - page // 2, 0), max(len(rows) - page, 0))
    shown = rows[start : start + page]
    label = min(max((cell_len(each.label) for each in shown), default=0), _LABEL, width // 2)
    lines = [_in(style.strong, _cut(question, width)), _search(looking.typed, width, style)]
    group = None
    for at, each in enumerate(shown, start):
        if each.group != group and each.group:
            lines.append(_in(style.faint, _cut(f"  {each.group}", width)))
        group = each.group
        lines.append(_row(each, label, width, style, here=at == looking.at))
    if not rows:
        lines.append("  Nothing of that name.")
    lines.append(_in(style.faint, _cut(_foot(len(rows), total), width)))
    return [*lines, _cut(f"  {looking.said}", width)] if looking.said else lines


def _search(typed: str, width: int, style: Style) -> str:
    return f"  {_cut(typed, width - 4)}▏" if typed else _in(style.faint, _cut("  type to search …", width))


def _row(row: Choice, label: int, width: int, style: Style, *, here: bool) -> str:
    name = row.label if cell_len(row.label) <= label or not row.detail else _cut(row.label, label)
    detail = f"{row.detail} · {row.disabled}" if row.detail and row.disabled else row.detail or row.disabled
    room = width - 4 - max(label, cell_len(name)) - 2
    named = _cut(set_cell_size(name, max(label, cell_len(name))) if detail else name, width - 4)
    text = named if here and not row.disabled else _in(style.faint, named) if row.disabled else named
    text = _in(style.here, text) if here else text
    return (
        ("> " if here else "  ")
        + text
        + (f"  {_in(style.faint, _cut(detail, room))}" if detail and room > 8 else "")
    )


def _foot(found: int, total: int) -> str:
    counted = f"{found:,} of {total:,}" if found != total else f"{total:,}"
    return f"  {counted} · ↑ ↓ move, Return chooses, Ctrl-C stops"


def _in(style: tuple[str, str], text: str) -> str:
    return f"{style[0]}{text}{style[1]}" if text else text


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 0)) + "…"
