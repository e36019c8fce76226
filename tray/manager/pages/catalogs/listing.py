"""Which catalogs are followed, and news of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.text import counted
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form, page_of
from tray.manager.answering.page import page
from tray.manager.pages.shell import in_shell
from tray.manager.views.catalogs.rows import catalog_rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.catalogs.updating import Updated
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All of them, those first that want something."""
    from tray.actions.catalogs.overview import list_catalogs

    rows = catalog_rows(list_catalogs(site.app).catalogs)
    return in_shell(site, session, request, "catalogs/list", rows=rows)


@form
def update(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Ask for new versions of one, or of all."""
    name, back = fields.text("name"), page_of(fields)

    def work(job: Job) -> str:
        from tray.actions.catalogs.updating import update_catalogs

        job.step("Asking where they are published")
        done, notes = update_catalogs(job.app, name or None)
        job.tell(_told(done, notes))
        return back

    return site.jobs.begin("Looking for news", work, back)


def _told(done: Updated, notes: tuple[str, ...]) -> Flash:
    """What came of it, the worst first."""
    failed = [each for each in done.catalogs if each.problem]
    waits = [each for each in done.catalogs if each.outcome == "waiting"]
    applied = [
        f"{each.name}: version {each.serial} is in force"
        for each in done.catalogs
        if each.outcome == "applied"
    ]
    problems = [line for each in failed for line in (each.problem, each.hint) if line]
    if failed:
        return Flash(
            "warn", f"{failed[0].name} could not be brought up to date", (*problems, *applied, *notes)
        )
    if waits:
        return Flash("info", f"{counted(len(waits), 'new version')} to look at", (*applied, *notes))
    return Flash("ok", "New versions are in force" if applied else "Nothing new", (*applied, *notes))


ROUTES = (
    Route("/catalogs", show, methods=["GET"]),
    Route("/catalogs/do/update", update, methods=["POST"]),
)
