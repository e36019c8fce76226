"""The page of what takes a while: its steps as they end, then the page it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tray.manager.answering.page import is_update, lone, page, session_of, site_of
from tray.manager.pages.shell import in_shell
from tray.manager.views.drawing import draw

if TYPE_CHECKING:
    from starlette.requests import Request

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The steps of a job; of one that has ended the page it leads to."""
    job = site.jobs.find(request.path_params["name"])
    if job is None:
        return lone("nowhere", 404)
    if not is_update(request):
        job.wait()
    if not job.is_over or is_update(request):  # which stays on it
        return in_shell(site, session, request, "job", job=job)
    flash = job.told()
    if flash is not None:
        session.tell(flash)
    return RedirectResponse(job.address, 303)


async def steps(request: Request) -> Response:
    """The list alone, for a script that asks until it has ended. Waits for no page."""
    job = site_of(request).jobs.find(request.path_params["name"])
    if session_of(request) is None or job is None:
        return Response(status_code=404)
    return HTMLResponse(draw("parts/job_steps.html", job=job))


ROUTES = (
    Route("/jobs/{name}", show, methods=["GET"]),
    Route("/jobs/{name}/steps", steps, methods=["GET"]),
)
