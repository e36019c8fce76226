"""Overview: what Claude Code uses now, the profiles, the running sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from tray.actions.switching.history import history
from tray.actions.switching.sessions import sessions
from tray.manager.pages.page import page
from tray.manager.pages.shell import in_shell
from tray.manager.views.looking import look_around
from tray.manager.views.profiles import overview as views
from tray.manager.views.profiles.sessions import session_rows, sessions_sentence

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site
    from tray.manager.views.looking import Look


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The overview, or the welcome where there is no profile yet."""
    look = look_around(site)
    if not look.profiles and look.status.active is None and look.status.condition == "off":
        return in_shell(site, session, request, "profiles/welcome", look)
    running = session_rows(look, sessions(site.app).sessions)
    return in_shell(
        site,
        session,
        request,
        "profiles/overview",
        look,
        card=_card(look),
        facts=views.facts(look, look.active) if look.active is not None else {},
        rows=views.rows(look),
        compact=len(look.profiles) >= views.COMPACT_FROM,
        compared=views.compared(look.status.drift),
        alarm=views.alarm(look) if look.is_alarming else {},
        running=running,
        sentence=sessions_sentence(look, running),
        before=_before(site, look) if look.status.active is None else "",
    )


def _card(look: Look) -> str:
    """Which card stands first: the worst that there is."""
    status = look.status
    if status.condition in ("unparsable", "gone"):
        return status.condition
    if status.dropped:
        return "dropped"
    if look.is_alarming:
        return "alarm"
    if status.drift and not look.is_left:
        return "changed"
    return "off" if status.active is None else "use"


def _before(site: Site, look: Look) -> str:
    """The profile that was in use last and can be again, "" for none."""
    able = {row.name for row in look.profiles if not row.problem and row.key_is_there is not False}
    return next((step.from_ for step in history(site.app).steps if step.from_ in able), None) or ""


ROUTES = (Route("/", show, methods=["GET"]),)
