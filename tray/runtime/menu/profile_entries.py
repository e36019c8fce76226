"""The profiles in the menu: a few in a row; of many the favourites, and submenus of the others. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeVar

from tray.actions.describing.delivery import IN_FILE
from tray.icon.base import Entry
from tray.runtime.menu.one_line import label, one_line, without_directories
from tray.runtime.menu.tray_state import ProfileRow, TrayState

FEW_PROFILES = 12
GROUP_SIZE = 25
MOST_GROUPS = 12
MAX_NAME = 24
_MOST_IN_ROW = 28  # characters of a name, and of the route behind it

_T = TypeVar("_T")


class _Now(NamedTuple):
    """What every profile's line depends on besides the profile: as in the state, and its `locks`."""

    active: str | None
    is_free: bool
    decided: str


def profile_entries(state: TrayState) -> list[Entry]:
    """A line for each profile, or for favourites with submenus of the others, and "Off" at the end."""
    rows, now = state.profiles, _Now(state.active, state.is_free, state.locks.decided)
    favourites = [row for row in rows if row.favourite or row.name == state.active]
    if len(rows) > FEW_PROFILES or (state.favourites_only and 0 < len(favourites) < len(rows)):
        listed = [_profile(row, now) for row in _at_hand(favourites, state)] + _others(state, now)
    else:
        listed = [_profile(row, now) for row in rows]
    # Radio says which one is chosen; "off" belongs to the same choice.
    is_off = state.active is None and state.by_hand is None
    off = "Off" if not state.locks.off else f"Off: {state.locks.decided}"
    return [
        *listed,
        Entry("off", label(off), "radio", checked=is_off, enabled=state.is_free and not state.locks.off),
    ]


def _at_hand(favourites: list[ProfileRow], state: TrayState) -> list[ProfileRow]:
    """The favourites, no more than a screen has room for, and the one in use."""
    first = {row.name for row in favourites[:FEW_PROFILES]} | {state.active}
    return [row for row in favourites if row.name in first]


def _others(state: TrayState, now: _Now) -> list[Entry]:
    """What leads to every profile, however many there are."""
    known = {row.name: row for row in state.profiles}
    recent = tuple(_profile(known[name], now) for name in state.recent if name in known)
    listed = [Entry("recent", "Recent", "submenu", children=recent)] if recent else []
    groups = _groups(state.profiles, now)
    if len(groups) == 1:
        groups = groups[0].children
    listed.append(Entry("all", "All profiles, A to Z", "submenu", children=groups))
    return [*listed, Entry("find", "Find a profile…")]


def _profile(row: ProfileRow, now: _Now) -> Entry:
    if row.problem:
        return Entry(f"manage:/edit/{row.name}", label(f"{_name(row)}: {without_directories(row.problem)}"))
    if row.refused:
        text = f"{one_line(_name(row), _MOST_IN_ROW)}: {now.decided}"
        return Entry(f"profile:{row.name}", label(text), "radio", row.name == now.active, enabled=False)
    if row.keyless and row.name != now.active:
        text = f"{one_line(_name(row), _MOST_IN_ROW)}: enter key…"
        return Entry(f"manage:/keys/{row.name}/enter", text)
    return Entry(
        f"profile:{row.name}",
        titled(row),
        "radio",
        checked=row.name == now.active,
        enabled=now.is_free,
    )


class _Group(NamedTuple):
    """Rows that follow one another in the order of their names, and what a submenu of them holds."""

    first: ProfileRow
    last: ProfileRow
    whole: bool  # whether it has all rows of each of its initials
    children: tuple[Entry, ...]


@lru_cache(maxsize=1)
def _groups(profiles: tuple[ProfileRow, ...], now: _Now) -> tuple[Entry, ...]:
    """All profiles in submenus by initial: no menu of them is longer than a screen, however many.

    A switch moves one tick and renames nothing. Whatever else changes in the menu, these stay as they are.
    """
    by_initial: dict[str, list[ProfileRow]] = {}
    for row in sorted(profiles, key=lambda row: _name(row).casefold()):
        by_initial.setdefault(_initial(row), []).append(row)
    merged: list[list[ProfileRow]] = []
    for _initials, rows in sorted(by_initial.items()):
        if merged and len(merged[-1]) + len(rows) <= GROUP_SIZE:
            merged[-1] += rows
        else:
            merged.append(list(rows))
    groups = [
        _Group(part[0], part[-1], len(rows) == len(part), tuple(_profile(row, now) for row in part))
        for rows in merged
        for part in _parts(rows, GROUP_SIZE)
    ]
    while len(groups) > MOST_GROUPS:
        bundles = _parts(groups, -(-len(groups) // MOST_GROUPS))
        groups = [_bundle(bundle) for bundle in bundles]
    return tuple(_submenus(groups))


def _bundle(groups: list[_Group]) -> _Group:
    whole = all(group.whole for group in groups)
    return _Group(groups[0].first, groups[-1].last, whole, tuple(_submenus(groups)))


def _submenus(groups: list[_Group]) -> list[Entry]:
    named = [(_span(group), group) for group in groups]
    return [Entry(f"group:{span}", span, "submenu", children=group.children) for span, group in named]


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
    """A profile with what it routes to, such as "Work (vertex-ai)": either is cut where it is long."""
    name = one_line(_name(row), _MOST_IN_ROW)
    route, in_file, _ = row.hint.partition(f", {IN_FILE}")
    route = "withdrawn" if row.withdrawn else route
    hint = (
        one_line(route, _MOST_IN_ROW - len(in_file) + 2) + in_file
    )  # that a file holds the key is never cut
    return f"{name} ({hint})" if hint else name
