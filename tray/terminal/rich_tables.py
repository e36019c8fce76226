"""The looks of a terminal, by Rich: only for the answers one reads, never on the fast paths."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from profiles.base.text import counted, printable
from tray.terminal.rich_configs import draw_difference, draw_explanation, draw_saved, draw_versions
from tray.terminal.rich_parts import console, escape, plain_table, print_rows
from tray.terminal.words import keys as wording_keys
from tray.terminal.words import profiles as wording_profiles
from tray.terminal.words.catalogs.ages import came_from_words
from tray.terminal.words.catalogs.following import HEADINGS as CATALOG_HEADINGS
from tray.terminal.words.catalogs.following import NONE_YET as NO_CATALOG
from tray.terminal.words.catalogs.following import list_cells as catalog_cells
from tray.terminal.words.catalogs.states import look_of
from tray.terminal.words.health.check import lines_with_verdicts
from tray.terminal.words.health.doctor import doctor_lines
from tray.terminal.words.status import sessions as session_words
from tray.terminal.words.status import status as status_words
from tray.terminal.words.switching import changes as change_words
from tray.terminal.words.switching.history import NOTHING_YET, step_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tray.actions.catalogs.overview import CatalogList
    from tray.actions.keys.stored import KeyList
    from tray.actions.more.check import Checked
    from tray.actions.more.doctor import Findings
    from tray.actions.profiles.overview import ProfileList
    from tray.actions.switching.diff import Difference
    from tray.actions.switching.history import History
    from tray.actions.switching.sessions import Sessions
    from tray.actions.switching.status import Decided, Status
    from tray.terminal.results import Report

_STYLES = {
    "active": "bold ok",
    "off": "faint",
    "drift": "bold warning",
    "gone": "bold error",
    "unparsable": "bold error",
}
_DOTS = {"active": "●", "off": "○", "drift": "▲", "gone": "✖", "unparsable": "✖"}


_INDENT = 4  # of a value below its name


def draw(report: Report) -> None:
    """Draw the outcome on the terminal."""
    _DRAWERS[report.draw](console(), report.outcome)


def _list(console: Console, found: ProfileList) -> None:
    if not found.profiles:
        console.print(wording_profiles.NONE_YET)
        return
    cells = {
        name: [
            "●",
            f"{name} {wording_profiles.FAVOURITE}" if row.favourite else name,
            wording_profiles.route_cell(row),
            wording_profiles.key_cell(row),
            row.model,
            row.label,
        ]
        for name, row in found.whole.items()
    }
    headings = ["", "PROFILE", "ROUTE", "KEY", "MODEL", "LABEL"]
    # Where not everything fits, what matters least goes as a whole, instead of words in two: the label is the
    # person's own words, but that a key is missing matters more.
    missing = any(wording_profiles.NO_KEY in row for row in cells.values())
    for least in ("MODEL", "LABEL", "KEY") if missing else ("MODEL", "KEY", "LABEL"):
        if _width([headings, *cells.values()]) > console.width:
            at = headings.index(least)
            del headings[at]
            cells = {name: [*row[:at], *row[at + 1 :]] for name, row in cells.items()}
    table = plain_table(*headings)
    for row in found.profiles:
        if row.name in cells:
            mark, style = ("●", "bold ok") if row.active else ("", "")
            shown = [
                Text(printable(cell, 10_000), "bold error" if cell == wording_profiles.NO_KEY else "")
                for cell in cells[row.name][1:]
            ]
            table.add_row(mark, *shown, style=style)
        else:
            empty = [""] * (len(headings) - 3)
            problem = found.broken[row.name].problem
            table.add_row("✖", escape(row.name), escape(problem), *empty, style="error")
    console.print(table)


def _width(rows: list[list[str]]) -> int:
    """The columns that a plain table of these rows takes."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1)


def _status(console: Console, found: Status) -> None:
    condition, profile = found.condition, found.profile
    for words in status_words.pinned_words(found):
        console.print(Text(printable(f"◆ {words}", 10_000), "bold"))
    headline = Text.assemble(
        (f"{_DOTS[condition]} ", _STYLES[condition]), (found.active or "no profile", "bold")
    )
    if profile and found.active:
        headline.append(f"  {status_words.route_words(profile)}", "default")
        if profile.label:
            headline.append(f"  {profile.label}", "faint")
    console.print(headline)
    console.print(
        Text(
            printable(f"  {status_words.state_words(found)}", 10_000), _STYLES[condition].replace("bold ", "")
        )
    )
    console.print(Text(printable(f"  {found.settings}", 10_000), "faint"))
    console.print(Text(f"  {counted(found.sessions, 'running session')}", "faint"))
    _beside(console, found)
    for row, line in zip(found.drift, status_words.drift_lines(found), strict=True):
        console.print(Text(printable(line, 10_000), "bold error" if row.alarming else "warning"))
    for line in status_words.hint_lines(found):
        console.print(Text(printable(f"  {line}", 10_000), "action"))
    if found.effective:
        console.print()
        console.print(Text(printable(f"A new session in {found.directory} would use", 10_000), "faint"))
        _effective(console, found.effective)


