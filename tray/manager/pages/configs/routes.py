"""The addresses of configs."""

from __future__ import annotations

from tray.manager.pages.configs import building, listing, saving

ROUTES = (*listing.ROUTES, *building.ROUTES, *saving.ROUTES)
