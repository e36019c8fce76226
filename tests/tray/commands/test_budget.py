"""A user sees what is left of the budgets that count their own requests, and no colleague's."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, policy, provider
from support.home.user_home import UserHome


def budgets(home: UserHome, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.ok("budget", *argv, "--json").json()["data"]["budgets"]
    return found


def names(home: UserHome, *argv: str) -> list[str]:
    return [each["of"] for each in budgets(home, *argv)]


def test_what_is_left_of_the_provider_s_budget_is_one_line(work: UserHome) -> None:
    budget, known = work.ok("budget").out.splitlines()
    assert budget == (
        "provider @anthropic-prod: $ 61.00 of $ 500.00 used, $ 439.00 left (added up from its costs); "
        "reset at 2026-12-01 00:00 UTC"
    )
    assert known.startswith("Known at 20")


def test_each_provider_that_a_profile_names_is_asked_for(work: UserHome, hosted: HostedAccount) -> None:
    """Before a model's name it is as good as in the route, and the older name for one is virtual key."""
    model = ("--model", "@bedrock-eu/eu.anthropic.claude-sonnet-5-5")
    work.add("by-model", *model, "--gateway", hosted.url)
    assert names(work, "by-model") == ["provider @bedrock-eu"]
    work.add("legacy", "--provider", "vertex-ai", "--virtual-key", "bedrock-eu", "--gateway", hosted.url)
    assert names(work, "legacy") == ["provider @bedrock-eu"]


@pytest.mark.parametrize(
    ("metadata", "excludes", "counted"),
    [
        ({}, False, []),
        ({"team": "red"}, False, []),
        ({"team": "blue", "_user": "jane"}, False, []),
        ({"team": "red", "_user": "jane"}, False, ["policy Team budget, metadata._user:jane"]),
        ({"team": "red", "_user": "jane"}, True, []),
        ({"team": "blue", "_user": "joe"}, True, ["policy Team budget, metadata._user:joe"]),
    ],
)
def test_a_policy_s_budget_is_one_s_own_where_the_profile_has_its_metadata(
    work: UserHome, hosted: HostedAccount, metadata: dict[str, str], excludes: bool, counted: list[str]
) -> None:
    """That of a colleague would raise an alarm over somebody else's money."""
    hosted.policies[0]["conditions"][0]["excludes"] = excludes
    words = [word for pair in metadata.items() for word in ("--metadata", "=".join(pair))]
    work.add("there", "--config", "pc-1", "--gateway", hosted.url, *words)
    assert names(work, "there") == counted


def test_a_policy_that_counts_everybody_together_is_shown_as_a_whole(
    work: UserHome, hosted: HostedAccount
) -> None:
    hosted.policies = [{**policy("All", 100), "group_by": [], "conditions": [], "current_usage": 99}]
    hosted.used = {}
    assert [(each["of"], each["left"]) for each in budgets(work)][1:] == [("policy All", 1)]
    hosted.policies[0]["conditions"] = [{"key": "api_key", "value": "x"}]  # whose, is not known
    assert names(work) == ["provider @anthropic-prod"]


def test_a_key_whose_own_budget_is_used_up_is_said_and_refused(work: UserHome, hosted: HostedAccount) -> None:
    work.ok("budget")
    hosted.refuses = auth_error(412, "Portkey API Key Usage Limit Exceeded", "04")
    hosted.providers = [provider("anthropic-prod")]
    for each in ("--json", ""):
        ran = work.run("budget", *filter(None, [each]))
        assert ran.code == 6
        assert "The key's budget is used up" in ran.out


def test_a_workspace_s_budget_is_found_where_only_the_gateway_itself_refuses(
    work: UserHome, hosted: HostedAccount
) -> None:
    """The lists beside it may go on being answered, while every session fails."""
    hosted.refusals["GET", "/v1/models"] = auth_error(412, "Portkey Workspace Usage Limit Exceeded", "04")
    ran = work.run("budget")
    assert ran.code == 6
    assert ran.out.splitlines()[0].startswith("provider @anthropic-prod: $ 61.00 of $ 500.00 used")
    assert ran.out.splitlines()[1].startswith(
        "The workspace's budget is used up (412): the gateway refuses every"
    )
    hosted.lacks = {"models.list"}
    hosted.refusals = {}
    assert work.ok("budget").err == ""  # the right to list models is no business of a budget's


