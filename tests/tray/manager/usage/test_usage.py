"""Usage: asked only when a button says so, told with its age; else who can have the key see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import provider
from support.home.user_home import KEY


@pytest.fixture
def work(home: Any, hosted: HostedAccount) -> Any:
    home.add(
        "work",
        "--provider",
        "@anthropic-prod",
        "--gateway",
        hosted.url,
        "--label",
        "Work",
        "--metadata",
        "team=red",
    )
    home.ok("switch", "work")
    return home


def read(visitor: Any, **fields: str) -> str:
    """Press the button, and wait for what its page shows then."""
    return str(visitor.end_of(visitor.fill("/usage", **fields)))


def test_nothing_is_asked_before_a_button_says_so(visitor: Any, work: Any, hosted: HostedAccount) -> None:
    before = len(hosted.asked)
    assert "Nothing was read yet" in visitor.words("/usage")
    assert "/usage" in visitor.get("/").text
    assert len(hosted.asked) == before


def test_what_was_used_is_shown_with_its_age_and_asked_again_later(
    visitor: Any, work: Any, hosted: HostedAccount
) -> None:
    address = read(visitor, period="30")
    text = visitor.words(address)
    assert "counted for the key of Work . Read just now." in text
    assert "Budget of @anthropic-prod" in text
    assert "By model claude-sonnet-5-5" in text
    assert "By metadata: team red" in text
    assert "Cost a day 30 days, together $" in text
    assert "Read again" not in text  # within 5 minutes
    assert len(re.findall('<rect class="b', visitor.get(address).text)) == 30
    before = len(hosted.asked)
    read(visitor, period="30")
    assert len([each for each in hosted.asked[before:] if "analytics" in each.path]) == 0


def test_what_the_command_line_read_is_known_here(visitor: Any, work: Any) -> None:
    work.ok("budget")
    text = visitor.words("/usage")
    assert "Costs of this period were not read yet" in text
    assert "Budget of @anthropic-prod" in text
    assert re.search(r"Budget this month \$61\.00 of \$500\.00 .*12 % used", visitor.words())


def test_a_key_that_may_not_see_costs_says_who_can_change_it(
    visitor: Any, work: Any, hosted: HostedAccount
) -> None:
    hosted.lacks = {"analytics.view"}
    text = visitor.words(read(visitor))
    assert "This key may not read usage" in text
    assert "analytics.view" in text
    assert "Budgets What this key may read. Budget of" in text
    assert "How much is used is not shown to this key" in text
    assert "Try again" in text
    assert "Cost a day" not in text


def test_a_budget_that_is_used_up_is_red_and_says_until_when(
    visitor: Any, work: Any, hosted: HostedAccount
) -> None:
    limits = {"type": "cost", "credit_limit": 50, "current_usage": 60, "periodic_reset": "monthly",
              "next_usage_reset_at": "2099-12-01T00:00:00Z"}  # fmt: skip
    hosted.providers = [provider("anthropic-prod", usage_limits=limits, status="exhausted")]
    address = read(visitor)
    assert "All of it is used. Every request that counts for it fails until 1 December." in visitor.words(
        address
    )
    assert 'class="bad"' in visitor.get(address).text


def test_an_account_that_does_not_answer_is_said_and_nothing_else_breaks(
    visitor: Any, work: Any, hosted: HostedAccount
) -> None:
    work.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9", "--label", "Dead")
    text = visitor.words(read(visitor, profile="dead"))
    assert "Try again" in text
    assert KEY not in text


def test_a_period_or_a_key_that_is_none_is_the_usual_one(visitor: Any, work: Any) -> None:
    text = visitor.get("/usage?period=999&profile=nobody&by=%3Cscript%3E").text
    assert "<script>" not in text.replace("<script src", "")
    assert 'name="period" value="30"' in text
    assert 'name="profile" value="work"' in text


def test_no_profile_with_a_key_is_a_sentence(visitor: Any, home: Any) -> None:
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    assert "No profile has a key yet" in visitor.words("/usage")
    visitor.fill("/usage")
    assert "No profile has a key yet" in visitor.words("/usage")


def test_with_an_airs_key_usage_is_in_no_navigation(visitor: Any, home: Any) -> None:
    home.add("airs", "--provider", "@a", "--gateway", "airs")
    home.ok("switch", "airs")
    assert 'href="/usage"' not in visitor.get("/").text
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    assert 'href="/usage"' in visitor.get("/").text
