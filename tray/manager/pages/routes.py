"""The pages by their addresses. A page in the navigation is there as soon as it is in this table."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tray.manager.access.gate import Gate
from tray.manager.pages import changing, checking, door, history, overview, preview

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tray.manager.site import Site

_STATIC = os.path.join(os.path.dirname(os.path.dirname(__file__)), "static")
ROUTES = (
    Route("/", overview.show, methods=["GET"]),
    Route("/switch", changing.switch, methods=["POST"]),
    Route("/off", changing.off, methods=["POST"]),
    Route("/restore", changing.restore, methods=["POST"]),
    Route("/keep", changing.keep, methods=["POST"]),
    Route("/leave", changing.leave, methods=["POST"]),
    Route("/undo", changing.undo, methods=["POST"]),
    Route("/open-settings", changing.open_settings, methods=["POST"]),
    Route("/check", checking.begin, methods=["POST"]),
    Route("/check/{name}", checking.show, methods=["GET"]),
    Route("/preview/{name}", preview.show, methods=["GET"]),
    Route("/history", history.show, methods=["GET"]),
    Route("/history/{number:int}", history.confirm, methods=["GET"]),
    Route("/history/back", history.go_back, methods=["POST"]),
    Route("/open/{token}", door.open_link, methods=["GET"]),
    Route("/take", door.take_over, methods=["POST"]),
    Route("/close", door.close, methods=["POST"]),
    Route("/ended", door.ended, methods=["GET"]),
    Route("/news", door.news, methods=["GET"]),
    Mount("/static", StaticFiles(directory=_STATIC)),
)


def application(site: Site) -> ASGIApp:
    """What a web server runs."""
    starlette = Starlette(routes=list(ROUTES), exception_handlers={404: door.nowhere})
    starlette.state.site = site
    return Gate(starlette, site.host, site.clock)
