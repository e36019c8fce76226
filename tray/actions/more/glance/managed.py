"""What an administrator's settings decide for every session here, whatever profile is in use."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.routes.managed.administrator import held
from profiles.routes.overrides import decides_route
from profiles.routes.sources import read_sources

if TYPE_CHECKING:
    from tray.app import App


class ManagedFile(NamedTuple):
    """A file, and the slots of the route or key that it decides. `problem`: why no session starts with it.

    `holds`: the profile whose very own route it decides, "" where it is another one.
    """

    path: str
    slots: tuple[str, ...]
    problem: str = ""
    holds: str = ""


def managed_files(app: App) -> tuple[ManagedFile, ...]:
    """Those that decide where requests or the key go, or keep Claude Code from starting; mostly none."""
    sources = read_sources(app.locations, app.locations.claude_home, {})
    slots: dict[str, list[str]] = {}
    for row in decides_route(sources):
        if row.source == "managed":
            slots.setdefault(row.path, []).append(row.slot)
    broken = [
        ManagedFile(each.path, (), each.problem)
        for each in sources
        if each.kind == "managed" and each.dropped and each.problem
    ]
    holder = held(sources, app.store.all_rendered)
    profile = "" if holder is None else holder.profile
    return (*broken, *(ManagedFile(path, tuple(names), holds=profile) for path, names in slots.items()))
