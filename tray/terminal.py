"""The looks of a terminal, by Rich: only for the answers one reads, never on the fast paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

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
    table = _plain_table("", "PROFILE", "ROUTE", "KEY", "LABEL")
    for row in data["profiles"]:
        style = "bold green" if row["active"] else ""
        mark = "●" if row["active"] else ""
        if "problem" in row:
            table.add_row("✖", escape(row["name"]), escape(row["problem"]), "", "", style="red")
        else:
            key = "helper" if row["key_delivery"] == "helper" else "in settings"
            table.add_row(
                mark, escape(row["name"]), escape(row["route"]), key, escape(row["label"]), style=style
            )
    console.print(table)


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
    console.print(Text(f"  {data['settings']}", "dim"))
    console.print(Text(f"  {data['sessions']} running session(s)", "dim"))
    for row, line in zip(data["drift"], wording.drift_lines(data), strict=True):
        console.print(Text(line, "bold red" if row["alarming"] else "yellow"))
    for line in wording.hint_lines(data):
        console.print(Text(f"  {line}", "cyan"))
    if data["effective"]:
        console.print(Text(f"\nA new session in {data['directory']} would use", "dim"))
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
        console.print(Text(line, "red" if line.startswith("-") else "green"))


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
