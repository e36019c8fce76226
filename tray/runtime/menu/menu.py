"""The menu: from what is so to what is shown. Pure, and quick for a thousand profiles."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import NamedTuple, TypeVar

from tray.icon.base import Entry

FEW_PROFILES = 12
RECENT_SHOWN = 8
GROUP_SIZE = 25
MOST_GROUPS = 12
MAX_LABEL = 64
MAX_NAME = 24
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

_T = TypeVar("_T")
_DIRECTORIES = re.compile(r"(?<![\w:/.~-])(?:[A-Za-z]:)?(?:[/\\][^/\\:\n]+){2,}[/\\]")  # of an absolute path

OPEN_PLACES = (
    ("logs", "Portkey logs"),
    ("configs", "Portkey configs"),
    ("virtual-keys", "Portkey virtual keys"),
    ("api-keys", "Portkey API keys"),
    ("settings", "Claude Code settings file"),
    ("profiles", "Profiles folder"),
)


class ProfileRow(NamedTuple):
    """A profile as the menu names it; `problem` says why it cannot be switched to."""

    name: str
    label: str
    hint: str
    problem: str = ""


class ProjectRow(NamedTuple):
    """A registered project; `pin` is the profile it stays with, "" when it follows.

    `condition` is that of `profiles.projects.project_file.Look`. `alarm`: where an outside change would lead
    the key.
    `problem`: why the file cannot be read.
    """

    directory: str
    pin: str
    condition: str
    alarm: str = ""
    problem: str = ""


class TrayState(NamedTuple):
    """Everything that the menu and the icon tell."""

    condition: str  # active | off | drift | error
    active: str | None
    profiles: tuple[ProfileRow, ...]
    recent: tuple[str, ...] = ()  # names, latest first
    drift: tuple[str, ...] = ()  # one line each, masked
    undo: str = ""  # what undo would take back, such as "remove spare"; "" when nothing
    adoptable: bool = True  # whether one click may take the changes into the profile
    autostart: bool | None = None  # None: not possible here
    message: str = ""  # an error in one line
    busy: bool = False
    projects: tuple[ProjectRow, ...] = ()
    update: str = ""  # a newer version of pkcc-tray, "" for none


def build_menu(state: TrayState) -> tuple[Entry, ...]:
    """The menu, top to bottom. While `busy` whatever would change the settings is greyed, not gone."""
    sections = (
        _header(state), _drift(state), _profiles(state), _projects(state), _actions(state), _rest(state)
    )  # fmt: skip
    entries: list[Entry] = []
    for number, section in enumerate(sections):
        if section and entries:
            entries.append(Entry(f"sep:{number}", "", kind="separator"))
        entries += section
    return tuple(entries)


def _header(state: TrayState) -> list[Entry]:
    row = next((row for row in state.profiles if row.name == state.active), None)
    if row is not None:
        text = _titled(row)
    elif state.active is not None:
        text = state.active
    else:
        text = "Off: Claude Code without a profile"
    header = [Entry("header", _short(f"{text} (switching)" if state.busy else text), enabled=False)]
    message = " ".join(without_directories(state.message).split())
    lines = wrap(
        message[: 2 * MESSAGE_LINES * MAX_LABEL], MAX_LABEL, max_lines=MESSAGE_LINES, placeholder="…"
    )
    header += [
        Entry(f"message:{number}" if number else "message", line, enabled=False)
        for number, line in enumerate(lines)
    ]
    return header


def _drift(state: TrayState) -> list[Entry]:
    if state.condition != "drift":
        return []
    lines = [
        Entry(f"drift:{number}", _short(line), enabled=False)
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


def _profiles(state: TrayState) -> list[Entry]:
    if not state.profiles:
        listed = [Entry("none", "No profiles yet: pkcc-tray add", enabled=False)]
    elif len(state.profiles) <= FEW_PROFILES:
        listed = [_profile(row, state) for row in state.profiles]
    else:
        recent = _recent(state)
        listed = [_profile(row, state) for row in recent]
        listed += _groups(state, frozenset(row.name for row in recent))
    # Radio says which one is chosen; "off" belongs to the same choice.
    return [*listed, Entry("off", "Off", "radio", checked=state.active is None, enabled=not state.busy)]


def _profile(row: ProfileRow, state: TrayState) -> Entry:
    label = f"{_name(row)}: {without_directories(row.problem)}" if row.problem else _titled(row)
    return Entry(
        f"profile:{row.name}",
        _short(label),
        "radio",
        checked=row.name == state.active,
        enabled=not row.problem and not state.busy,
    )


def _recent(state: TrayState) -> list[ProfileRow]:
    """The rows worth having at hand: the active one always, then the latest; in the profiles' own order."""
    named = dict.fromkeys((*([state.active] if state.active else []), *state.recent))
    known = {row.name for row in state.profiles}
    chosen = set([name for name in named if name in known][:RECENT_SHOWN])
    return [row for row in state.profiles if row.name in chosen]


