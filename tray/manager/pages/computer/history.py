"""History: what was done, by day, and the way back to any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError
from tray.actions.more.glance.past import Past, past
from tray.actions.switching.undo import undo
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form, page_of
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.computer.history import days, taken_back

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All steps that can be taken back."""
    look = look_around(site)
    found = past(site.app)
    return in_shell(
        site,
        session,
        request,
        "computer/history",
        look,
        days=days(found, look.label),
        count=len(found.steps),
        risk=site.app.steps.risk(site.app.switcher),
        latest=found.steps[0].key if found.steps else "",
    )


@page
def confirm(site: Site, session: Session, request: Request) -> Response:
    """What going back to before that step takes back: nothing is done yet."""
    number = request.path_params["number"]
    look = look_around(site)
    steps = past(site.app).steps
    if not 1 <= number <= len(steps):
        return RedirectResponse("/history", 303)
    return in_shell(
        site,
        session,
        request,
        "computer/history_back",
        look,
        days=days(Past(steps[:number]), look.label),
        count=number,
        risk=site.app.steps.risk(site.app.switcher, number, exactly=True),
        agreed=[each.key for each in steps[:number]],
    )


@form
def undo_latest(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Take back the latest step, where it is the one that the person saw."""
    return _taking_back(site, fields.texts("step")[:1], "Undone", page_of(fields))


@form
def go_back(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Take back the steps that the person saw, and no others."""
    elsewhere = bool(fields.text("elsewhere"))
    return _taking_back(site, fields.texts("agreed"), "Gone back", "/history", elsewhere=elsewhere)


def _taking_back(site: Site, agreed: list[str], title: str, back: str, *, elsewhere: bool = False) -> str:
    """The address that waits for it: a step may take a key along, and the keyring may ask."""
    if not agreed:
        raise ConflictError("Nothing was chosen", "Choose a step in the history.")

    def work(job: Job) -> str:
        done, notes = undo(job.app, len(agreed), elsewhere=elsewhere, agreed=agreed)
        with site.lock:
            label = look_around(site).label
        lines = (*(taken_back(step, label) for step in done.undone), *notes)
        job.tell(Flash("warn" if elsewhere else "ok", title, lines))
        return back

    return site.jobs.begin("Taking it back", work, back)


ROUTES = (
    Route("/history", show, methods=["GET"]),
    Route("/history/{number:int}", confirm, methods=["GET"]),
    Route("/undo", undo_latest, methods=["POST"]),
    Route("/history/back", go_back, methods=["POST"]),
)
