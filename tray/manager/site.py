"""The site: what all pages share."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from profiles.gateway.check.kept_checks import LastChecks
from tray.actions.more.glance.catalogs import CatalogGlances
from tray.actions.more.glance.clones import Clones
from tray.actions.more.glance.profiles import Glances
from tray.actions.more.glance.projects import ProjectGlances
from tray.actions.more.preference import preferences_here
from tray.manager.access.links import FRONT, HOST, Links
from tray.manager.access.sessions import Sessions
from tray.manager.serving.drafts import ConfigDrafts
from tray.manager.serving.jobs import NO_END_YET, Jobs
from tray.manager.serving.lifetime import Lifetime
from tray.manager.serving.news import News

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.gateway.check.kept_checks import CheckedProfile
    from tray.actions.account.usage_report import UsageReport
    from tray.actions.more.doctor import Examined
    from tray.actions.switching.status import Drifted
    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.serving.jobs import Job


class LastCheck:
    """One check of a profile: under way until `found` is there, or why there is none. `job` asks for it."""

    def __init__(self, name: str, began_at: float = 0.0, found: CheckedProfile | None = None) -> None:
        self.name = name
        self.began_at = began_at or time.time()
        self.found = found
        self.failure = ""
        self.job: Job | None = None

    @property
    def problem(self) -> str:
        """Why nothing was found; "" where something was, and while it is under way."""
        hangs = self.found is None and self.job is not None and self.job.is_over
        return self.failure or (f"It has no end yet. {NO_END_YET}" if hangs else "")

    @property
    def is_under_way(self) -> bool:
        """Whether it is waited for."""
        return self.found is None and not self.problem


class Site:
    """What the pages share. `lock` is held while an action is at work: one at a time, as in the tray."""

    def __init__(self, app: App, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.app = app
        self.port = port
        self.lock = threading.Lock()
        self.glances = Glances(app)
        self.clones = Clones(app)
        self.catalogs = CatalogGlances(app)
        self.projects = ProjectGlances(app)
        self.links = Links(clock)
        self.lifetime = Lifetime(clock, lambda: preferences_here(app).manager_idle_minutes * 60.0)
        self.news = News(self.lifetime.page_opened, self.lifetime.page_closed)
        self.sessions = Sessions(self.lifetime.has_page, self.tell_ended)
        self.drafts = ConfigDrafts()
        self.jobs = Jobs(app.apart, clock)
        self.checks: dict[str, LastCheck] = {}  # by profile: those that were begun here
        self.kept_checks = LastChecks(app.locations)
        self.examined: Examined | None = None  # what doctor found last
        self.usage: dict[tuple[str, ...], UsageReport] = {}  # as it was read here, refusals and all
        self.left: tuple[Drifted, ...] = ()  # changes that the person leaves as they are for now
        self.on_close: Callable[[], None] = lambda: None
        self._has_session = False

    @property
    def cookie_name(self) -> str:
        """Cookies know no ports, so the name does: two managers do not take each other's."""
        return f"pkcc_manager_{self.port}"

    @property
    def host(self) -> str:
        """Host and port, as a browser names them."""
        return f"{HOST}:{self.port}"

    def new_link(self, page: str = FRONT) -> str:
        """A link that opens the manager once, at that page."""
        return f"http://{self.host}/open/{self.links.make(page)}"

    def begin_session(self) -> Session:
        """A session for the browser that came by a good link."""
        session = self.sessions.begin()
        self._has_session = True
        self.lifetime.new_session()
        return session

    def is_over(self) -> bool:
        """Whether the manager is to end by itself now. Asked all the time: what is kept for a while ends.

        Not while a job is waited for; one that hangs keeps it only as long as a page that nobody uses.
        """
        self.sessions.forget_old()
        at_work = self.jobs.at_work()
        if any(not job.is_over for job in at_work):
            return False
        awaited = self.links.is_waiting() or bool(at_work)
        return self.lifetime.is_over(awaited=awaited, session=self._has_session)

    def tell_changed(self) -> None:
        """Have open pages show what holds now."""
        self.news.tell("changed")

    def tell_ended(self) -> None:
        """Have open pages say that they are closed."""
        self.news.tell("ended")