class _Group(NamedTuple):
    """Rows that follow one another in the order of their names, and what a submenu of them holds."""

    first: ProfileRow
    last: ProfileRow
    whole: bool  # whether it has all rows of each of its initials
    children: tuple[Entry, ...]


def _groups(state: TrayState, elsewhere: frozenset[str]) -> list[Entry]:
    """The other profiles in submenus by initial: no menu of them is longer than a screen, however many.

    The submenus are formed over all profiles, so that a switch moves one line and renames nothing.
    """
    by_initial: dict[str, list[ProfileRow]] = {}
    for row in sorted(state.profiles, key=lambda row: _name(row).casefold()):
        by_initial.setdefault(_initial(row), []).append(row)
    merged: list[list[ProfileRow]] = []
    for _initials, rows in sorted(by_initial.items()):
        if merged and len(merged[-1]) + len(rows) <= GROUP_SIZE:
            merged[-1] += rows
        else:
            merged.append(list(rows))
    groups = [
        _Group(
            part[0],
            part[-1],
            len(rows) == len(part),
            tuple(_profile(row, state) for row in part if row.name not in elsewhere),
        )
        for rows in merged
        for part in _parts(rows, GROUP_SIZE)
    ]
    while len(groups) > MOST_GROUPS:
        bundles = _parts(groups, -(-len(groups) // MOST_GROUPS))
        groups = [_bundle(bundle) for bundle in bundles]
    return _submenus(groups)


def _bundle(groups: list[_Group]) -> _Group:
    whole = all(group.whole for group in groups)
    return _Group(groups[0].first, groups[-1].last, whole, tuple(_submenus(groups)))


def _submenus(groups: list[_Group]) -> list[Entry]:
    return [
        Entry(f"group:{label}", label, "submenu", children=group.children)
        for group in groups
        if group.children
        for label in (_span(group),)
    ]


def _span(group: _Group) -> str:
    first, last = _initial(group.first), _initial(group.last)
    if first != last:
        return f"{first}\N{EN DASH}{last}"
    if group.whole:
        return first
    return f"{_name(group.first)[:MAX_NAME]} … {_name(group.last)[:MAX_NAME]}"


def _parts(things: list[_T], size: int) -> list[list[_T]]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def _name(row: ProfileRow) -> str:
    return row.label or row.name


def _initial(row: ProfileRow) -> str:
    first = _name(row)[:1].upper()
    return first if first.isalpha() else "#"


def _undo(state: TrayState) -> Entry:
    if not state.undo:
        return Entry("undo", "Undo", enabled=False)
    return Entry("undo", _short(f"Undo {state.undo}"), enabled=not state.busy)


def _actions(state: TrayState) -> list[Entry]:
    return [_undo(state), Entry("check", "Check connection", enabled=state.active is not None)]


def _projects(state: TrayState) -> list[Entry]:
    if not state.projects:
        return []
    listed = [
        Entry(f"open:{row.directory}", _short(_project_label(row))) for row in state.projects[:MOST_PROJECTS]
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
    places = tuple(Entry(f"open:{place}", label) for place, label in OPEN_PLACES)
    rest = [Entry("open", "Open", "submenu", children=places)]
    if state.autostart is not None:
        rest.append(Entry("autostart", "Start at login", "check", checked=state.autostart))
    if state.update:
        rest.append(Entry("update", _short(f"Version {state.update} is out …")))
    return [*rest, Entry("doctor", "Doctor"), Entry("quit", "Quit")]


def _titled(row: ProfileRow) -> str:
    return f"{_name(row)} ({row.hint})" if row.hint else _name(row)


def without_directories(text: str) -> str:
    """The text with only the last part of each long path, so that what comes after one has room."""
    return _DIRECTORIES.sub("…/", text)


def _short(text: str) -> str:
    """One line that no menu grows too wide for, whatever a label holds."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL else line[: MAX_LABEL - 1].rstrip() + "…"
