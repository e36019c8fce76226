"""Check and Doctor from the menu: done away from the worker, and told in one notification each."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from support.desktop.recorded_tray import LIMIT_S, running_tray
from support.gateway.stand_in import Hosted
from support.home.user_home import KEY, UserHome

from profiles.base.errors import PkccError
from profiles.base.locations import find_locations
from tray.app import App
from tray.desktop.threads.apart import Apart
from tray.notices.notice import Notice
from tray.runtime.background_jobs import Background


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(KEY) as running:
        yield running


@pytest.fixture
def app(home: UserHome) -> Iterator[App]:
    with mock.patch.dict(os.environ, home.environ, clear=True):
        yield App(find_locations(os.environ), dict(os.environ), interactive=False, directory="/")


def told_by(app: App, start: str, *arguments: str, **jobs: Callable[[App], Notice]) -> Notice:
    told: queue.Queue[Notice] = queue.Queue()
    getattr(Background(app, Apart(lambda hear: hear()), told.put, **jobs), start)(*arguments)
    return told.get(timeout=LIMIT_S)


def test_the_menu_asks_for_the_active_profile(home: UserHome) -> None:
    home.add("work", "--provider", "@work", "--label", "My work")
    with running_tray(home) as tray:
        tray.click("profile:work")
        tray.click("check")
        tray.click("doctor")
        assert tray.background.asked == [("check", "work", "My work"), ("doctor",)]


def test_a_gateway_that_answers_is_said_to_and_one_that_refuses_the_key_with_what_to_do(
    home: UserHome, app: App, hosted: Hosted
) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    home.ok("switch", "work")
    notice = told_by(app, "check", "work", "Work")
    assert notice.title == "Work: the connection works"
    assert "takes the key" in notice.body
    hosted.key = "another"
    notice = told_by(app, "check", "work", "Work")
    assert notice.title.startswith("Work: The gateway does not accept this key")
    assert "key rotate" in notice.body
    assert KEY not in repr(notice)


def test_doctor_tells_the_worst_and_its_remedy(home: UserHome, app: App) -> None:
    home.add("work")
    home.ok("switch", "work")
    home.settings.write_text("{ // mine\n}")
    notice = told_by(app, "doctor")
    assert notice.title.startswith("Doctor found ")
    assert "settings.json" in notice.body


@pytest.mark.parametrize(
    ("error", "title"),
    [(PkccError("No such thing", "Do this."), "No such thing"), (ValueError(KEY), "Something went wrong")],
)
def test_what_fails_is_told_without_its_text(app: App, error: Exception, title: str) -> None:
    def fail(_app: App) -> Notice:
        raise error

    notice = told_by(app, "doctor", doctor=fail)
    assert notice.title.startswith(title)
    assert KEY not in repr(notice)


def test_an_impatient_user_s_clicks_start_one_check(app: App) -> None:
    leave, told = threading.Event(), queue.Queue[Notice]()
    started: list[object] = []

    def slow(_app: App) -> Notice:
        started.append(1)
        leave.wait(LIMIT_S)
        return Notice("doctor", "done", "")

    jobs = Background(app, Apart(lambda hear: hear()), told.put, slow)
    for _ in range(5):
        jobs.doctor()
    leave.set()
    assert told.get(timeout=LIMIT_S).title == "done"
    assert started == [1]
    jobs.doctor()  # and another one once it is done
    assert told.get(timeout=LIMIT_S).title == "done"
