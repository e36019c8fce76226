"""How a page is shown and a form is carried out: session, token, one at a time, errors in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse

from profiles.base.errors import PkccError
from tray.manager.access.sessions import Flash
from tray.manager.views.drawing import draw
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site

    Answering = Callable[[Request], Awaitable[Response]]


class Form:
    """What was typed, spaces around it dropped."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """A field's text, "" where there is none."""
        return self._fields.get(name, [""])[-1].strip()

    def texts(self, name: str) -> list[str]:
        """All texts of a field that may be there several times."""
        return self._fields.get(name, [])


def site_of(request: Request) -> Site:
    """The site that the request came to."""
    site: Site = request.app.state.site
    return site


def session_of(request: Request) -> Session | None:
    """The open session, where this request is of it."""
    site = site_of(request)
    cookie = request.cookies.get(site.cookie_name, "")
    return site.sessions.find(cookie) if cookie else None


def lone(template: str, status: int = 200, **shown: Any) -> Response:
    """A page outside the shell."""
    return HTMLResponse(draw(f"lone/{template}.html", **shown), status)


def page(show: Callable[[Site, Session, Request], Response]) -> Answering:
    """The handler of a page: `show` is called with the session, in a thread, while no action is at work."""

    async def answer(request: Request) -> Response:
        site, session = site_of(request), session_of(request)
        if session is None:
            return lone("ended", 403)
        if request.headers.get("sec-fetch-dest") != "empty":  # a script that brings a page up to date
            _note_use(site, session)
        return await run_in_threadpool(_shown, show, site, session, request)

    return answer


def _shown(
    show: Callable[[Site, Session, Request], Response], site: Site, session: Session, request: Request
) -> Response:
    try:
        with site.lock:
            return show(site, session, request)
    except PkccError as error:
        return lone("fault", 500, error=error)
    except Exception as error:  # noqa: BLE001 - none of its text is shown: it may hold anything
        return lone("fault", 500, error=unforeseen(error))


def form(carry_out: Callable[[Site, Session, Form], str | Response]) -> Answering:
    """The handler of a form: carried out once, in a thread; then the page whose address `carry_out` returns.

    What it raises is what that page says first.
    """

    async def answer(request: Request) -> Response:
        site, session = site_of(request), session_of(request)
        if session is None:
            return lone("ended", 403, sent=True)
        try:
            body = await request.body()
        except ClientDisconnect:
            return lone("ended", 413, sent=True)
        fields = Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=2000))
        taken = session.take_form(fields.text("token"))
        if taken == "unknown":
            return lone("stale", 403)
        _note_use(site, session)
        if taken == "used":
            session.tell(Flash("info", "That was sent twice", ("It was carried out once.",)))
            return RedirectResponse("/", 303)
        done = await run_in_threadpool(_carried_out, carry_out, site, session, fields)
        return RedirectResponse(done, 303) if isinstance(done, str) else done

    return answer


def _carried_out(
    carry_out: Callable[[Site, Session, Form], str | Response], site: Site, session: Session, fields: Form
) -> str | Response:
    back = fields.text("back") if fields.text("back") in ("/", "/history") else "/"
    try:
        with site.lock:
            return carry_out(site, session, fields)
    except PkccError as error:
        session.tell(Flash("bad", error.title, (error.hint,)))
    except Exception as error:  # noqa: BLE001 - none of its text is shown: it may hold anything
        fault = unforeseen(error)
        session.tell(Flash("bad", fault.title, (fault.hint,)))
    return back


def _note_use(site: Site, session: Session) -> None:
    site.lifetime.used()
    session.used_at = time.time()
