"""A user sees in the menu what is left of the budget, and is told once when it nears its end, and there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.home.user_home import KEY, UserHome

from tray.actions.account.budgets import budgets_left
from tray.app import App
from tray.notices.notice import Notice
from tray.runtime.watch.budget.watch import AGAIN_S
from tray.terminal.results import to_data


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        running.spend(61)
        yield running


@pytest.fixture
def work(home: UserHome, hosted: HostedAccount) -> UserHome:
    """A home with two profiles of that account, the first active, whose user wants to see budgets."""
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    home.add("play", "--provider", "@bedrock-eu", "--gateway", hosted.url)
    home.ok("switch", "work")
    home.ok("preference", "usage", "on")
    return home


class Watching:
    """A tray, and what its account is asked: by the very action of the command, without its process."""

    def __init__(self, tray: Tray) -> None:
        self.tray = tray
        self.asked: list[str] = []
        self.now = 0.0
        tray.wall = lambda: time.time() + self.now
        tray.own_answer = self._answer

    def _answer(self, app: App, command: str, name: str, *options: str) -> dict[str, Any] | None:
        if options:
            return None  # of the gateway's health
        self.asked.append(f"{command} {name}")
        try:
            answer: dict[str, Any] = to_data(budgets_left(app, name)[0])
        except Exception:  # noqa: BLE001 - the command then has no answer
            return None
        if answer["asked_at"] is not None:  # as late as the test's clock
            at = datetime.fromisoformat(answer["asked_at"]) + timedelta(seconds=self.now)
            answer["asked_at"] = at.isoformat()
        return answer

    def after(self, seconds: float, event: str = "beat") -> list[Notice]:
        """What is told when sessions have run on for so long, and whatever was asked is answered."""
        self.now += seconds
        self.tray.runtime.hear(event)  # type: ignore[arg-type]
        self.settle()
        return self.tray.new_told()

    def settle(self) -> None:
        """Whatever is asked is answered, and heard."""
        self.tray.settle()
        self.tray.answered()

    @property
    def line(self) -> str:
        entry = self.tray.entries.get("budget")
        return "" if entry is None else entry.label.removeprefix("Budget: ")


@contextmanager
def watching(home: UserHome) -> Iterator[Watching]:
    with running_tray(home) as tray:
        yield Watching(tray)


def titles(notices: list[Notice]) -> list[str]:
    return [notice.title for notice in notices]


def test_the_menu_and_the_tooltip_say_what_is_used_while_sessions_run(
    work: UserHome, hosted: HostedAccount
) -> None:
    with watching(work) as its:
        assert (its.line, its.asked, its.tray.new_told()) == ("", [], [])
        assert its.after(0, "started") == []
        assert its.line == "$ 61 of $ 500 this month"
        assert its.tray.face.tooltip.splitlines() == ["@anthropic-prod", "$ 61 of $ 500 this month"]
        its.tray.click("budget")
        assert its.tray.managed == ["/usage"]


def test_the_account_is_asked_at_most_every_15_minutes_also_over_restarts(
    work: UserHome, hosted: HostedAccount
) -> None:
    with watching(work) as its:
        its.after(0, "started")
        for seconds in (60, 60, AGAIN_S - 200):
            its.after(seconds)
        assert its.asked == ["budget work"]
    with watching(work) as again:
        again.now = its.now
        again.after(30, "started")
        assert again.asked == []
        again.after(60)
        assert again.asked == ["budget work"]


def test_nothing_is_asked_without_a_wish_or_a_session(work: UserHome, hosted: HostedAccount) -> None:
    work.ok("preference", "usage", "off")
    with watching(work) as its:
        its.after(0, "started")
        its.after(AGAIN_S)
        assert (its.line, its.asked) == ("", [])
        work.ok("preference", "usage", "on")
        its.settle()
        assert its.line == "$ 61 of $ 500 this month"
        its.after(0, "ended")
        assert its.line.startswith("$ 61 of $ 500 this month (")  # it will grow old
        its.now += AGAIN_S
        its.settle()
        assert its.asked == ["budget work"]
        work.ok("preference", "usage", "off")
        its.settle()
        assert its.line == ""


def test_the_threshold_and_the_end_are_told_once_each_and_not_again_after_a_restart(
    work: UserHome, hosted: HostedAccount
) -> None:
    """An alarm that is repeated is switched off, and one that comes late costs a day's work."""
    with watching(work) as its:
        assert its.after(0, "started") == []
        hosted.spend(410)
        (told,) = its.after(AGAIN_S)
        assert told.title == "82 % of the budget is used"
        assert told.body.startswith("@anthropic-prod: $ 410 of $ 500 this month. It starts again on 1 ")
        hosted.spend(420)
        assert its.after(AGAIN_S) == []
    with watching(work) as again:
        again.now = its.now
        assert again.after(AGAIN_S, "started") == []
        hosted.spend(503, status="exhausted")
        (told,) = again.after(AGAIN_S)
        assert told.title == "The budget is used up"
        assert "gateway refuses Claude Code's requests to it (412)" in told.body
        assert again.line == "used up: $ 503 of $ 500 this month"
        assert again.after(AGAIN_S) == []
    with watching(work) as last:
        last.now = again.now
        assert last.after(AGAIN_S, "started") == []
        assert last.line == "used up: $ 503 of $ 500 this month"


