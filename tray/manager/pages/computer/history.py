"""History: what was done, by day, and the way back to any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError
from tray.actions.more.glance.past import Past, past
from tray.actions.switching.undo import undo
from tray.manager.access.sessions import Flash
from tray.manager.pages.page import form, page
from tray.manager.pages.shell import in_shell
from tray.manager.views.computer.history import days, taken_back
from tray.manager.views.looking import look_around

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.pages.page import Form
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
def go_back(site: Site, session: Session, fields: Form) -> str:
    """Take back the steps that the person saw, and no others."""
    agreed = fields.texts("agreed")
    if not agreed:
        raise ConflictError("Nothing was chosen", "Choose a step in the history.")
    elsewhere = bool(fields.text("elsewhere"))
    done, notes = undo(site.app, len(agreed), elsewhere=elsewhere, agreed=agreed)
    label = look_around(site).label
    lines = (*(taken_back(step, label) for step in done.undone), *notes)
    session.tell(Flash("warn" if elsewhere else "ok", "Gone back", lines))
    return "/history"


ROUTES = (
    Route("/history", show, methods=["GET"]),
    Route("/history/{number:int}", confirm, methods=["GET"]),
    Route("/history/back", go_back, methods=["POST"]),
)
