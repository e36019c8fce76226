"""A model that ends is said while there is time to choose another, and once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from unittest import mock

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.home.user_home import UserHome

from profiles.portkey.retired_models import Retirement

DAY = 24 * 3600
MODEL = "claude-sonnet-4-5"


@pytest.fixture
def work(home: UserHome) -> Iterator[UserHome]:
    """A profile in use whose model's last day is 30 November 2026."""
    home.add("work", "--label", "Vertex EU", "--provider", "@w", "--sonnet", MODEL)
    home.ok("switch", "work")
    ends = Retirement("retires on November 30, 2026", is_past=False, successor="x", day="2026-11-30")
    with mock.patch("tray.runtime.watch.retiring.retiring", return_value=[("sonnet", MODEL, ends)]):
        yield home


def told_at_the_start(home: UserHome) -> None:
    """What the real day led to is forgotten."""
    (home.root / ".local/state/pkcc-tray/retiring-told.json").unlink(missing_ok=True)


def on(tray: Tray, day: str) -> list[tuple[str, str]]:
    """What is told on that day, at noon."""
    noon = time.mktime(date.fromisoformat(day).timetuple()) + DAY / 2
    tray.wall = lambda: noon
    tray.settle()
    return [(notice.title, notice.body) for notice in tray.new_told()]


def test_it_is_said_once_in_the_last_week_and_once_when_it_is_over(work: UserHome) -> None:
    with running_tray(work) as tray:
        tray.new_told()
        told_at_the_start(work)
        assert on(tray, "2026-11-20") == []
        assert on(tray, "2026-11-28") == [("A model retires in 2 days", f"Vertex EU uses {MODEL}.")]
        assert on(tray, "2026-11-29") == []
    with running_tray(work) as again:
        again.new_told()
        assert on(again, "2026-11-30") == []
        assert on(again, "2026-12-02") == [("A model was retired", f"Vertex EU uses {MODEL}.")]


def test_its_button_leads_to_the_profile(work: UserHome) -> None:
    with running_tray(work) as tray:
        told_at_the_start(work)
        tray.new_told()
        noon = time.mktime(date(2026, 11, 29).timetuple()) + DAY / 2
        tray.wall = lambda: noon - DAY
        tray.settle()
        notice = tray.told[-1]
        assert notice.actions == (("manage:/edit/work", "Choose another"),)
        tray.runtime.choose(notice.actions[0][0])
        assert tray.managed == ["/edit/work"]
