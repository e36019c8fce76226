"""A profile as its file has it, secrets masked; and as a bundle for another computer, which holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from profiles.files.json_documents import readable
from tray.actions.profiles.editing.save import editable
from tray.actions.profiles.export import bundle_of
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from starlette.requests import Request

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site


@page
def as_json(site: Site, session: Session, request: Request) -> Response:
    """The profile's fields as JSON, and where its file lies."""
    name = request.path_params["name"]
    look = look_around(site)
    return in_shell(
        site,
        session,
        request,
        "profiles/json",
        look,
        name=name,
        label=look.label(name),
        file=home_short(site.app.store.path_of(name), look.home),
        text=readable(editable(site.app, name).fields).decode(),
    )


@page
def bundle(site: Site, session: Session, request: Request) -> Response:  # noqa: ARG001
    """The profile as a file to be kept: it names its key, and holds none."""
    name = request.path_params["name"]
    text = bundle_of(site.app, [name]).text
    there = {"content-disposition": f'attachment; filename="{name}.pkcc.json"'}
    return Response(text, media_type="application/json", headers=there)


ROUTES = (
    Route("/json/{name:path}", as_json, methods=["GET"]),
    Route("/export/{name:path}", bundle, methods=["GET"]),
)
