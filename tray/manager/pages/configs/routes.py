"""The addresses of configs."""

from __future__ import annotations

from tray.manager.pages.configs import asking, building, listing

ROUTES = (*listing.ROUTES, *building.ROUTES, *asking.ROUTES)
