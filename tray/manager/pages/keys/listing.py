"""Keys: which there are, where they lie, who uses them; tests, and what is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError, NotFoundError
from tray.actions.keys.in_clear import clear_keys
from tray.actions.keys.places import key_places
from tray.actions.keys.stored import forget_key, list_keys, refuse_used
from tray.actions.keys.try_key import key_tests, reference_of, try_key
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form, page_of
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.keys.found import found_row
from tray.manager.views.keys.listing import key_lines, place_cards
from tray.manager.views.words import host_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.keys.stored import KeyRow
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site
    from tray.manager.views.look import Look

_TOLD = {
    "accepted": ("ok", "{host} accepts the key {name}"),
    "refused": ("bad", "{host} does not accept the key {name}"),
    "unknown": ("warn", "The key {name} could not be tested"),
    "not_looked_at": ("info", "{host} does not look at keys"),
}


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All keys."""
    look = look_around(site)
    found, _ = list_keys(site.app)
    places = key_places(site.app)
    clear = clear_keys(
        site.app, reads_keyring=places.keyring.condition == "works"
    )  # one that hangs takes 3 s
    return in_shell(
        site,
        session,
        request,
        "keys/keys",
        look,
        lines=key_lines(look, found.keys, places, key_tests(site.app, found.keys)),
        unread=_unread(look),
        cards=place_cards(places),
        takes_keys=bool(places.for_new),
        found=[found_row(look, each) for each in clear],
    )


@form
def test(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Ask the gateway whether it takes a key."""
    name = fields.text("name")
    reference = reference_of(site.app, _row(site, name))

    def work(job: Job) -> str:
        job.step("Asking the gateway")
        tried = try_key(job.app, reference)
        kind, title = _TOLD[tried.verdict]
        lines = tuple(filter(None, (tried.text, tried.hint))) if kind != "ok" else ()
        job.tell(Flash(kind, title.format(host=host_of(tried.gateway), name=name), lines))
        return "/keys"

    return site.jobs.begin(f"Testing the key {name}", work, "/keys")


@page
def ask_removal(site: Site, session: Session, request: Request) -> Response:
    """What removing a key means. Nothing is done yet."""
    name = request.path_params["name"]
    row = _row(site, name)
    if row.used_by or ":" in name:
        return RedirectResponse("/keys", 303)
    look = look_around(site)
    return in_shell(site, session, request, "keys/remove", look, name=name, unread=_unread(look))


@form
def remove(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Remove a stored key that no profile uses."""
    name = fields.request.path_params["name"]
    try:
        refuse_used(site.app, name)
    except ConflictError as error:
        raise ConflictError(error.title, "Give them another key first.") from None

    def work(job: Job) -> str:
        forget_key(job.app, name)
        lines = ("At Portkey it works still: delete it there, too.",)
        job.tell(Flash("ok", f"The key {name} is removed", lines))
        return "/keys"

    return site.jobs.change(f"Removing the key {name}", work, page_of(fields))


def _unread(look: Look) -> str:
    """The profiles that cannot be read, whose keys may look unused; "" for none."""
    return ", ".join(row.label for row in look.profiles if row.problem)


def _row(site: Site, name: str) -> KeyRow:
    for row in list_keys(site.app)[0].keys:
        if row.name == name:
            return row
    raise NotFoundError("There is no such key any more", "The list shows those that there are.")


ROUTES = (
    Route("/keys", show, methods=["GET"]),
    Route("/keys/test", test, methods=["POST"]),
    Route("/keys/{name:path}/remove", ask_removal, methods=["GET"]),
    Route("/keys/{name:path}/remove", remove, methods=["POST"]),
)
