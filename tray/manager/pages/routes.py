"""The pages by their addresses, as each module lists its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from profiles.base.errors import PkccError
from tray.manager.access.gate import Gate
from tray.manager.pages import access
from tray.manager.pages.catalogs import routes as catalogs
from tray.manager.pages.computer import doctor, history, importing, preferences
from tray.manager.pages.configs import routes as configs
from tray.manager.pages.keys import entering, found, listing, places
from tray.manager.pages.meanwhile import fault, jobs
from tray.manager.pages.profiles import (
    changing,
    checking,
    editing,
    keep_address,
    ordering,
    overview,
    preview,
    removing,
    texts,
)
from tray.manager.pages.profiles.add import routes as add
from tray.manager.pages.projects import routes as projects
from tray.manager.pages.usage import usage

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tray.manager.site import Site

_STATIC = os.path.join(os.path.dirname(os.path.dirname(__file__)), "static")
ROUTES: tuple[BaseRoute, ...] = (
    *overview.ROUTES,
    *changing.ROUTES,
    *checking.ROUTES,
    *preview.ROUTES,
    *ordering.ROUTES,
    *entering.ROUTES,
    *listing.ROUTES,
    *places.ROUTES,
    *found.ROUTES,
    *add.ROUTES,
    *editing.ROUTES,
    *keep_address.ROUTES,
    *removing.ROUTES,
    *texts.ROUTES,
    *configs.ROUTES,
    *projects.ROUTES,
    *catalogs.ROUTES,
    *usage.ROUTES,
    *history.ROUTES,
    *doctor.ROUTES,
    *importing.ROUTES,
    *preferences.ROUTES,
    *jobs.ROUTES,
    *access.ROUTES,
    Mount("/static", StaticFiles(directory=_STATIC)),
)


def application(site: Site) -> ASGIApp:
    """What a web server runs."""
    instead = {404: access.nowhere, 413: access.too_much, PkccError: fault.instead}
    starlette = Starlette(routes=list(ROUTES), exception_handlers=instead)
    starlette.state.site = site
    return Gate(starlette, site.host, site.clock)
