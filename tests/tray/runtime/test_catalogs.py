"""A team's catalog is asked for by the tray: once a day, without a session, and what comes is said once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import GATEWAY, Publisher, join, with_work
from support.desktop.recorded_tray import Tray, running_tray
from support.home.user_home import UserHome

from profiles.catalogs.fetching.managed import this_machine
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.record import Record, save_record
from profiles.catalogs.subscriptions import subscriptions_path
from profiles.catalogs.trust import Content
from tray.app import App
from tray.runtime.watch.beat.own_answers import own_answer

HOUR = 3600.0


class Following:
    """A tray whose user follows catalogs; what its command is asked, and what it answers."""

    def __init__(self, tray: Tray) -> None:
        self.tray = tray
        self.now = time.time()
        self.asked: list[str] = []
        self.answer: dict[str, Any] | None = None
        self.notes = True
        tray.wall = lambda: self.now
        tray.own_answer = self._answer

    def _answer(self, app: App, *words: str) -> dict[str, Any] | None:
        if words[:2] != ("catalog", "update"):
            return None
        self.asked.append(words[2])
        if self.notes:
            save_record(app.locations, words[2], Record(asked_at=self.now))
        return self.answer

    def follow(self, *names: str) -> None:
        rows = {name: {"source": f"/srv/{name}"} for name in names}
        path = Path(subscriptions_path(self.tray.app.locations))
        path.write_text(json.dumps({"version": 1, "catalogs": rows}))
        self.settle()

    def settle(self) -> None:
        self.tray.settle()
        self.tray.answered()

    def after(self, seconds: float) -> list[str]:
        """What was asked when so much time is over, and every timer that is then due has woken."""
        before, until = len(self.asked), self.now + seconds
        while self.tray.later:
            timers = sorted(self.tray.later, key=lambda timer: timer[0])
            if self.now + timers[0][0] > until:
                break
            self.tray.later.clear()
            self.now += timers[0][0]
            timers[0][1]()
            self.tray.answered()
        self.now = until
        return self.asked[before:]


@pytest.fixture
def its(home: UserHome) -> Iterator[Following]:
    home.add("work", "--provider", "@w")
    with running_tray(home) as tray:
        yield Following(tray)


def test_nobody_who_follows_none_has_a_timer_for_it(its: Following) -> None:
    its.settle()
    assert its.tray.later == []


def test_a_catalog_is_asked_for_some_minutes_after_the_start_and_then_once_a_day(its: Following) -> None:
    its.follow("acme")
    assert its.after(60) == []
    assert its.after(600) == ["acme"]
    assert its.after(18 * HOUR) == []
    assert its.after(12 * HOUR) == ["acme"]
    assert len(its.after(6 * 24 * HOUR)) in (5, 6, 7)


def test_what_waits_and_what_an_administrator_lays_down_is_watched(its: Following) -> None:
    """Else the tray hears of it with the next change of something else, perhaps days later."""
    its.follow("acme")
    watched = its.tray.runtime.watched()
    assert Contents(its.tray.app.locations, "acme").offered_path in watched
    assert {place.directory for place in this_machine()} <= {*watched}


def test_several_are_asked_one_after_the_other(its: Following) -> None:
    its.follow("acme", "labs")
    assert its.after(700) == ["acme", "labs"]


def test_a_command_that_notes_nothing_is_not_run_again_and_again(its: Following) -> None:
    """It ended at once, for whatever reason: a process a second would follow."""
    its.notes = False
    its.follow("acme")
    assert its.after(700) == ["acme"]
    assert len(its.after(5 * HOUR)) <= 5


def test_one_that_a_person_has_just_asked_for_is_not_asked_for_again(its: Following) -> None:
    save_record(its.tray.app.locations, "acme", Record(asked_at=its.now - HOUR))
    its.follow("acme")
    assert its.after(6 * HOUR) == []


def test_no_clock_set_back_keeps_it_from_being_asked_for(its: Following) -> None:
    save_record(its.tray.app.locations, "acme", Record(asked_at=its.now + 900 * HOUR))
    its.follow("acme")
    assert its.after(700) == ["acme"]
    its.now -= 500 * HOUR
    its.tray.runtime.back()
    its.settle()
    assert its.asked == ["acme", "acme"]


def test_how_often_is_the_users_to_say(its: Following) -> None:
    its.tray.home.ok("preference", "catalog_hours", "0")
    its.follow("acme")
    assert its.after(50 * HOUR) == []
    its.tray.home.ok("preference", "catalog_hours", "1")
    its.settle()
    assert len(its.after(10 * HOUR)) >= 8


def test_what_waits_is_said_once_also_over_restarts(its: Following) -> None:
    row = {"name": "acme", "outcome": "waiting", "serial": 44, "loud": [{}, {}], "quiet": [], "problem": ""}
    its.answer = {"catalogs": [row]}
    its.follow("acme")
    its.tray.new_told()
    its.after(700)
    (notice,) = its.tray.new_told()
    assert (notice.title, notice.actions[0][0]) == ("acme: 2 changes to look at", "manage:/catalogs/acme")
    assert "What you have goes on" in notice.body
    its.after(40 * HOUR)
    assert its.tray.new_told() == []
    row["serial"] = 45
    its.after(40 * HOUR)
    assert len(its.tray.new_told()) == 1


@pytest.mark.parametrize(
    "answer",
    [None, {}, {"catalogs": None}, {"catalogs": [1, {}, {"name": "acme"}, {"name": 1, "serial": "x"}]}],
)
def test_an_answer_that_says_nothing_says_nothing(its: Following, answer: dict[str, Any] | None) -> None:
    its.answer = answer
    its.follow("acme")
    its.tray.new_told()
    assert its.after(700) == ["acme"]
    assert its.tray.new_told() == []


def test_a_change_of_another_profile_than_the_one_in_use_is_not_said(its: Following) -> None:
    its.tray.home.ok("switch", "work")
    row = {"name": "acme", "outcome": "applied", "serial": 44, "loud": [], "quiet": [{}], "problem": ""}
    its.answer = {"catalogs": [row]}
    its.follow("acme")
    its.tray.new_told()
    its.after(700)
    assert its.tray.new_told() == []


def test_the_menu_says_which_waits_and_leads_to_it(its: Following) -> None:
    its.follow("acme", "labs")
    key = "manage:/catalogs/acme"
    assert key not in its.tray.entries
    contents = Contents(its.tray.app.locations, "acme")
    contents.offer(Kept(Content(b"{}", b"", ""), its.now))
    its.settle()
    assert its.tray.entries[key].label == "acme: changes to look at…"
    its.tray.click(key)
    assert its.tray.managed == ["/catalogs/acme"]
    contents.offer(None)
    its.settle()
    assert key not in its.tray.entries


@pytest.mark.parametrize("text", ["{", '{"version": 1, "catalogs": {"../x": {}}}', "[]"])
def test_a_file_that_cannot_be_read_breaks_nothing_else(its: Following, text: str) -> None:
    Path(subscriptions_path(its.tray.app.locations)).write_text(text)
    its.settle()
    assert its.tray.later == []
    assert "profile:work" in its.tray.entries


# With the real command ------------------------------------------------------------------------------------


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    published = Publisher(tmp_path / "share")
    published.publish()
    return published


@pytest.fixture
def joined(home: UserHome, publisher: Publisher) -> Iterator[Following]:
    """Somebody whose active profile is a catalog's; the command runs in a process of its own, as it does."""
    join(home, publisher)
    with running_tray(home) as tray:
        its = Following(tray)

        def answer(app: App, *words: str) -> dict[str, Any] | None:
            return own_answer(app, *words) if words[0] == "catalog" else None

        tray.own_answer = answer
        tray.new_told()
        its.settle()
        yield its