def _beside(console: Console, found: Status) -> None:
    """Who decides here, where the profile comes from, what the status line shows."""
    if found.managed:
        by, *problem = status_words.managed_lines(found.managed)
        console.print(Text(f"  managed {by}", "faint"))
        for words in problem:
            console.print(Text(f"  {words}", "warning"))
    if found.catalog:
        console.print(Text(f"  from {came_from_words(found.catalog, time.time())}", "faint"))
    if found.status_line != "off":
        console.print(Text(f"  status line {status_words.line_words(found)}", "faint"))


def _effective(console: Console, effective: Sequence[Decided]) -> None:
    rows = [
        (status_words.effective_cells(decided), "" if decided.source == "user" else "warning")
        for decided in effective
    ]
    headings = ["", "DECIDED BY", "VALUE"]
    if _width([headings, *(cells for cells, _ in rows)]) <= console.width:
        print_rows(console, "", tuple(headings), rows)
        return
    for (slot, decider, value), style in rows:  # a value below its name, instead of words in two
        console.print(Text(printable(f"{slot}: {decider}", 10_000), style))
        console.print(Padding(Text(printable(value, 10_000), style), (0, 0, 0, _INDENT)))


def _diff(console: Console, found: Difference) -> None:
    if not (found.changes or found.header_order):
        console.print(change_words.no_difference(found))
    for slot, before, after, remark in change_words.pairs(found.changes):
        values = Text.assemble((printable(before, 10_000), "error"), " → ", (printable(after, 10_000), "ok"))
        console.print(Text(f"{slot}{remark}", "bold"))
        if len(values) + _INDENT <= console.width:
            console.print(Padding(values, (0, 0, 0, _INDENT)))
            continue
        for value in values.split(" → "):  # the old above the new
            console.print(Padding(value, (0, 0, 0, _INDENT)))
    for line in change_words.order_lines(found.header_order):
        console.print(Text(printable(line, 10_000), "warning"))


def _sessions(console: Console, found: Sessions) -> None:
    headings = ("PID", "VERSION", "DIRECTORY", "ROUTE", "DECIDED")
    rows = [(session_words.session_cells(row), "") for row in found.sessions]
    print_rows(console, session_words.NONE_RUNS, headings, rows)


def _history(console: Console, found: History) -> None:
    print_rows(console, NOTHING_YET, ("NO", "WHEN", "WHAT"), [(step_cells(step), "") for step in found.steps])


def _keys(console: Console, found: KeyList) -> None:
    rows = [
        (wording_keys.key_cells(row), "error" if row.present is False else "faint" if not row.used_by else "")
        for row in found.keys
    ]
    print_rows(console, wording_keys.NONE_YET, ("KEY", "STORED IN", "USED BY"), rows)


def _doctor(console: Console, found: Findings) -> None:
    styles = {"problem": "bold error", "warning": "bold warning", "note": "bold"}
    for line in doctor_lines(found):
        word = line.split(" ")[0]
        style = styles.get(word.rstrip(":"), "action" if line.startswith("  $ ") else "")
        whole = line.startswith("  $ ")  # a command, to be copied
        console.print(Text(printable(line, 10_000), style), soft_wrap=whole)


def _check(console: Console, checked: Checked) -> None:
    styles = {"ok": "ok", "warn": "warning", "failed": "bold error"}
    for line, verdict in lines_with_verdicts(checked):
        console.print(Text(printable(line, 10_000), styles.get(verdict, "bold" if verdict else "faint")))


_CATALOG_STYLES = {"ok": "", "warn": "warning", "bad": "error"}


def _catalogs(console: Console, found: CatalogList) -> None:
    rows = [(catalog_cells(row), _CATALOG_STYLES[look_of(row).kind]) for row in found.catalogs]
    print_rows(console, NO_CATALOG, CATALOG_HEADINGS, rows)


_DRAWERS: dict[str, Callable[[Console, Any], None]] = {
    "catalogs": _catalogs,
    "check": _check,
    "config diff": draw_difference,
    "config list": draw_saved,
    "config versions": draw_versions,
    "diff": _diff,
    "doctor": _doctor,
    "explanation": draw_explanation,
    "history": _history,
    "keys": _keys,
    "list": _list,
    "sessions": _sessions,
    "status": _status,
}
