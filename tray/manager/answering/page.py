"""How a page is shown: to whom a session is open, in a thread, one at a time, no fault left without words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.routing import Match, Route

from profiles.base.errors import PkccError
from tray.manager.views.drawing import draw
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site

    Answering = Callable[[Request], Awaitable[Response]]


def site_of(request: Request) -> Site:
    """The site that the request came to."""
    site: Site = request.app.state.site
    return site


def session_of(request: Request) -> Session | None:
    """The open session, where this request is of it."""
    site = site_of(request)
    cookie = request.cookies.get(site.cookie_name, "")
    return site.sessions.find(cookie) if cookie else None


def is_update(request: Request) -> bool:
    """Whether a script asks, that brings a page up to date: no person has gone there."""
    return request.headers.get("sec-fetch-dest") == "empty"


def lone(template: str, status: int = 200, **shown: Any) -> Response:
    """A page outside the shell."""
    return HTMLResponse(draw(f"lone/{template}.html", **shown), status)


def page(show: Callable[[Site, Session, Request], Response]) -> Answering:
    """The handler of a page: `show` is called with the session, in a thread, while no action is at work."""

    async def answer(request: Request) -> Response:
        site, session = site_of(request), session_of(request)
        if session is None:
            return lone("ended", 403)
        if not is_update(request):
            note_use(site, session)
        return await run_in_threadpool(_shown, show, site, session, request)

    return answer


def _shown(
    show: Callable[[Site, Session, Request], Response], site: Site, session: Session, request: Request
) -> Response:
    try:
        with site.lock:
            return show(site, session, request) if site.sessions.is_open(session) else lone("ended", 403)
    except PkccError:
        raise  # to the page that is shown instead
    except Exception as error:  # noqa: BLE001 - none of its text is shown: it may hold anything
        raise unforeseen(error) from None


def is_page(routes: Iterable[BaseRoute], path: str) -> bool:
    """Whether one of those shows a page at that path."""
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(isinstance(route, Route) and route.matches(asked)[0] is Match.FULL for route in routes)


def note_use(site: Site, session: Session) -> None:
    """A person is there: neither manager nor session ends for a while."""
    site.lifetime.used()
    session.used_at = time.time()
