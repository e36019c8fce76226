"""The profiles in the menu: a few in a row, many by their initials, the recent ones at hand. Pure."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from tray.icon.base import Entry
from tray.runtime.menu.one_line import label, without_directories
from tray.runtime.menu.tray_state import RECENT_SHOWN, ProfileRow, TrayState

FEW_PROFILES = 12
GROUP_SIZE = 25
MOST_GROUPS = 12
MAX_NAME = 24

_T = TypeVar("_T")


def profile_entries(state: TrayState) -> list[Entry]:
    """A line for each profile, or submenus of them, and "Off" at the end."""
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
    text = f"{_name(row)}: {without_directories(row.problem)}" if row.problem else titled(row)
    return Entry(
        f"profile:{row.name}",
        label(text),
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


def titled(row: ProfileRow) -> str:
    """A profile with what it routes to, such as "Work (vertex-ai)"."""
    return f"{_name(row)} ({row.hint})" if row.hint else _name(row)
