"""How things stand: read once for each page, by actions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.locations import home
from tray.actions.more.glance.broken_lines import broken_lines
from tray.actions.policy.standing import locks
from tray.actions.switching.status import settings_status
from tray.actions.which_profile import route_by_hand
from tray.manager.site import LastCheck
from tray.manager.views.look import Look

if TYPE_CHECKING:
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.more.glance.projects import GlancedProject
    from tray.manager.site import Site


def look_around(site: Site) -> Look:
    """How things stand now."""
    app = site.app
    status, notes = settings_status(app)
    profiles = site.glances.read()
    off = status.condition == "off"
    return Look(
        status,
        notes,
        profiles,
        route_by_hand(app) if off else None,
        broken_lines(app) if status.condition == "unparsable" else None,
        _checks(site, profiles),
        site.left,
        home(app.environ),
        _at_risk(site),
        locks(app, status.active),
        site.catalogs.read(),
    )


def files_in_projects(site: Site) -> dict[str, bool]:
    """The settings files that are ours in projects, and whether those are pinned to a profile."""
    try:
        projects = site.app.projects.registry().projects.values()
    except PkccError:  # which the page of projects says
        return {}
    return {project.settings_path: project.pin is not None for project in projects}


def _at_risk(site: Site) -> tuple[GlancedProject, ...]:
    try:
        return tuple(each for each in site.projects.read().projects if each.is_alarming)
    except PkccError:  # which the page of projects says
        return ()


def _checks(site: Site, profiles: tuple[Glanced, ...]) -> dict[str, LastCheck]:
    """The last check of each profile as it is now, by whomever; one that is under way comes first."""
    kept = site.kept_checks.read()
    found = {
        row.name: LastCheck(row.name, kept[row.name].at, kept[row.name].found)
        for row in profiles
        if row.name in kept and kept[row.name].mark == row.mark
    }
    for name, check in site.checks.items():
        if check.found is None and (name not in found or found[name].began_at < check.began_at):
            found[name] = check
    return found
