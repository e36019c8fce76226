"""A rule that is to hold: a hundred clones take a while, so it has a page of its own meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.manager.access.sessions import Flash
from tray.manager.look_around import look_around
from tray.manager.views.projects.rules import in_force_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.actions.projects.rules_in_force import InForce
    from tray.app import App
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


def have_hold(
    site: Site, title: str, carry_out: Callable[[App], InForce], told: Callable[[InForce], str]
) -> str:
    """The address of the page of what `carry_out` does; `told` says what is so then."""
    home = look_around(site).home

    def work(job: Job) -> str:
        job.step("Looking for clones, and writing the files of those that it is for")
        found = carry_out(job.app)
        job.tell(Flash("ok", told(found), in_force_lines(found, home), "Undo"))
        return "/projects"

    return site.jobs.change(title, work, "/projects")
