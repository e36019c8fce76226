"""The looks of a terminal, by Rich: only for the answers one reads, never on the fast paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape as escape_markup
from rich.table import Table
from rich.text import Text

from profiles.names import printable
from tray import wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.results import Result

_STYLES = {
    "active": "bold green",
    "off": "dim",
    "drift": "bold yellow",
    "gone": "bold red",
    "unparsable": "bold red",
}
_DOTS = {"active": "●", "off": "○", "drift": "▲", "gone": "✖", "unparsable": "✖"}


def escape(text: str) -> str:
    """A text from anywhere as Rich may have it: no markup, and no control character reaches the terminal."""
    return escape_markup(printable(text, 10_000))


def draw(result: Result) -> None:
    """Draw the result on the terminal; NO_COLOR and the terminal's abilities are Rich's to follow."""
    console = Console(highlight=False, soft_wrap=False)
    _DRAWERS[result.view](console, result.data)


def _plain_table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _list(console: Console, data: dict[str, Any]) -> None:
    if not data["profiles"]:
        console.print(wording.lines_of("list", data)[0])
        return
    whole = [row for row in data["profiles"] if "problem" not in row]
    keys = {row["name"]: "helper" if row["key_delivery"] == "helper" else "in settings" for row in whole}
    cells = [["●", row["name"], row["route"], keys[row["name"]], row["label"]] for row in whole]
    headings = ["", "PROFILE", "ROUTE", "KEY", "LABEL"]
    # Where not everything fits, what matters least goes as a whole, instead of words in two.
    while len(headings) > 3 and _width([headings, *cells]) > console.width:
        headings.pop()
        cells = [row[:-1] for row in cells]
    table = _plain_table(*headings)
    for row in data["profiles"]:
        if "problem" in row:
            empty = [""] * (len(headings) - 3)
            table.add_row("✖", escape(row["name"]), escape(row["problem"]), *empty, style="red")
        else:
            _, *shown = next(each for each in cells if each[1] == row["name"])
            mark, style = ("●", "bold green") if row["active"] else ("", "")
            table.add_row(mark, *map(escape, shown), style=style)
    console.print(table)


def _width(rows: list[list[str]]) -> int:
    """The columns that a plain table of these rows takes."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1)


def _status(console: Console, data: dict[str, Any]) -> None:
    condition, profile = data["condition"], data["profile"]
    headline = Text.assemble(
        (f"{_DOTS[condition]} ", _STYLES[condition]), (data["active"] or "no profile", "bold")
    )
    if profile and data["active"]:
        headline.append(f"  {profile['route']}", "default")
        if profile["label"]:
            headline.append(f"  {profile['label']}", "dim")
    console.print(headline)
    console.print(Text(f"  {wording.CONDITIONS[condition]}", _STYLES[condition].replace("bold ", "")))
    console.print(Text(printable(f"  {data['settings']}", 10_000), "dim"))
    console.print(Text(f"  {wording.counted(data['sessions'], 'running session')}", "dim"))
    for row, line in zip(data["drift"], wording.drift_lines(data), strict=True):
        console.print(Text(printable(line, 10_000), "bold red" if row["alarming"] else "yellow"))
    for line in wording.hint_lines(data):
        console.print(Text(printable(f"  {line}", 10_000), "cyan"))
    if data["effective"]:
        console.print()
        console.print(Text(printable(f"A new session in {data['directory']} would use", 10_000), "dim"))
        table = _plain_table("", "DECIDED BY", "VALUE")
        for row in data["effective"]:
            slot, source, value = wording.effective_cells(row)
            table.add_row(
                escape(slot), escape(source), escape(value), style="" if row["source"] == "user" else "yellow"
            )
        console.print(table)


def _diff(console: Console, data: dict[str, Any]) -> None:
    if not data["changes"]:
        console.print(wording.lines_of("diff", data)[0])
    for line in wording.change_lines(data["changes"]):
        console.print(Text(printable(line, 10_000), "red" if line.startswith("-") else "green"))


def _sessions(console: Console, data: dict[str, Any]) -> None:
    if not data["sessions"]:
        console.print(wording.lines_of("sessions", data)[0])
        return
    table = _plain_table("PID", "VERSION", "DIRECTORY", "ROUTE", "DECIDED")
    for row in data["sessions"]:
        table.add_row(*(escape(cell) for cell in wording.session_cells(row)))
    console.print(table)


def _history(console: Console, data: dict[str, Any]) -> None:
    if not data["steps"]:
        console.print(wording.lines_of("history", data)[0])
        return
    table = _plain_table("WHEN", "WHAT", "")
    for step in data["steps"]:
        table.add_row(wording.when(step["at"]), step["action"], escape(wording.step_text(step)))
    console.print(table)


def _keys(console: Console, data: dict[str, Any]) -> None:
    if not data["keys"]:
        console.print(wording.lines_of("keys", data)[0])
        return
    table = _plain_table("KEY", "STORED IN", "USED BY")
    for row in data["keys"]:
        style = "red" if not row["stored_in"] else "dim" if not row["used_by"] else ""
        table.add_row(*(escape(cell) for cell in wording.key_cells(row)), style=style)
    console.print(table)


_DRAWERS: dict[str, Callable[[Console, dict[str, Any]], None]] = {
    "diff": _diff,
    "history": _history,
    "keys": _keys,
    "list": _list,
    "sessions": _sessions,
    "status": _status,
}