def test_what_was_answered_after_a_no_is_told_after_the_next_yes(
    work: UserHome, hosted: HostedAccount
) -> None:
    with watching(work) as its:
        answer = its.tray.own_answer

        def late(*asked: Any) -> dict[str, Any] | None:
            work.ok("preference", "usage", "off")
            its.tray.settle()
            return answer(*asked)

        hosted.spend(410)
        its.tray.own_answer = late
        assert its.after(0, "started") == []
        its.tray.own_answer = answer
        work.ok("preference", "usage", "on")
        assert len(its.after(AGAIN_S)) == 1


def test_what_is_used_up_at_once_is_told_by_one_notice(work: UserHome, hosted: HostedAccount) -> None:
    with watching(work) as its:
        hosted.spend(500)
        assert titles(its.after(0, "started")) == ["The budget is used up"]


def test_the_next_period_and_a_changed_limit_are_told_anew(work: UserHome, hosted: HostedAccount) -> None:
    with watching(work) as its:
        soon = f"{datetime.now(UTC) + timedelta(seconds=AGAIN_S / 2):%Y-%m-%dT%H:%M:%SZ}"
        hosted.spend(410, next_usage_reset_at=soon)
        assert len(its.after(0, "started")) == 1
        hosted.spend(5)
        assert its.after(AGAIN_S) == []
        assert its.line.startswith("$ 5 of $ 500")
        hosted.spend(450)
        assert len(its.after(AGAIN_S)) == 1
        hosted.spend(450, credit_limit=450)
        assert titles(its.after(AGAIN_S)) == ["The budget is used up"]
        hosted.spend(460, credit_limit=1000, alert_threshold=800)
        assert its.after(AGAIN_S) == []
        hosted.spend(800, credit_limit=1000, alert_threshold=800)
        assert titles(its.after(AGAIN_S)) == ["80 % of the budget is used"]


def test_a_key_that_may_list_nothing_leads_to_no_line_and_no_notice(
    work: UserHome, hosted: HostedAccount
) -> None:
    with watching(work) as its:
        its.after(0, "started")
        hosted.spend(490)
        hosted.lacks = {"providers.read", "policies.list", "analytics.view"}
        assert its.after(AGAIN_S) == []
        assert its.line == ""


def test_without_an_answer_the_last_figure_stays_with_its_age(work: UserHome, hosted: HostedAccount) -> None:
    with watching(work) as its:
        its.after(0, "started")
        its.tray.own_answer = lambda *_: its.asked.append("budget work")
        assert its.after(AGAIN_S) == []
        assert its.line == "$ 61 of $ 500 this month"  # a beat, and an answer, take their time
        its.after(AGAIN_S)
        at = datetime.fromtimestamp(its.tray.wall() - 2 * AGAIN_S)
        assert its.line.startswith(f"$ 61 of $ 500 this month ({at.day} ")
        its.tray.own_answer = lambda *_: its.asked.append("budget work") or {"asked_at": 5}  # type: ignore[func-returns-value]
        assert its.after(AGAIN_S) == []
        assert its.line.startswith("$ 61 of $ 500")


