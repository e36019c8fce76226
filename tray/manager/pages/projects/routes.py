"""The addresses of the pages about projects: fixed ones before those that name one."""

from __future__ import annotations

from tray.manager.pages.projects import acting, adding, one, projects, rules

ROUTES = (*projects.ROUTES, *adding.ROUTES, *rules.ROUTES, *acting.ROUTES, *one.ROUTES)
