"""Usage: read when a button says so, shown with its age, and read again after 5 minutes at the earliest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.routing import Route

from profiles.base.errors import ConflictError, PkccError
from profiles.portkey.editions import SELF_HOSTED, edition_of
from tray.actions.account.usage_report import FRESH_S, PERIODS, known_usage, read_usage
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.usage import usage as views
from tray.manager.views.usage.budgets import bars

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.account.usage_report import UsageReport
    from tray.actions.more.glance.profiles import Glanced
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site
    from tray.manager.views.look import Look

_MOST_PROFILES = 25  # to choose from


class Asked:
    """What the page is to show: whose usage, of which period, by which metadata."""

    def __init__(self, site: Site, look: Look, given: QueryParams | dict[str, str]) -> None:
        able = [row for row in look.profiles if not row.problem and row.key_is_there is not False]
        one_for_each_key = {row.reference: row for row in reversed(able)}
        self._choices = [row for row in able if one_for_each_key[row.reference] is row][:_MOST_PROFILES]
        wanted = (given.get("profile", ""), look.status.active)
        self.profile = next((row for name in wanted for row in able if row.name == name), None) or (
            able[0] if able else None
        )
        self.period = given.get("period", "") if given.get("period", "") in PERIODS else "30"
        self.keys = [] if self.profile is None else _metadata_keys(site, self.profile)
        by = given.get("by", "")
        self.by = by if by in self.keys else self.keys[0] if self.keys else ""

    def address(self, **changed: str) -> str:
        """The page's address, with these chosen otherwise."""
        return f"/usage?{urlencode(self.fields | changed)}"

    @property
    def fields(self) -> dict[str, str]:
        """What the page's address, and its form, say of it."""
        name = self.profile.name if self.profile else ""
        return {"profile": name, "period": self.period, "by": self.by}

    @property
    def profile_links(self) -> list[tuple[str, str, bool]]:
        """A profile of each key: the page for it, its label, whether it is the one shown."""
        mine = self.profile.reference if self.profile else ""
        return [
            (self.address(profile=row.name, by=""), row.label, row.reference == mine) for row in self._choices
        ]

    @property
    def period_links(self) -> list[tuple[str, str, bool]]:
        """The same for each period."""
        return [(self.address(period=each), name, each == self.period) for each, name in PERIODS.items()]

    @property
    def by_links(self) -> list[tuple[str, str, bool]]:
        """The same for each metadata key."""
        return [(self.address(by=key), key, key == self.by) for key in self.keys]

    @property
    def key(self) -> tuple[str, ...]:
        """By what a report of it is kept: of another route or key it is no longer."""
        return (self.profile.mark if self.profile else "", *self.fields.values())


def _metadata_keys(site: Site, row: Glanced) -> list[str]:
    """The keys of the metadata that requests may have: the profile's, and the projects'."""
    try:
        projects = [*site.app.projects.registry().projects.values()]
    except PkccError:
        projects = []
    found = [key for key, _ in row.metadata]
    found += [key for project in projects for key in project.all_metadata]
    return list(dict.fromkeys(found))[:8]


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What is known of the usage: nothing is asked here."""
    look = look_around(site)
    asked = Asked(site, look, request.query_params)
    report = _report(site, asked)
    edition = SELF_HOSTED if asked.profile is None else edition_of(asked.profile.gateway)
    return in_shell(
        site,
        session,
        request,
        "usage/usage",
        look,
        asked=asked,
        periods=PERIODS,
        report=report,
        bars=bars(report.budgets) if report else [],
        chart=views.chart(report) if report else None,
        models=views.shares(report.by_model) if report else [],
        values=views.shares(report.by_metadata) if report else [],
        read=views.read_when(report) if report else "",
        may_read=report is None or views.age_of(report, time.time()) >= FRESH_S,
        logs=next((each.url for each in edition.pages if each.name == "logs"), "")
        if edition is not SELF_HOSTED
        else "",
    )


def _report(site: Site, asked: Asked) -> UsageReport | None:
    if asked.profile is None:
        return None
    known = known_usage(site.app, asked.profile.name, asked.period, asked.by)
    read_here = site.usage.get(asked.key)
    if known is None or read_here is None:
        return known or read_here
    return read_here if (read_here.asked_at or "") >= (known.asked_at or "") else known


@form
def read(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Ask the account, in a thread of its own."""
    given = {name: fields.text(name) for name in ("profile", "period", "by")}
    asked = Asked(site, look_around(site), given)
    if asked.profile is None:
        raise ConflictError("No profile has a key yet", "Enter one: then its usage can be read.")
    name, host = asked.profile.name, asked.profile.gateway.partition("://")[2]

    def work(job: Job) -> str:
        job.step(f"Asking {host} what was used")
        found = read_usage(job.app, name, asked.period, asked.by)
        site.usage[asked.key] = found
        while len(site.usage) > _MOST_PROFILES:
            del site.usage[next(iter(site.usage))]
        return asked.address()

    return site.jobs.begin("Reading what was used", work, back=asked.address())


ROUTES = (
    Route("/usage", show, methods=["GET"]),
    Route("/usage", read, methods=["POST"]),
)