def _said(its: Following) -> list[str]:
    return [notice.title for notice in its.tray.new_told()]


def test_a_harmless_change_is_in_force_by_itself_and_said_once(
    joined: Following, publisher: Publisher
) -> None:
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    joined.after(29 * HOUR)
    home = joined.tray.home
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"
    assert home.ok("status", "--short").out == "acme/work\n"
    assert _said(joined) == ["acme/work was changed"]
    joined.after(HOUR + 1)
    assert _said(joined) == []


def test_where_the_key_goes_waits_in_menu_and_notice_until_it_is_taken(
    joined: Following, publisher: Publisher
) -> None:
    home = joined.tray.home
    before = home.settings.read_bytes()
    publisher.publish(
        profiles=with_work(gateway=GATEWAY), gateway_hosts=["api.portkey.ai", "gw.acme.example"]
    )
    joined.after(29 * HOUR)
    joined.settle()
    assert home.settings.read_bytes() == before
    (title,) = _said(joined)
    assert title.startswith("acme: ")
    assert title.endswith("to look at")
    assert "manage:/catalogs/acme" in joined.tray.entries
    home.ok("catalog", "accept", "acme")
    joined.settle()
    assert home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert "manage:/catalogs/acme" not in joined.tray.entries
    assert "drift" not in joined.tray.runtime.state.condition


def test_a_source_that_cannot_be_reached_changes_nothing_and_says_nothing(
    joined: Following, publisher: Publisher
) -> None:
    """A notice a day, for as long as the VPN is off, is one that people turn off."""
    before = joined.tray.home.settings.read_bytes()
    publisher.directory.rename(publisher.directory.with_name("elsewhere"))
    joined.after(33 * HOUR)
    assert joined.tray.home.settings.read_bytes() == before
    assert _said(joined) == []
