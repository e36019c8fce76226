"""The menu's entries, made from the state. Pure, and quick for a thousand profiles."""

from __future__ import annotations

from textwrap import wrap

from tray.icon.base import Entry
from tray.runtime.menu.face import title_in
from tray.runtime.menu.one_line import MAX_LABEL, label, without_directories
from tray.runtime.menu.profile_entries import profile_entries, titled
from tray.runtime.menu.tray_state import ProjectRow, TrayState

DRIFT_LINES = 3
MOST_PROJECTS = 25
PROJECT_PROBLEMS = {
    "stale": "behind",
    "changed": "changed by something else",
    "gone": "its file is gone",
    "unparsable": "its file cannot be read",
    "missing": "its directory is gone",
}
MESSAGE_LINES = 3

OPEN_PLACES = (("settings", "Claude Code settings file"), ("profiles", "Profiles folder"))


def build_menu(state: TrayState) -> tuple[Entry, ...]:
    """The menu, top to bottom. While `busy` whatever would change the settings is greyed, not gone."""
    sections = (
        _header(state), _drift(state), profile_entries(state), _projects(state), _actions(state), _rest(state)
    )  # fmt: skip
    entries: list[Entry] = []
    for number, section in enumerate(sections):
        if section and entries:
            entries.append(Entry(f"sep:{number}", "", kind="separator"))
        entries += section
    return tuple(entries)


def _header(state: TrayState) -> list[Entry]:
    row = state.active_row
    if row is not None:
        text = titled(row)
    elif state.active is not None:
        text = state.active
    else:
        text = "Off: Claude Code without a profile"
    header = [Entry("header", label(f"{text} (switching)" if state.busy else text), enabled=False)]
    late = state.late.what if state.late else ""
    return [*header, *_wrapped("message", state.message), *_wrapped("late", late), *_health(state)]


def _health(state: TrayState) -> list[Entry]:
    """What is wrong with the gateway, and the profile to use meanwhile."""
    health = state.health
    if health is None:
        return []
    if health.kind == "offline":
        return _wrapped("health", f"{health.why}: the gateway cannot be asked")
    lines = _wrapped("health", f"Its gateway is unreachable: {health.why}")
    if not health.other:
        return lines
    text = label(f"Switch to {title_in(state, health.other)}")
    return [*lines, Entry(f"fallback:{health.other}", text, enabled=not state.busy)]


def _wrapped(key: str, text: str) -> list[Entry]:
    """A text in a few lines that cannot be clicked; none for ""."""
    text = " ".join(without_directories(text).split())
    lines = wrap(text[: 2 * MESSAGE_LINES * MAX_LABEL], MAX_LABEL, max_lines=MESSAGE_LINES, placeholder="…")
    return [
        Entry(f"{key}:{number}" if number else key, line, enabled=False) for number, line in enumerate(lines)
    ]


def _drift(state: TrayState) -> list[Entry]:
    if state.condition != "drift":
        return []
    lines = [
        Entry(f"drift:{number}", label(line), enabled=False)
        for number, line in enumerate(state.drift[:DRIFT_LINES])
    ]
    if len(state.drift) > DRIFT_LINES:
        more = len(state.drift) - DRIFT_LINES
        lines.append(Entry("drift:more", f"and {more} more", enabled=False))
    free = not state.busy
    adopt = Entry("adopt", "Adopt into profile", enabled=free and state.active is not None)
    return [
        Entry("drift", "Changed by something else:", enabled=False),
        *lines,
        Entry("restore", "Restore", enabled=free),
        *([adopt] if state.adoptable else []),
        Entry("ignore", "Ignore", enabled=free),
        Entry("diff", "Show diff"),
    ]


def _undo(state: TrayState) -> Entry:
    if not state.undo:
        return Entry("undo", "Undo", enabled=False)
    return Entry("undo", label(f"Undo {state.undo}"), enabled=not state.busy)


def _actions(state: TrayState) -> list[Entry]:
    budget = [Entry("budget", label(state.budget))] if state.budget else []
    return [*budget, _undo(state), Entry("check", "Check connection", enabled=state.active is not None)]


def _projects(state: TrayState) -> list[Entry]:
    if not state.projects:
        return []
    listed = [
        Entry(f"open:{row.directory}", label(_project_label(row))) for row in state.projects[:MOST_PROJECTS]
    ]
    if len(state.projects) > MOST_PROJECTS:
        listed.append(Entry("projects:more", "and more: pkcc-tray project list", enabled=False))
    listed += [
        Entry("sep:projects", "", kind="separator"),
        Entry("sync", "Write all of them again", enabled=not state.busy),
    ]
    return [Entry("projects", "Projects", "submenu", children=tuple(listed))]


def _project_label(row: ProjectRow) -> str:
    name = row.directory.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or row.directory
    pinned = f" ({row.pin})" if row.pin else ""
    problem = PROJECT_PROBLEMS.get(row.condition, "")
    return f"{name}{pinned}{': ' if problem else ''}{problem}"


def _rest(state: TrayState) -> list[Entry]:
    pages = [(page.name, page.label) for page in state.edition.pages]
    places = tuple(Entry(f"open:{place}", text) for place, text in (*pages, *OPEN_PLACES))
    rest = [Entry("open", "Open", "submenu", children=places)]
    if state.autostart is not None:
        rest.append(Entry("autostart", "Start at login", "check", checked=state.autostart))
    if state.update:
        rest.append(Entry("update", label(f"Version {state.update} is out …")))
    return [*rest, Entry("doctor", "Doctor"), Entry("quit", "Quit")]
