"""A manager's site without a web server, and a browser's stand-in that has come by its link."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, UserHome
from support.pages import words_of

from tray import app as apps
from tray.app import App
from tray.manager.pages.routes import application
from tray.manager.site import Site

PORT = 43210
ORIGIN = f"http://127.0.0.1:{PORT}"


class Clock:
    """Time that passes when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Visitor(TestClient):
    """A browser at the manager's address; it follows no redirect, and says where its forms come from."""

    site: Site

    def form_token(self, path: str = "/") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def words(self, path: str = "/", part: str = "body") -> str:
        """A page's words, its markup taken out."""
        return words_of(self.get(path).text, part)

    def fill(self, path: str, **fields: str | list[str]) -> httpx2.Response:
        """Send a form as the page has it."""
        data = {"token": self.form_token(), **fields}
        return self.post(path, data=data, headers={"origin": ORIGIN, "sec-fetch-site": "same-origin"})

    def undo(self, back: str = "/") -> httpx2.Response:
        """Take back the latest step, as the history's button has it."""
        found = re.search(r'name="step" value="([^"]+)"', self.get("/history").text)
        assert found is not None
        return self.carry_out("/undo", step=found[1], back=back)

    def carry_out(self, path: str, **fields: str | list[str]) -> httpx2.Response:
        """Send a form, and wait for the job that it begins: the answer that leads on."""
        answer = self.fill(path, **fields)
        while answer.headers.get("location", "").startswith("/jobs/"):
            answer = self.follow(answer.headers["location"])
        return answer

    def end_of(self, answer: httpx2.Response) -> str:
        """Where the job has led that the answer goes on to."""
        return str(self.follow(answer.headers["location"]).headers["location"])

    def follow(self, path: str) -> httpx2.Response:
        """The answer of a job's page that leads on, once the job has ended."""
        job = self.site.jobs.find(path.removeprefix("/jobs/"))
        assert job is not None, path
        job.wait(20)
        answer = self.get(path)
        assert answer.status_code == 303, path
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(home: UserHome, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name in [*os.environ]:
        monkeypatch.delenv(name)
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    app = App.start(home.environ, None, None, wants_json=True)
    app.who = apps.MANAGER
    return Site(app, PORT, clock)


@pytest.fixture
def browser(site: Site) -> Callable[..., Visitor]:
    """Makes a browser that has no session yet; the manager's pages, unless an application is given."""

    def made(app: Any = None) -> Visitor:
        visitor = Visitor(app or application(site), base_url=ORIGIN, follow_redirects=False)
        visitor.site = site
        return visitor

    return made


@pytest.fixture
def visitor(site: Site, browser: Callable[[], Visitor]) -> Visitor:
    """A browser that has come by a good link."""
    made = browser()
    assert made.get(site.new_link()).status_code == 303
    return made


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    """A gateway that accepts the key of every profile made here, with an account behind it."""
    with HostedAccount(KEY) as running:
        yield running
