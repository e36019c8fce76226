"""Keep the address: something else wrote it, and only a person who types its host can say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError, UsageError
from tray.actions.more.keep_address import keep_address, new_address
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The old address and the new one; the overview, where there is none that could be kept."""
    try:
        return _shown(site, session, request)
    except ConflictError as error:
        session.tell(Flash("bad", error.title, (error.hint,)))
        return RedirectResponse("/", 303)


@changing
def keep(site: Site, session: Session, fields: Form) -> str | Response:
    """Have the profile in use say the new address from now on."""
    try:
        done, notes = keep_address(site.app, fields.pasted("host"))
    except UsageError as error:
        return _shown(site, session, fields.request, [FieldError.of("host", error)])
    label = look_around(site).label(done.name)
    session.tell(Flash("ok", f"{label} says the new address from now on", notes, "Undo"))
    return "/"


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    found = new_address(site.app)
    look = look_around(site)
    others = [row.label for row in look.profiles if row.gateway == found.after and row.name != found.name]
    return in_shell(
        site,
        session,
        request,
        "profiles/keep_address",
        look,
        errors=errors,
        outcome="The address was not kept",
        found=found,
        others=others,
    )


ROUTES = (
    Route("/keep-address", show, methods=["GET"]),
    Route("/keep-address", keep, methods=["POST"]),
)
