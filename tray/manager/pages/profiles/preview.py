"""Preview: what a switch would change, value by value, and all that a profile writes. Nothing is done yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from tray.actions.profiles.overview import show_profile
from tray.actions.switching.diff import difference_from
from tray.actions.switching.sessions import sessions
from tray.manager.answering.page import page
from tray.manager.look_around import files_in_projects, look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.profiles.overview import changed_rows, written_rows
from tray.manager.views.profiles.sessions import sessions_after

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What a switch to that profile would change."""
    name = request.path_params["name"]
    look = look_around(site)
    difference, notes = difference_from(site.app, name)
    shown, _ = show_profile(site.app, name)
    return in_shell(
        site,
        session,
        request,
        "profiles/preview",
        look,
        name=name,
        label=look.label(name),
        rows=changed_rows(difference.changes),
        order=difference.header_order,
        written=written_rows(shown.writes),
        notes=notes,
        after=sessions_after(look, sessions(site.app).sessions, files_in_projects(site)),
        key_is_there=shown.key.present,
    )


ROUTES = (Route("/preview/{name:path}", show, methods=["GET"]),)
