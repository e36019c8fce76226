"""The pages of catalogs, the form for a new one before those that are named."""

from __future__ import annotations

from tray.manager.pages.catalogs import adding, changing, listing, one

ROUTES = (*listing.ROUTES, *adding.ROUTES, *one.ROUTES, *changing.ROUTES)