def test_another_profile_has_its_own_figure_at_once_or_none(work: UserHome, hosted: HostedAccount) -> None:
    with watching(work) as its:
        its.after(0, "started")
        its.after(0, "ended")
        its.tray.click("profile:play")
        assert its.line == ""
        its.tray.click("profile:work")
        assert its.line.startswith("$ 61 of $ 500 this month (")
        assert its.asked == ["budget work"]
        work.ok("set", "work", "route.provider", "@bedrock-eu")
        its.tray.settle()
        assert its.line == ""  # that figure is another provider's


def test_a_switch_while_sessions_run_asks_for_the_new_profile_s(
    work: UserHome, hosted: HostedAccount
) -> None:
    with watching(work) as its:
        its.after(0, "started")
        its.tray.click("profile:play")
        its.settle()
        assert its.asked == ["budget work", "budget play"]


def test_a_key_s_own_budget_that_is_used_up_is_told_once_until_it_is_not(
    work: UserHome, hosted: HostedAccount
) -> None:
    """Then every session fails, whatever provider it asks."""
    with watching(work) as its:
        its.after(0, "started")
        hosted.refuses = auth_error(412, "Portkey API Key Usage Limit Exceeded", "04")
        (told,) = its.after(AGAIN_S)
        assert its.line == "The key's budget is used up (412)"
        assert told.title == "The budget is used up"
        assert told.body.startswith("The key's budget is used up (412).\nThe gateway refuses")
        assert its.after(AGAIN_S) == []
        hosted.refuses = None
        assert its.after(AGAIN_S) == []
        assert its.line == "$ 61 of $ 500 this month"
        hosted.refuses = auth_error(412, "Portkey API Key Usage Limit Exceeded", "04")
        assert len(its.after(AGAIN_S)) == 1


# The question ------------------------------------------------------------------------------------------


@pytest.fixture
def unasked(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@anthropic-prod")
    home.ok("switch", "work")
    return home


def test_the_user_is_asked_once_whether_the_account_may_be(unasked: UserHome) -> None:
    with watching(unasked) as its:
        assert its.tray.new_told() == []
        (told,) = its.after(0, "started")
        assert [label for _, label in told.actions] == ["Yes", "No"]
        assert its.after(60) == []
        its.tray.runtime.choose(told.actions[1][0])
        assert its.after(60, "started") == []
        assert its.asked == []
    with watching(unasked) as again:
        assert again.after(0, "started") == []
        again.tray.runtime.choose(told.actions[0][0])
        again.settle()
        assert again.asked == ["budget work"]
        assert "usage                   on" in unasked.ok("preference").out
        assert "usage" in again.tray.notifier.withdrawn


def test_anyone_who_has_chosen_already_is_not_asked(unasked: UserHome) -> None:
    unasked.ok("preference", "usage", "off")
    with watching(unasked) as its:
        assert its.after(0, "started") == []


@pytest.mark.parametrize("known", [True, False])
def test_a_company_s_own_gateway_is_asked_about_only_where_it_has_an_account(
    work: UserHome, hosted: HostedAccount, known: bool
) -> None:
    (work.own / "preferences.json").unlink()
    if known:
        work.ok("models")
    with watching(work) as its:
        assert len(its.after(0, "started")) == known


def test_an_edition_without_budgets_is_never_asked(home: UserHome) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--gateway", "airs")
    home.ok("switch", "work")
    with watching(home) as its:
        assert its.after(0, "started") == []
        home.ok("preference", "usage", "on")
        its.after(AGAIN_S)
        assert its.asked == []


def test_a_key_that_its_user_would_be_asked_for_is_not_read(work: UserHome) -> None:
    """A window that opens by itself every 15 minutes would be worse than no figure."""
    with running_tray(work) as tray:
        asks_nobody = tray.app.apart().secrets.asks_nobody
        assert asks_nobody("keyring:work")  # in the vault
        assert asks_nobody("env:KEY")
        assert not asks_nobody("op://vault/item/key")
        assert not asks_nobody("keyring:elsewhere")  # and no keyring is open
