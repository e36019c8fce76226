"""The five steps' addresses."""

from __future__ import annotations

from tray.manager.pages.profiles.add import details, key, models, review, route

ROUTES = (*key.ROUTES, *route.ROUTES, *models.ROUTES, *details.ROUTES, *review.ROUTES)
