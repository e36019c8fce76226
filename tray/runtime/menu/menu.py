"""The menu's entries, made from the state. Pure, and quick for a thousand profiles."""

from __future__ import annotations

from profiles.base.names import catalog_of
from tray.icon.base import Entry
from tray.runtime.menu.face import title_of
from tray.runtime.menu.first_lines import first_lines
from tray.runtime.menu.one_line import label, one_line
from tray.runtime.menu.profile_entries import profile_entries
from tray.runtime.menu.tray_state import ProjectRow, TrayState
from tray.updates.signed_release import REPOSITORY

MOST_PROJECTS = 25
PROJECT_PROBLEMS = {
    "stale": "behind",
    "changed": "changed by something else",
    "gone": "its file is gone",
    "unparsable": "its file cannot be read",
    "missing": "its directory is gone",
    "blocked": "its file cannot be written",
    "refused": "not allowed by your administrator",
}
OPEN_PLACES = (("settings", "Settings file"), ("profiles", "Profiles folder"))


def build_menu(state: TrayState) -> tuple[Entry, ...]:
    """The menu, top to bottom. While `busy` whatever would change the settings is greyed, not gone."""
    begins = not state.profiles and state.active is None
    in_use = catalog_of(state.active or "")
    # What waits for the profile in use is said first; of other catalogs, at the end.
    first = [_look(name, state) for name in state.waiting if name == in_use]
    sections = [[*first_lines(state), *first], *(_first_run(state) if begins else _usual(state))]
    update = [Entry("update", label(f"Version {state.update} is out…"))] if state.update else []
    by = f"Managed by {state.locks.by}"
    managed = [Entry("managed", label(by), enabled=bool(state.locks.url))] if state.locks.by else []
    waiting = [_look(name, state) for name in state.waiting if name != in_use]
    sections.append([*waiting, *update, *managed, Entry("quit", "Quit")])
    entries: list[Entry] = []
    for number, section in enumerate(sections):
        if section and entries:
            entries.append(Entry(f"sep:{number}", "", kind="separator"))
        entries += section
    return tuple(entries)


def _look(name: str, state: TrayState) -> Entry:
    text = label(f"{one_line(name, 28)}: changes to look at…")
    return Entry(f"manage:/catalogs/{name}", text, enabled=not state.locks.manager)


def _usual(state: TrayState) -> list[list[Entry]]:
    # One key for whichever profile is in use: another one would be another line, and close an open menu.
    edit = [Entry("edit", label(f"Edit {title_of(state)}…"))] if state.active else []
    if state.locks.manager:
        locked = Entry("manage:/", label(f"Manage profiles: {state.locks.decided}"), enabled=False)
        return [profile_entries(state), _actions(state), [*_projects(state), _open(state)], [locked]]
    managing = [
        Entry("manage:/", "Manage profiles…"),
        Entry("manage:/add", "Add profile…"),
        *edit,
        Entry("manage:/doctor", "Look for problems…"),
        _preferences(),
    ]
    return [profile_entries(state), _actions(state), [*_projects(state), _open(state)], managing]


def _first_run(state: TrayState) -> list[list[Entry]]:
    login = Entry("autostart", "Start at login", "check", checked=bool(state.autostart))
    return [[*([] if state.autostart is None else [login]), _open(state), _preferences()]]


def _preferences() -> Entry:
    return Entry("manage:/preferences", "Preferences…")


def _actions(state: TrayState) -> list[Entry]:
    budget = [Entry("budget", label(_budget(state.budget)))] if state.budget else []
    can_check = state.active is not None and not state.unreachable
    check = [Entry("check", "Check connection")] if can_check else []
    undo = [Entry("undo", label(f"Undo: {state.undo}"), enabled=state.is_free)] if state.undo else []
    return [*budget, *check, *undo]


def _budget(line: str) -> str:
    return line if "budget" in line else f"Budget: {line[:1].lower()}{line[1:]}"


def _projects(state: TrayState) -> list[Entry]:
    if not state.projects:
        return []
    listed = [
        Entry(f"project:{row.directory}", label(_project_label(row)))
        for row in state.projects[:MOST_PROJECTS]
    ]
    if len(state.projects) > MOST_PROJECTS:
        listed.append(Entry("manage:/projects", "All projects…"))
    listed += [
        Entry("sep:projects", "", kind="separator"),
        Entry("sync", "Write all again", enabled=not state.busy),
    ]
    return [Entry("projects", "Projects", "submenu", children=tuple(listed))]


def _project_label(row: ProjectRow) -> str:
    name = row.directory.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or row.directory
    pinned = f" (pinned to {row.pin})" if row.pin else ""
    problem = PROJECT_PROBLEMS.get(row.condition, "")
    return f"{one_line(name, 28)}{pinned}{': ' if problem else ''}{problem}"


def _open(state: TrayState) -> Entry:
    pages = [Entry(f"open:{page.name}", page.label) for page in state.edition.pages]
    places = [Entry(f"open:{place}", text) for place, text in OPEN_PLACES]
    help_ = [Entry("sep:help", "", kind="separator"), Entry("help", "Help")] if REPOSITORY else []
    children = (*pages, Entry("sep:open", "", kind="separator"), *places, *help_)
    return Entry("open", "Open", "submenu", children=children)
