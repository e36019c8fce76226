"""Overview: what Claude Code uses now, the profiles, the running sessions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.routing import Route

from profiles.portkey.editions import PORTKEY
from tray.actions.account.known_budgets import known_budgets
from tray.actions.keys.key_fate import key_fate
from tray.actions.more.glance.managed import managed_files
from tray.actions.profiles.order import last_used_first
from tray.actions.switching.history import history
from tray.actions.switching.sessions import sessions
from tray.manager.access.sessions import Pointed
from tray.manager.answering.page import is_update, page
from tray.manager.look_around import files_in_projects, look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.keys.entering import console_of
from tray.manager.views.profiles import overview as views
from tray.manager.views.profiles import rows as row_views
from tray.manager.views.profiles.alarm import alarm
from tray.manager.views.profiles.drawn_rows import drawn_row
from tray.manager.views.profiles.sessions import session_rows, sessions_sentence
from tray.manager.views.projects.rows import project_row
from tray.manager.views.words import listed

if TYPE_CHECKING:
    from typing import Any

    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site
    from tray.manager.views.look import Look


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The overview, or the welcome where there is no profile yet."""
    look = look_around(site)
    if not look.profiles and look.status.active is None and look.status.condition == "off":
        return _welcome(site, session, request, look)
    active = look.active
    card, before = _card(look), _before(site, look) if look.status.active is None else ""
    fate = key_fate(site.app) if look.is_alarming else None
    at_risk = fate.pids if fate is not None else ()
    running = session_rows(
        look, sessions(site.app).sessions, at_risk=at_risk, own_files=files_in_projects(site)
    )
    return in_shell(
        site,
        session,
        request,
        "profiles/overview",
        look,
        card=card,
        has_primary=_has_primary(look, card, before),
        managed=views.managed(managed_files(site.app)),
        facts={} if active is None else views.facts(look, active, known_budgets(site.app, active.name)),
        compared=views.compared(look.status.drift),
        alarm=alarm(look, fate) if fate is not None else {},
        running=running,
        sentence=sessions_sentence(look, running),
        before=before,
        at_risk=[project_row(look, each, [], paused=False) for each in look.at_risk],
        known=_known(site, look),
        way=("", "") if active is None else views.way_out(look, active.name),
        **_profiles(site, session, request, look),
    )


def _welcome(site: Site, session: Session, request: Request, look: Look) -> Response:
    from tray.actions.profiles.importing.found import stores_here

    stores, console = listed(stores_here(site.app)), console_of(PORTKEY.gateway)
    return in_shell(site, session, request, "profiles/welcome", look, stores=stores, console=console)


def _profiles(site: Site, session: Session, request: Request, look: Look) -> dict[str, Any]:
    """The list of profiles, as the address asks for it, and what draws a row of it."""
    asked = request.query_params
    sort, show = row_views.sort_of(asked.get("sort", "")), row_views.filter_of(asked.get("show", ""))
    rows = row_views.rows(look)
    used = last_used_first(site.app, [row.name for row in rows]) if sort == "used" else []
    pointed = Pointed() if is_update(request) else session.pointed()
    compact = len(rows) >= row_views.COMPACT_FROM

    def draw_row(row: row_views.Row) -> Markup:
        which, _, name = pointed.at.partition(":")
        at = which if name == row.name else ""
        return drawn_row(row, compact=compact, alarming=look.is_alarming, at=at)

    return {
        "count": len(rows),
        "compact": compact,
        "groups_of_rows": row_views.grouped(rows, show, sort, used),
        "chips": row_views.chips(rows, show),
        "sorts": row_views.SORTS,
        "sort": sort,
        "pointed": pointed,
        "draw_row": draw_row,
        "address": partial(_address, sort=sort, show=show),
        "row_back": _address(sort, show),
    }


def _address(sort: str, show: str) -> str:
    """The overview's address, sorted and filtered so."""
    chosen = {name: value for name, value in (("sort", sort), ("show", show)) if value}
    return f"/?{urlencode(chosen)}" if chosen else "/"


def _card(look: Look) -> str:
    """Which card stands first: the worst that there is."""
    status = look.status
    if status.condition in ("unparsable", "gone"):
        return status.condition
    if status.dropped:
        return "dropped"
    if look.is_alarming:
        return "alarm"
    if status.drift and not look.is_left:
        return "changed"
    return "off" if status.active is None else "use"


def _has_primary(look: Look, card: str, before: str) -> bool:
    """Whether the card has the page's one filled button."""
    if card == "off":
        return bool(before or look.status.matches or look.by_hand)
    active = look.active
    return card != "use" or (
        active is not None and (active.key_is_there is False or bool(views.way_out(look, active.name)[0]))
    )


def _known(site: Site, look: Look) -> str:
    """The profile that says what the settings say while none is in use, "" for none."""
    from tray.actions.profiles.importing.found import profile_by_hand

    return look.status.matches or ("" if look.by_hand is None else profile_by_hand(site.app))


def _before(site: Site, look: Look) -> str:
    """The profile that was in use last and can be again, "" for none."""
    able = {
        row.name
        for row in look.profiles
        if not row.problem and row.key_is_there is not False and not row.refused
    }
    return next((step.from_ for step in history(site.app).steps if step.from_ in able), None) or ""


ROUTES = (Route("/", show, methods=["GET"]),)
