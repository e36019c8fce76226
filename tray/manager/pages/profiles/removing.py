"""Remove, bring back, duplicate: each shows first what comes of it, or says it on the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError
from profiles.base.names import catalog_of
from tray.actions.keys.hand_out import key_users
from tray.actions.profiles import remove as removing
from tray.actions.profiles.editing import bring_back as returning
from tray.actions.profiles.editing.duplicate import duplicate_profile
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing, form, page_of
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.profiles.removing import consequences, removed_lines, seen

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What comes of removing that profile: nothing is done yet."""
    name = request.path_params["name"]
    if catalog := catalog_of(name):
        return RedirectResponse(f"/catalogs/{catalog}/remove", 303)
    look = look_around(site)
    uses, refusal, told = None, None, []
    try:
        uses = removing.uses_of(site.app, name)
        told = consequences(look, name, uses, key_users(site.app)[0])
    except ConflictError as error:  # something names it that has to be changed on its own
        refusal = error
    return in_shell(
        site,
        session,
        request,
        "profiles/remove",
        look,
        name=name,
        label=look.label(name),
        uses=uses,
        refusal=refusal,
        consequences=told,
        seen=seen(told),
    )


@form
def remove(site: Site, session: Session, fields: Form) -> str:
    """Remove the profile; what uses it ends first."""
    name = fields.text("name")
    look = look_around(site)
    label = look.label(name)
    uses = removing.uses_of(site.app, name)
    if fields.text("seen") != seen(consequences(look, name, uses, key_users(site.app)[0])):
        session.tell(Flash("warn", "Something changed meanwhile", ("Nothing was removed: look again.",)))
        return f"/remove/{name}"
    with_key = bool(fields.text("with_key"))

    def work(job: Job) -> str:
        done, notes = removing.remove_profile(job.app, name, uses, with_key=with_key)
        job.tell(Flash("ok", f"{label} is removed", (*removed_lines(done), *notes), "Undo"))
        return "/"

    return site.jobs.change(f"Removing {label}", work, page_of(fields))


@changing
def bring_back(site: Site, session: Session, fields: Form) -> str:
    """Store a removed profile again."""
    done, notes = returning.bring_back(site.app, fields.text("name"))
    session.tell(Flash("ok", f"{done.label} is back", notes))
    return "/"


@changing
def duplicate(site: Site, session: Session, fields: Form) -> str:
    """Make a profile like that one, and have it edited."""
    done = duplicate_profile(site.app, fields.text("name"))
    shared = "Both use the same key." if done.key else ""
    session.tell(Flash("ok", f"{done.name} is a copy of {done.source}", tuple(filter(None, (shared,)))))
    return f"/edit/{done.name}"


ROUTES = (
    Route("/remove/{name:path}", show, methods=["GET"]),
    Route("/remove", remove, methods=["POST"]),
    Route("/bring-back", bring_back, methods=["POST"]),
    Route("/duplicate", duplicate, methods=["POST"]),
)
