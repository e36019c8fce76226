"""The page of a step: it comes after that of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from tray.manager.answering.page import page
from tray.manager.pages.profiles.add.draft import draft_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.page import Answering
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.site import Site
    from tray.manager.views.fields import FieldError


def step(shown: Callable[[Site, Session, Request, Draft, list[FieldError]], Response]) -> Answering:
    """The page that `shown` makes of the draft, without errors; the first step's where no key was given."""

    @page
    def show(site: Site, session: Session, request: Request) -> Response:
        draft = draft_in(site, session)
        return shown(site, session, request, draft, []) if draft.key.source else RedirectResponse("/add", 303)

    return show
