"""The lines of `sessions`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from profiles.routes.route import Route
    from tray.actions.switching.sessions import SessionRoute, Sessions

NONE_RUNS = "No Claude Code session is running."


def session_lines(found: Sessions) -> list[str]:
    """A line for each session."""
    return table([session_cells(row) for row in found.sessions]) if found.sessions else [NONE_RUNS]


def session_cells(row: SessionRoute) -> list[str]:
    """One session's columns; the last says what decides, and what a restart would change."""
    remarks = [_decider(row)]
    restarted = row.restarted
    if _route_words(restarted) != _route_words(row):
        remarks.append(f"restarted: {_route_words(restarted)} {_decider(restarted)}".rstrip())
    if row.model_pinned is not None:
        remarks.append(f"keeps its model {row.model_pinned}".rstrip())
    if row.elsewhere:
        remarks.append("on another system (a container, a virtual machine, another host)")
    remark = "; ".join(filter(None, remarks))
    return [str(row.pid), row.version, row.directory, _route_words(row), remark]


def _route_words(route: Route | SessionRoute) -> str:
    if not route.route:
        return "not through Portkey"
    words = f"{route.dialect} · {route.route}"
    return f"{route.profile}: {words}" if route.profile else words


def _decider(route: Route | SessionRoute) -> str:
    by = {"exec": "by pkcc-tray exec", "shell": "by the shell's variables"}
    return by.get(route.decided_by) or (f"by {route.decided_by_file}" if route.decided_by else "")
