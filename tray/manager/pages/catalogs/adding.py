"""A new catalog: it is fetched and shown; only a yes on the page after puts it in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import UsageError
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

_FIELDS = ("source", "key", "name", "ref", "file")


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The form, filled with what a link asked for: nothing is fetched yet."""
    return _shown(site, session, request)


@form
def add(site: Site, session: Session, fields: Form) -> str | Response:
    """Fetch it, check it, and have it looked at."""
    from tray.actions.catalogs.offer import Wanted, keep_offer, look_at

    typed = {each: fields.pasted(each) for each in _FIELDS}
    if not typed["source"]:
        error = FieldError(
            "source", "Type where the catalog lies, such as https://ai.acme.example/pkcc-catalog.json"
        )
        return _shown(site, session, fields.request, [error])
    wanted = Wanted(**typed)
    try:
        wanted.checked()
    except UsageError as error:
        return _shown(site, session, fields.request, [FieldError.of("source", error)])

    def work(job: Job) -> str:
        job.step("Fetching the catalog")
        offer = look_at(job.app, wanted)
        job.step("Keeping it for you to look at")
        return f"/catalogs/{keep_offer(job.app, offer)}"

    return site.jobs.change("Fetching the catalog", work, "/catalogs/add")


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    asked = {each: request.query_params.get(each, "") for each in _FIELDS}
    outcome = "The catalog was not added"
    return in_shell(site, session, request, "catalogs/add", errors=errors, outcome=outcome, asked=asked)


ROUTES = (
    Route("/catalogs/add", show, methods=["GET"]),
    Route("/catalogs/add", add, methods=["POST"]),
)
