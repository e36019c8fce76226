"""Order and favourites: each move is saved at once, and the focus stays on what was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import UsageError
from tray.actions.profiles.order import (
    WAYS,
    move_profile,
    order_by_name,
    order_notes,
    place_profile,
    set_favourite,
)
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.profiles.rows import rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All profiles in their order, with what moves each."""
    look = look_around(site)
    return in_shell(
        site, session, request, "profiles/order", look, rows=rows(look), notes=order_notes(site.app)
    )


@form
def move(site: Site, session: Session, fields: Form) -> str:
    """Move a profile up or down, or to the place that it was dragged to."""
    name, way, place = fields.text("name"), fields.text("way"), fields.text("place")
    if place.isascii() and place.isdecimal() and len(place) < 5:
        moved = place_profile(site.app, name, int(place))
    elif way in WAYS:
        moved = move_profile(site.app, name, way)
    else:
        raise UsageError("That is no way to move a profile", "Use the arrows beside it.")
    label = look_around(site).label(name)
    session.point_at(f"{way or 'up'}:{name}", f"{label} is {moved.place} of {moved.of}")
    return _back(fields)


@form
def by_name(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Have names decide again."""
    order_by_name(site.app)
    session.tell(Flash("ok", "Sorted by name", ("Favourites still come first.",)))
    return "/order"


@form
def favour(site: Site, session: Session, fields: Form) -> str:
    """Make a profile one of the favourites, or one of the others again."""
    name, on = fields.text("name"), fields.text("on") == "yes"
    set_favourite(site.app, name, on=on)
    label = look_around(site).label(name)
    session.point_at(f"star:{name}", f"{label} is {'a favourite' if on else 'a favourite no longer'}")
    return _back(fields)


def _back(fields: Form) -> str:
    """The page that the form was on, and what it showed."""
    back = fields.text("back")
    return back if back in ("/", "/order") or back.startswith("/?") else "/"


ROUTES = (
    Route("/order", show, methods=["GET"]),
    Route("/order", move, methods=["POST"]),
    Route("/order/by-name", by_name, methods=["POST"]),
    Route("/favourite", favour, methods=["POST"]),
)
