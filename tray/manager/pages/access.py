"""The way in and out: the one-time link, taking over from another window, closing, what is told live."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.manager.access.links import FRONT
from tray.manager.answering.form import form, sent
from tray.manager.answering.page import is_page, lone, session_of, site_of
from tray.manager.pages.profiles.checking import begin_check
from tray.manager.views.times import ago, clock_time

if TYPE_CHECKING:
    from starlette.requests import Request

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


async def open_link(request: Request) -> Response:
    """Exchange a good link for a session, so that no address in the browser's history opens anything.

    It goes on to the link's own page.
    """
    site = site_of(request)
    found, page = site.links.use(request.path_params["token"])
    if found != "good":
        return lone("used", 403, found=found)
    page = _known(request, page)
    if session_of(request) is not None:
        return _going_on(site, page)
    other = site.sessions.other()
    if other is not None:
        opened, used = clock_time(other.opened_at), ago(other.used_at)
        return lone("other", 409, claim=site.sessions.claim(page), opened=opened, used=used)
    return _let_in(site, page)


async def take_over(request: Request) -> Response:
    """Begin a session here, where another window has one: that one is told."""
    site = site_of(request)
    claim = (await sent(request)).decode("ascii", "replace")
    page = site.sessions.take_claim(claim.removeprefix("claim="))
    if page is None:
        return lone("used", 403, found="used")
    return _let_in(site, page)


def _known(request: Request, page: str) -> str:
    """That page, where there is one at that address."""
    routes = [route for route in request.app.routes if route not in ROUTES]
    return page if is_page(routes, page.partition("?")[0]) else FRONT


def _let_in(site: Site, page: str) -> Response:
    session = site.begin_session()
    answer = _going_on(site, page)
    answer.set_cookie(site.cookie_name, session.cookie, httponly=True, samesite="strict", path="/")
    return answer


def _going_on(site: Site, page: str) -> Response:
    """To that page. A check that was asked for elsewhere begins: the link was made for it, and is used up."""
    area, _, name = page[1:].partition("/")
    if area == "check":
        with suppress(PkccError):  # too much is under way: the page has a button for it
            begin_check(site, name)
    return RedirectResponse(page, 303)


def _close(site: Site, session: Session, fields: Form) -> Response:  # noqa: ARG001
    """End the session and the manager."""
    site.sessions.end()
    site.on_close()
    return lone("ended")


close = form(_close, in_turn=False)


async def ended(request: Request) -> Response:  # noqa: ARG001
    """What a page becomes when it is told that the manager has ended."""
    return lone("ended")


async def news(request: Request) -> Response:
    """What a page is told live; 204 has the browser ask no more."""
    site, session = site_of(request), session_of(request)
    if session is None or site.news.is_full():
        return Response(status_code=204)
    return StreamingResponse(site.news.listen(session), media_type="text/event-stream")


async def too_much(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """What is sent at once that is longer than anything of ours, or has more fields."""
    return lone("ended", 413, sent=True)


async def nowhere(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """An address that leads nowhere."""
    return lone("nowhere" if session_of(request) else "ended", 404)


ROUTES = (
    Route("/open/{token}", open_link, methods=["GET"]),
    Route("/take", take_over, methods=["POST"]),
    Route("/close", close, methods=["POST"]),
    Route("/ended", ended, methods=["GET"]),
    Route("/news", news, methods=["GET"]),
)
