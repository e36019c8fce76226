"""A right that a key has not takes one thing away; each refusal says what is wrong, and who can help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import (
    SINCE,
    client,
    everything,
    known,
    problem,
)
from support.gateway.account_rows import auth_error, route_error
from support.gateway.stand_in import Raw

from profiles.gateway.account.account import Account
from profiles.gateway.account.calls import CALLS
from profiles.gateway.account.known import Known

SCOPES: dict[str, Callable[[Account], Any]] = {
    "models.list": lambda account: account.models(),
    "providers.list": lambda account: account.providers(),
    "providers.read": lambda account: account.provider("anthropic-prod"),
    "configs.list": lambda account: account.configs(),
    "configs.read": lambda account: account.config("pc-main-000000"),
    "configs.create": lambda account: account.create_config("n", {}),
    "configs.update": lambda account: account.update_config("pc-main-000000", name="n"),
    "policies.list": lambda account: account.policies(),
    "policies.read": lambda account: account.policy_use("8610029e-692a-4df6-9052-3fa3eff69911"),
    "analytics.view": lambda account: account.graph("cost", SINCE),
}


def test_every_scope_is_tried_here() -> None:
    assert {call.scope for call in CALLS if call.scope} == {*SCOPES}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_right_that_is_missing_takes_one_thing_away_and_is_named(
    hosted: HostedAccount, account: Account, scope: str
) -> None:
    hosted.lacks = {scope}
    for other, ask in SCOPES.items():
        if other != scope:
            known(ask(account))
            continue
        found = problem(ask(account))
        assert (found.kind, found.status) == ("right", 403)
        assert found.title.startswith("This key may not ")
        assert f"the scope {scope} at app.portkey.ai → API Keys" in found.hint


def test_providers_that_may_not_be_listed_are_those_that_models_name(
    hosted: HostedAccount, account: Account
) -> None:
    hosted.lacks = {"providers.list"}
    providers = account.offer().providers
    assert [each.slug for each in known(providers)] == ["anthropic-prod", "bedrock-eu"]
    assert isinstance(providers, Known)
    assert providers.problem is not None
    assert providers.problem.kind == "right"


def test_with_a_key_that_may_list_nothing_each_list_says_so(hosted: HostedAccount, account: Account) -> None:
    hosted.lacks = {*SCOPES}
    assert [problem(found).kind for found in account.offer()] == ["right"] * 3


REFUSALS: list[tuple[Any, str, str, str]] = [
    # the answer; kind, what the title says, what the hint says
    (auth_error(401, "Invalid API Key", "03"), "key", "does not accept this key (401 03)", "API Keys"),
    (auth_error(401, "Portkey API Key Expired", "01"), "key", "The key has expired", "Make a new one"),
    (auth_error(412, "Portkey API Key Usage Limit Exceeded", "04"), "used_up", "The key's budget", "Raise"),
    (auth_error(429, "apikey 5f0c rate limit exceded", "05"), "too_often", "over its rate limit", "later"),
    (route_error(412, "workspace_exhaust_error", "04"), "used_up", "The workspace's budget", "Workspaces"),
    (route_error(429, "rate_limits_policy_exhaust_error"), "too_often", "A rate policy's limit", "Try again"),
    ((402, {"success": False, "data": {"errorCode": "AB09"}}), "used_up", "subscription", "Billing"),
    ((401, {"success": False, "data": {"errorCode": "AB05"}}), "key", "(401 AB05)", "API Keys"),
    ((400, {"success": False, "data": {"message": "no x", "errorCode": "AB01"}}), "refused", "no x", ""),
    ((409, {"success": False, "data": {"errorCode": "AB07"}}), "refused", "AB07", ""),
    ((500, {"success": False, "data": {"errorCode": "AB04"}}), "no_answer", "in trouble", "status."),
    ((404, {"success": False, "data": {"errorCode": "AB08"}}), "absent", "with which to list", "Look"),
    ((200, {"success": False}), "no_gateway", "not what Portkey documents", "type the names"),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row[0][0]} {row[2]}")
def test_each_refusal_says_what_is_wrong_and_what_helps(
    hosted: HostedAccount, account: Account, row: tuple[Any, str, str, str]
) -> None:
    hosted.refuses, kind, title, hint = row
    found = problem(account.providers())
    assert found.kind == kind
    assert title in found.title
    assert hint in found.hint


def test_a_saved_only_organisation_refuses_nothing_that_is_asked_here(
    hosted: HostedAccount, account: Account
) -> None:
    """Such an organisation refuses whatever routes: no question may carry a route's header."""
    hosted.saved_only = True
    for found in everything(account):
        known(found)


def test_a_redirect_is_not_followed_with_the_key(hosted: HostedAccount, tmp_path: Path) -> None:
    head = f"HTTP/1.1 302 Found\r\nlocation: {hosted.url}/v1/providers\r\ncontent-length: 0\r\n\r\n".encode()
    with Raw(head) as elsewhere, client(elsewhere.url, tmp_path) as account:
        assert "the key was not sent there" in problem(account.providers()).title
    assert hosted.asked == []
