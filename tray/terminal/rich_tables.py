"""The looks of a terminal, by Rich: only for the answers one reads, never on the fast paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape as escape_markup
from rich.table import Table
from rich.text import Text

from profiles.base.text import printable
from tray.terminal.words import keys as wording_keys
from tray.terminal.words import profiles as wording_profiles
from tray.terminal.words import views as wording
from tray.terminal.words.check import lines_with_verdicts
from tray.terminal.words.doctor import doctor_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.actions.more.check import Checked
    from tray.actions.more.doctor import Findings
    from tray.actions.profiles.overview import ProfileList
    from tray.actions.stored_keys import KeyList
    from tray.terminal.results import Report, Result

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


def draw(result: Report | Result) -> None:
    """Draw the result on the terminal; NO_COLOR and the terminal's abilities are Rich's to follow."""
    console = Console(highlight=False, soft_wrap=False)
    _DRAWERS[result.draw](console, getattr(result, "outcome", result.data))


def _plain_table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _list(console: Console, found: ProfileList) -> None:
    if not found.profiles:
        console.print(wording_profiles.NONE_YET)
        return
    cells = {
        name: ["●", name, row.route, "helper" if row.key_delivery == "helper" else "clear text", row.label]
        for name, row in found.whole.items()
    }
    headings = ["", "PROFILE", "ROUTE", "KEY", "LABEL"]
    # Where not everything fits, what matters least goes as a whole, instead of words in two.
    while len(headings) > 3 and _width([headings, *cells.values()]) > console.width:
        headings.pop()
        cells = {name: row[:-1] for name, row in cells.items()}
    table = _plain_table(*headings)
    for row in found.profiles:
        if row.name in cells:
            mark, style = ("●", "bold green") if row.active else ("", "")
            table.add_row(mark, *map(escape, cells[row.name][1:]), style=style)
        else:
            empty = [""] * (len(headings) - 3)
            problem = found.broken[row.name].problem
            table.add_row("✖", escape(row.name), escape(problem), *empty, style="red")
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
    headings = ("PID", "VERSION", "DIRECTORY", "ROUTE", "DECIDED")
    _rows(console, "sessions", data, data["sessions"], headings, wording.session_cells)


def _history(console: Console, data: dict[str, Any]) -> None:
    _rows(console, "history", data, data["steps"], ("NO", "WHEN", "WHAT"), wording.step_cells)


def _keys(console: Console, found: KeyList) -> None:
    if not found.keys:
        console.print(wording_keys.NONE_YET)
        return
    table = _plain_table("KEY", "STORED IN", "USED BY")
    for row in found.keys:
        style = "red" if row.present is False else "dim" if not row.used_by else ""
        table.add_row(*map(escape, wording_keys.key_cells(row)), style=style)
    console.print(table)


def _doctor(console: Console, found: Findings) -> None:
    styles = {"problem": "bold red", "warning": "bold yellow", "note": "bold"}
    for line in doctor_lines(found):
        word = line.split(" ")[0]
        style = styles.get(word.rstrip(":"), "cyan" if line.startswith("  $ ") else "")
        whole = line.startswith("  $ ")  # a command, to be copied
        console.print(Text(printable(line, 10_000), style), soft_wrap=whole)


def _rows(
    console: Console,
    view: str,
    data: dict[str, Any],
    rows: list[dict[str, Any]],
    headings: tuple[str, ...],
    cells: Callable[[dict[str, Any]], list[str]],
    style: Callable[[dict[str, Any]], str] = lambda _: "",
) -> None:
    """A table with a line for each row; the view's own words where there is none."""
    if not rows:
        console.print(wording.lines_of(view, data)[0])
        return
    table = _plain_table(*headings)
    for row in rows:
        table.add_row(*map(escape, cells(row)), style=style(row))
    console.print(table)


def _check(console: Console, checked: Checked) -> None:
    styles = {"ok": "green", "warn": "yellow", "failed": "bold red"}
    for line, verdict in lines_with_verdicts(checked):
        console.print(Text(printable(line, 10_000), styles.get(verdict, "bold" if verdict else "dim")))


_DRAWERS: dict[str, Callable[[Console, Any], None]] = {
    "check": _check,
    "diff": _diff,
    "doctor": _doctor,
    "history": _history,
    "keys": _keys,
    "list": _list,
    "sessions": _sessions,
    "status": _status,
}
