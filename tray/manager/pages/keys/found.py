"""Keys in clear text: how one is taken out, an old copy removed, a file closed to other users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import NotFoundError
from tray.actions.keys.in_clear import clear_key, git_takes, make_private, remove_copy
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.open_file import opening
from tray.manager.pages.shell import in_shell
from tray.manager.views.keys.found import found_row, steps

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """How it is taken out; of an old copy, what removing it means. Nothing is done yet."""
    look = look_around(site)
    try:
        found = clear_key(site.app, request.path_params["mark"])
    except NotFoundError as error:  # it was taken out meanwhile
        session.tell(Flash("info", error.title, (error.hint,)))
        return RedirectResponse("/keys", 303)
    return in_shell(
        site,
        session,
        request,
        "keys/found",
        look,
        row=found_row(look, found),
        is_copy=found.fix == "remove",
        keys=found.keys,
        kind=found.kind,
        steps=steps(look, found, in_git=git_takes(site.app, found.path)),
    )


@form
def remove(site: Site, session: Session, fields: Form) -> str:
    """Remove an old copy."""
    row = found_row(look_around(site), remove_copy(site.app, fields.request.path_params["mark"]))
    session.tell(
        Flash(
            "ok", "The copy is removed", (f"{row.file} is gone. The settings themselves are as they were.",)
        )
    )
    return "/keys"


@form
def close(site: Site, session: Session, fields: Form) -> str:
    """Let nobody else read it."""
    row = found_row(look_around(site), make_private(site.app, fields.request.path_params["mark"]))
    session.tell(Flash("ok", "Closed to other users", (f"Only you can read {row.file} now.",)))
    return "/keys"


@form
def open_file(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Open it with whatever the desktop has for it."""
    mark = fields.request.path_params["mark"]
    path = clear_key(site.app, mark).path
    return opening(site, path, f"/keys/found/{mark}")


ROUTES = (
    Route("/keys/found/{mark}", show, methods=["GET"]),
    Route("/keys/found/{mark}", remove, methods=["POST"]),
    Route("/keys/found/{mark}/private", close, methods=["POST"]),
    Route("/keys/found/{mark}/open", open_file, methods=["POST"]),
)