def test_without_a_budget_or_the_right_to_see_one_there_is_a_line_or_a_reason(
    work: UserHome, hosted: HostedAccount
) -> None:
    hosted.providers = [provider("anthropic-prod", usage_limits=None)]
    assert work.ok("budget").out.startswith(
        "No budget applies to work, as far as this key may see.\nKnown at "
    )
    hosted.lacks = {"providers.read"}
    assert "scope providers.read" in work.ok("budget").err
    hosted.lacks |= {"policies.list"}
    work.add("there", "--config", "pc-1", "--gateway", hosted.url)
    ran = work.run("budget", "there")
    assert (ran.code, ran.out) == (6, "This key may not see any budget.\n")
    assert "scope policies.list" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="the fixture's session is one of Linux and macOS")
def test_what_it_told_is_in_the_status_line_without_a_tray_where_that_is_wanted(
    work: UserHome, hosted: HostedAccount
) -> None:
    """It was answered, but the line of the active profile's session was without it."""
    hosted.providers[0]["usage_limits"]["next_usage_reset_at"] = None  # whatever day it is
    work.ok("budget")
    work.ok("preference", "usage", "on")
    session = {**work.environ, **work.env(), "NO_COLOR": "1"}
    assert "$" not in work.spawn("statusline", stdin="{}", env=session).out, "it was not wanted then"
    work.ok("budget")
    line = work.spawn("statusline", "--says", "work", stdin="{}", env=session).out
    assert line.startswith("work · @anthropic-prod · $ 61 of $ 500 this month (")


@pytest.mark.parametrize("command", ["budget", "usage"])
@pytest.mark.parametrize("scope", ["analytics.view", "policies.read", "providers.read"])
def test_each_scope_that_is_missing_is_named_once(
    work: UserHome, hosted: HostedAccount, command: str, scope: str
) -> None:
    """Else nobody knows why a budget is not told, or a policy's is not there at all."""
    hosted.policies[0]["conditions"] = []
    work.ok("set", "work", "metadata._user", "jane")
    hosted.lacks = {scope}
    said = work.ok(command).err
    assert said.count(f"the scope {scope} at ") == 1
    assert said.count("scope") == 1


def test_no_budget_for_want_of_the_right_to_policies_says_so(work: UserHome, hosted: HostedAccount) -> None:
    hosted.providers = [provider("anthropic-prod", usage_limits=None)]
    hosted.lacks = {"policies.list"}
    assert "scope policies.list" in work.ok("budget").err


def test_a_budget_that_is_used_up_is_said_once(work: UserHome, hosted: HostedAccount) -> None:
    hosted.refuses = auth_error(412, "Portkey API Key Usage Limit Exceeded", "04")
    ran = work.run("budget")
    assert (ran.code, ran.err) == (6, "")
    assert ran.out == (
        "The key's budget is used up (412): the gateway refuses every request. "
        "Raise or reset its limit at the gateway's console → API Keys.\n"
    )


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (auth_error(429, "apikey 5f0c rate limit exceded", "05"), "over its rate limit (429"),
        (auth_error(401, "Invalid API Key", "03"), "does not accept this key (401"),
    ],
)
def test_a_refusal_of_all_is_an_error_and_says_nothing_of_rights(
    work: UserHome, hosted: HostedAccount, refused: Any, said: str
) -> None:
    """A key that is over its rate limit may see its budgets: a minute later."""
    hosted.refuses = refused
    ran = work.run("budget")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.count(said) == 1


def test_numbers_and_moments_have_one_form(work: UserHome, hosted: HostedAccount) -> None:
    """A program would have to read each in two ways."""
    (left,) = budgets(work)
    assert (repr(left["limit"]), left["next_reset"]) == ("500.0", "2026-12-01T00:00:00Z")
    hosted.providers[0]["usage_limits"] |= {
        "type": "tokens",
        "next_usage_reset_at": "2026-12-01T01:00:00.000+01:00",
    }
    (left,) = budgets(work)
    assert (repr(left["limit"]), left["next_reset"]) == ("500", "2026-12-01T00:00:00Z")
    hosted.providers[0]["usage_limits"] |= {"next_usage_reset_at": None, "periodic_reset": None}
    (left,) = budgets(work)
    assert (left["next_reset"], left["since"]) == (None, None)
    used = work.ok("usage", "--since", "2026-11-01", "--json").json()["data"]
    assert repr(used["totals"]) == "{'cost': 61.0, 'requests': 61000, 'tokens': 61000}"
    assert repr(used["rows"][0]["requests"]) == "1200"
    shares = work.ok("usage", "--by", "model", "--json").json()["data"]["rows"]
    assert all(isinstance(row["requests"], int) for row in shares)
    configs = work.ok("config", "list", "--json").json()["data"]["configs"]
    versions = work.ok("config", "list", "--versions", configs[0]["id"], "--json").json()["data"]["versions"]
    for row in (*configs, *versions):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["changed_at"])
