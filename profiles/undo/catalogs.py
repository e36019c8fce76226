"""A killed change of a catalog is finished: what holds, its profiles, and the settings that carry one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.catalogs.kept.acceptance import end, resume
from profiles.catalogs.subscriptions import changing_catalogs

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.switching.switcher import Switcher
    from profiles.undo.take_back import Sides


def finish_catalogs(locations: Locations, sides: Sides) -> None:
    """Finish it; nothing while a command is at work. Raises PkccError: the next command tries it again."""
    with changing_catalogs(locations, limit_s=0):
        if name := resume(locations):
            for switcher in sides.all_switchers():
                _write(switcher, sides, f"{name}/")
            end(locations)


def _write(switcher: Switcher, sides: Sides, start: str) -> None:
    """Have the settings, or projects that are pinned, carry its profile; nothing over another's changes."""
    reading = switcher.read()
    active = reading.state.current.active or ""
    if active.startswith(start) and reading.problem is None and not reading.changes:
        switcher.again(active)
        return
    projects = sides.projects_of(switcher).registry().projects.values()
    if any((project.pin or "").startswith(start) for project in projects):
        switcher.write_projects()
