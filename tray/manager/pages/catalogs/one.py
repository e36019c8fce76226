"""One catalog: what it says, what waits, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.catalogs.rows import catalog_row, compared
from tray.manager.views.times import roughly

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.catalogs.overview import ShownCatalog
    from tray.actions.more.glance.profiles import Glanced
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site

_UPDATES = {
    "auto": "What is harmless applies by itself",
    "ask": "Each change waits for you",
    "managed": "They apply by themselves",
}


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All of one, and first what waits."""
    from tray.actions.catalogs.overview import is_here, show_catalog

    if not is_here(site.app, request.path_params["name"]):  # a bookmark, or an administrator's mail
        return RedirectResponse("/catalogs", 303)  # where a button fetches it
    shown = show_catalog(site.app, request.path_params["name"])
    return in_shell(
        site,
        session,
        request,
        "catalogs/one",
        row=catalog_row(shown.catalog),
        offered=shown.catalog.state == "offered",
        content=shown.content,
        origin=shown.origin,
        told=_facts(shown),
        loud=compared(shown.loud),
        quiet=compared(shown.quiet),
        newer=shown.newer,
        sha256=shown.sha256,
        older=shown.older[0] if shown.older else None,
        asks=shown.asks,
        next=_next(site, shown),
    )


def _next(site: Site, shown: ShownCatalog) -> Glanced | None:
    """The profile to use first, where none of the catalog's is in use; None where there is nothing to do."""
    look, profiles = look_around(site), shown.content.profiles
    if shown.catalog.serial is None or look.status.active in [each.name for each in profiles]:
        return None
    return look.profile(shown.content.default or profiles[0].name)


def _facts(shown: ShownCatalog) -> list[tuple[str, str]]:
    row = shown.catalog
    facts = []
    if row.serial is not None:
        accepted = f", accepted {roughly(row.accepted_at)}" if row.accepted_at else ""
        facts.append(("Version", f"{row.serial}{accepted}"))
    if row.asked_at:
        facts.append(("Asked for news", roughly(row.asked_at).capitalize()))
    facts.append(("New versions", _UPDATES["managed" if row.managed else row.updates]))
    facts += [(asked.ask, asked.answer) for asked in shown.content.inputs if asked.answer]
    facts += [("Changed by you", f"{profile} {field}: {value}") for profile, field, value in shown.overrides]
    return facts


@changing
def accept(site: Site, session: Session, fields: Form) -> str:
    """Take the version that was shown, and no other."""
    from tray.actions.catalogs.decide import accept_catalog

    name = fields.text("name")
    answers = {
        each.removeprefix("input-"): fields.text(each) for each in fields.names() if each.startswith("input-")
    }
    done, notes = accept_catalog(site.app, name, sha256=fields.text("sha256"), answers=answers)
    written = (f"{done.active} is in use, and its settings are written again",) if done.applied else ()
    title = f"{name}: version {done.serial} is in force"
    session.tell(Flash("ok", title, (*written, *notes), go=_needs_key(site, done.profiles)))
    return f"/catalogs/{name}"


def _needs_key(site: Site, profiles: tuple[str, ...]) -> tuple[str, str]:
    """Where a key goes in, for the first profile that has none yet; nowhere where all have theirs."""
    for row in look_around(site).profiles:
        if row.name in profiles and row.key_is_there is False and row.reference.startswith("keyring:"):
            return f"/keys/{row.name}/enter", "Enter your key"
    return "", ""


@changing
def rollback(site: Site, session: Session, fields: Form) -> str:
    """Put the version before in force."""
    from tray.actions.catalogs.decide import roll_back

    name = fields.text("name")
    done, notes = roll_back(site.app, name)
    session.tell(Flash("ok", f"{name}: version {done.serial} is in force again", notes))
    return f"/catalogs/{name}"


ROUTES = (
    Route("/catalogs/do/accept", accept, methods=["POST"]),
    Route("/catalogs/do/rollback", rollback, methods=["POST"]),
    Route("/catalogs/{name}", show, methods=["GET"]),
)
