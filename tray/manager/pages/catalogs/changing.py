"""What is a person's own in a catalog: another key for a profile; and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.names import catalog_of
from profiles.base.text import counted
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.catalogs.rows import catalog_row
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site

_KEY = "api_key"


@page
def ask_removal(site: Site, session: Session, request: Request) -> Response:
    """What removing it means. Nothing is done yet."""
    from tray.actions.catalogs.decide import check_removable
    from tray.actions.catalogs.overview import row_of

    name = request.path_params["name"]
    check_removable(site.app, name)
    # By what is here of it: its content may never have come, or be what something else wrote.
    names = [each for each in site.app.store.names() if catalog_of(each) == name]
    look = look_around(site)
    in_use = f"{look.active_label} is in use: Claude Code’s own settings are put back"
    lines = [in_use] if look.status.active in names else []
    lines += [f"Its profiles go: {', '.join(names)}"] if names else []
    lines.append("Your keys stay where they lie")
    return in_shell(
        site,
        session,
        request,
        "catalogs/remove",
        row=catalog_row(row_of(site.app, name)),
        profiles=names,
        consequences=lines,
    )


@changing
def remove(site: Site, session: Session, fields: Form) -> str:
    """Follow it no longer."""
    from tray.actions.catalogs.decide import remove_catalog

    name = fields.request.path_params["name"]
    done, notes = remove_catalog(site.app, name, keep_profiles=fields.is_ticked("keep"))
    kept = (f"Kept as your own: {', '.join(done.kept)}",) if done.kept else ()
    keys = (f"Still stored: {counted(len(done.keys), 'key')} of it",) if done.keys else ()
    go = ("/keys", "See its keys") if done.keys else ("", "")
    session.tell(Flash("ok", f"{name} is not followed any more", (*kept, *keys, *notes), go=go))
    return "/catalogs"


@page
def ask_key(site: Site, session: Session, request: Request) -> Response:
    """Which key a profile of it uses."""
    return _key_page(site, session, request)


@changing
def set_key(site: Site, session: Session, fields: Form) -> str | Response:
    """Have the profile use another key of the person's own, or the catalog's word again."""
    from tray.actions.catalogs.overriding import override

    catalog, name = fields.request.path_params["name"], fields.request.path_params["profile"]
    value = None if fields.is_ticked("back_to_catalog") else fields.pasted("reference")
    try:
        _, notes = override(site.app, f"{catalog}/{name}", _KEY, value)
    except PkccError as error:
        return _key_page(site, session, fields.request, [FieldError("reference", error.title)])
    session.tell(Flash("ok", f"{catalog}/{name} uses that key from now on", notes))
    return f"/catalogs/{catalog}"


def _key_page(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    from tray.actions.catalogs.overview import show_catalog

    catalog, name = request.path_params["name"], request.path_params["profile"]
    shown = show_catalog(site.app, catalog)
    full = f"{catalog}/{name}"
    profile = next((each for each in shown.content.profiles if each.name == full), None)
    if profile is None:
        raise NotFoundError(
            f"{catalog} has no profile of that name any more", "Its page lists those that it has."
        )
    return in_shell(
        site,
        session,
        request,
        "catalogs/key",
        errors=errors,
        outcome="The key was not changed",
        catalog=catalog,
        title=shown.content.title,
        profile=profile,
        overridden=any(each[:2] == (full, _KEY) for each in shown.overrides),
    )


ROUTES = (
    Route("/catalogs/{name}/remove", ask_removal, methods=["GET"]),
    Route("/catalogs/{name}/remove", remove, methods=["POST"]),
    Route("/catalogs/{name}/{profile}/key", ask_key, methods=["GET"]),
    Route("/catalogs/{name}/{profile}/key", set_key, methods=["POST"]),
)
