"""The looks of answers that one reads at a terminal; never loaded on the fast paths."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from profiles.base.text import counted
from tray.terminal.looks.configs import draw_difference, draw_explanation, draw_saved, draw_versions
from tray.terminal.looks.screen import on_output
from tray.terminal.looks.table import table_width
from tray.terminal.widths import cell_len
from tray.terminal.words import keys as wording_keys
from tray.terminal.words import profiles as wording_profiles
from tray.terminal.words.catalogs.ages import came_from_words
from tray.terminal.words.catalogs.following import HEADINGS as CATALOG_HEADINGS
from tray.terminal.words.catalogs.following import NONE_YET as NO_CATALOG
from tray.terminal.words.catalogs.following import list_cells as catalog_cells
from tray.terminal.words.catalogs.following import todo_lines
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
    from tray.terminal.looks.screen import Screen
    from tray.terminal.looks.table import Cells
    from tray.terminal.results import Report

_STYLES = {
    "active": "bold ok",
    "off": "faint",
    "drift": "bold warning",
    "gone": "bold error",
    "unparsable": "bold error",
}
_DOTS = {"active": "●", "off": "○", "drift": "▲", "gone": "✖", "unparsable": "✖"}


_INDENT = "    "  # of a value below its name


def draw(report: Report) -> None:
    """Draw the outcome on the terminal."""
    _DRAWERS[report.draw](on_output(), report.outcome)


def _list(screen: Screen, found: ProfileList) -> None:
    if not found.profiles:
        screen.say(wording_profiles.NONE_YET)
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
        if table_width([headings, *cells.values()]) > screen.width:
            at = headings.index(least)
            del headings[at]
            cells = {name: [*row[:at], *row[at + 1 :]] for name, row in cells.items()}
    rows: list[tuple[Cells, str]] = []
    for row in found.profiles:
        if row.name in cells:
            mark, style = ("●", "bold ok") if row.active else ("", "")
            no_key = wording_profiles.NO_KEY
            shown = [(cell, "bold error" if cell == no_key else "") for cell in cells[row.name][1:]]
            rows.append(([mark, *shown], style))
        else:
            empty = [""] * (len(headings) - 3)
            rows.append((["✖", row.name, found.broken[row.name].problem, *empty], "error"))
    screen.say_rows("", headings, rows)


def _status(screen: Screen, found: Status) -> None:
    condition, profile = found.condition, found.profile
    for words in status_words.pinned_words(found):
        screen.say(f"◆ {words}", "bold")
    headline = [(f"{_DOTS[condition]} ", _STYLES[condition]), (found.active or "no profile", "bold")]
    if profile and found.active:
        headline.append((f"  {status_words.route_words(profile)}", ""))
        if profile.label:
            headline.append((f"  {profile.label}", "faint"))
    screen.say_parts(headline)
    screen.say(f"  {status_words.state_words(found)}", _STYLES[condition].replace("bold ", ""))
    screen.say(f"  {found.settings}", "faint")
    screen.say(f"  {counted(found.sessions, 'running session')}", "faint")
    _beside(screen, found)
    for row, line in zip(found.drift, status_words.drift_lines(found), strict=True):
        screen.say(line, "bold error" if row.alarming else "warning")
    for line in status_words.hint_lines(found):
        screen.say(f"  {line}", "action")
    if found.effective:
        screen.say()
        screen.say(f"A new session in {found.directory} would use", "faint")
        _effective(screen, found.effective)


def _beside(screen: Screen, found: Status) -> None:
    """Who decides here, where the profile comes from, what the status line shows."""
    if found.managed:
        by, *problem = status_words.managed_lines(found.managed)
        screen.say(f"  managed {by}", "faint")
        for words in problem:
            screen.say(f"  {words}", "warning")
    if found.catalog:
        screen.say(f"  from {came_from_words(found.catalog, time.time())}", "faint")
    if found.status_line != "off":
        screen.say(f"  status line {status_words.line_words(found)}", "faint")


def _effective(screen: Screen, effective: Sequence[Decided]) -> None:
    rows = [
        (status_words.effective_cells(decided), "" if decided.source == "user" else "warning")
        for decided in effective
    ]
    headings = ["", "DECIDED BY", "VALUE"]
    if table_width([headings, *(cells for cells, _ in rows)]) <= screen.width:
        screen.say_rows("", tuple(headings), rows)
        return
    for (slot, decider, value), style in rows:  # a value below its name, instead of words in two
        screen.say(f"{slot}: {decider}", style)
        screen.say(value, style, first=_INDENT)


def _diff(screen: Screen, found: Difference) -> None:
    if not (found.changes or found.header_order):
        screen.say(change_words.no_difference(found))
    for slot, before, after, remark in change_words.pairs(found.changes):
        screen.say(f"{slot}{remark}", "bold")
        values = [(before, "error"), (" → ", ""), (after, "ok")]
        if cell_len(f"{_INDENT}{before} → {after}") <= screen.width:
            screen.say_parts(values, first=_INDENT)
            continue
        screen.say(before, "error", first=_INDENT)  # the old above the new
        screen.say(after, "ok", first=_INDENT)
    for line in change_words.order_lines(found.header_order):
        screen.say(line, "warning")


def _sessions(screen: Screen, found: Sessions) -> None:
    headings = ("PID", "VERSION", "DIRECTORY", "ROUTE", "DECIDED")
    rows = [(session_words.session_cells(row), "") for row in found.sessions]
    screen.say_rows(session_words.NONE_RUNS, headings, rows)


def _history(screen: Screen, found: History) -> None:
    screen.say_rows(NOTHING_YET, ("NO", "WHEN", "WHAT"), [(step_cells(step), "") for step in found.steps])


def _keys(screen: Screen, found: KeyList) -> None:
    rows = [
        (wording_keys.key_cells(row), "error" if row.present is False else "faint" if not row.used_by else "")
        for row in found.keys
    ]
    screen.say_rows(wording_keys.NONE_YET, ("KEY", "STORED IN", "USED BY"), rows)


def _doctor(screen: Screen, found: Findings) -> None:
    styles = {"problem": "bold error", "warning": "bold warning", "note": "bold"}
    for line in doctor_lines(found):
        if line.startswith("  $ "):  # to be copied
            screen.say_whole(line, "action")
        else:
            screen.say(line, styles.get(line.split(" ")[0].rstrip(":"), ""))


def _check(screen: Screen, checked: Checked) -> None:
    styles = {"ok": "ok", "warn": "warning", "failed": "bold error"}
    for line, verdict in lines_with_verdicts(checked):
        screen.say(line, styles.get(verdict, "bold" if verdict else "faint"))


_CATALOG_STYLES = {"ok": "", "warn": "warning", "bad": "error"}


def _catalogs(screen: Screen, found: CatalogList) -> None:
    rows = [(catalog_cells(row), _CATALOG_STYLES[look_of(row).kind]) for row in found.catalogs]
    screen.say_rows(NO_CATALOG, CATALOG_HEADINGS, rows)
    for line in todo_lines(found):
        screen.say_whole(line, "action")


_DRAWERS: dict[str, Callable[[Screen, Any], None]] = {
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
