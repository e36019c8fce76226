"""The lines of a list that a person looks through, as wide as the terminal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.choosing.searched_list import TYPED
from tray.terminal.colours import ACTION, BOLD, DIM, FAINT, NO_COLOUR, NOT_BOLD, escape_code
from tray.terminal.widths import cell_len, set_cell_size
from tray.terminal.wrapping import broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.account.choice import Choice
    from tray.terminal.choosing.searched_list import SearchedList

ROWS = 12  # of the list at a time
_AROUND = 8  # lines that are none of its rows
_SAID = 3  # lines of why something cannot be chosen
_AT_A_GLANCE = 6  # rows
_LABEL = 60  # cells behind which details begin at the latest, but for longer names
_LEAST = 9  # cells of a detail that is worth showing


class Style(NamedTuple):
    """What stands before and after text to have it bold, dim or marked as the one that Return chooses."""

    strong: tuple[str, str] = (BOLD, NOT_BOLD)
    faint: tuple[str, str] = (escape_code(FAINT), NO_COLOUR)
    here: tuple[str, str] = (escape_code(ACTION), NO_COLOUR)


COLOURED = Style()
PLAIN = Style(faint=(DIM, NOT_BOLD), here=(BOLD, NOT_BOLD))  # with NO_COLOR


def page_of(height: int) -> int:
    """How many rows of a list fit a terminal of that height."""
    return max(min(ROWS, height - _AROUND), 1)


def lines_of(
    question: str,
    rows: Sequence[Choice],
    total: int,
    state: SearchedList,
    size: tuple[int, int],
    style: Style,
    *,
    free: bool = False,
) -> list[str]:
    """The question, what was typed, the rows around the one that Return chooses, and how many there are."""
    width, height = max(size[0] - 1, 20), size[1]
    page = page_of(height)
    start = min(max(state.at - page // 2, 0), max(len(rows) - page, 0))
    shown = rows[start : start + page]
    searched = _search(state.typed, total, width, style, free=free)
    lines = [_in(style.strong, _cut(question, width)), *searched]
    labels = _label_widths(shown, width)
    group = None
    for at, each in enumerate(shown, start):
        if each.group != group and each.group:
            lines.append(_in(style.faint, _cut(f"  {each.group}", width)))
        group = each.group
        lines.append(_row(each, labels[each.group], width, style, here=at == state.at))
    if not rows:
        lines.append("  Nothing of that name.")
    lines.append(_in(style.faint, _cut(_foot(sum(each.key != TYPED for each in rows), total), width)))
    said = broken(f"  {state.said}", width).split("\n")[:_SAID] if state.said else []
    return [*lines, *(_cut(line, width) for line in said)]


def _label_widths(rows: Sequence[Choice], width: int) -> dict[str, int]:
    """How wide each group's labels are together: their details stand below each other."""
    found: dict[str, int] = {}
    for each in rows:
        found[each.group] = max(found.get(each.group, 0), min(cell_len(each.label), _LABEL, width // 2))
    return found


def _search(typed: str, total: int, width: int, style: Style, *, free: bool) -> list[str]:
    """What was typed; how one may type, where nothing was; nothing in a list that is seen at a glance."""
    if typed:
        return [f"  {_cut(typed, width - 4)}▏"]
    if free:
        return [_in(style.faint, _cut("  type to search, or a name that is not here …", width))]
    return [_in(style.faint, _cut("  type to search …", width))] if total > _AT_A_GLANCE else []


def _row(row: Choice, label: int, width: int, style: Style, *, here: bool) -> str:
    """The whole name where it fits, and of what else is known as much as there is room for."""
    detail = " · ".join(part for part in (row.disabled, row.detail) if part)
    name = _cut(row.label, width - 4)
    room = width - 6 - max(label, cell_len(name))
    shown = _in(style.faint, name) if row.disabled else name
    text = ("> " if here else "  ") + (_in(style.here, shown) if here else shown)
    if not detail or room < _LEAST:
        return text
    return text + " " * (max(label - cell_len(name), 0) + 2) + _in(style.faint, _cut(detail, room))


def _foot(found: int, total: int) -> str:
    counted = f"{found:,} of {total:,}" if found != total else f"{total:,}"
    return f"  {counted} · ↑ ↓ move, Return chooses, Esc stops"


def _in(style: tuple[str, str], text: str) -> str:
    return f"{style[0]}{text}{style[1]}" if text else text


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 0)) + "…"
