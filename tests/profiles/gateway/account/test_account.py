"""What a user can pick from, and sees of costs, is what the account holds."""

from __future__ import annotations

from support.gateway.account import HostedAccount
from support.gateway.account_client import (
    KEY,
    SINCE,
    known,
    problem,
)
from support.gateway.account_rows import provider

from profiles.gateway.account.account import Account


def test_what_the_account_offers_can_be_picked(account: Account) -> None:
    offer = account.offer()
    first, second = known(offer.providers)
    assert (first.slug, first.kind, first.status) == ("anthropic-prod", "anthropic", "active")
    budget = first.budgets[0]
    assert (budget.kind, budget.limit, budget.used, budget.alert_at) == ("cost", 500, None, 400)
    assert (budget.resets, budget.next_reset) == ("monthly", "2026-12-01T00:00:00Z")
    assert second.kind == ""
    assert "@bedrock-eu/eu.anthropic.claude-sonnet-5-5" in [each.id for each in known(offer.models)]
    assert [(each.slug, each.name) for each in known(offer.configs)] == [("pc-main-000000", "Main")]
    assert known(account.provider("bedrock-eu")) == second


def test_what_was_spent_is_told_in_every_way(account: Account) -> None:
    cost = known(account.graph("cost", SINCE))
    assert cost.total == 6100
    assert cost.points[0] == ("2026-11-01T00:00:00Z", 120)
    assert (
        known(account.graph("requests", SINCE)).total == known(account.graph("tokens", SINCE)).total == 61_000
    )
    assert [(each.of, each.requests, each.cost) for each in known(account.shares("user", SINCE))] == [
        ("jane", 41, 5000),
        ("joe", 7, 1100),
    ]
    assert known(account.shares("model", SINCE))[0].cost is None
    assert known(account.shares_by_metadata("team", SINCE))[0].of == "red"
    (policy,) = known(account.policies())
    assert (policy.budget.limit, policy.group_by) == (100, ("metadata._user",))
    assert policy.conditions[0].key == "metadata.team"
    assert [each.used for each in known(account.policy_use(policy.id))] == [61.5, 12.0]


def test_a_used_up_amount_is_told_where_the_account_has_it_and_one_budget_may_be_a_list(
    hosted: HostedAccount, account: Account
) -> None:
    limits = [{"type": "tokens", "credit_limit": 1000, "current_usage": 990, "periodic_reset_days": 30}, {}]
    hosted.providers = [provider("a", usage_limits=limits, status="exhausted")]
    ((only,),) = [known(account.providers())]
    assert [(budget.kind, budget.used, budget.resets) for budget in only.budgets] == [
        ("tokens", 990, "every 30 days")
    ]


def test_fields_of_a_later_portkey_take_nothing_away(hosted: HostedAccount, account: Account) -> None:
    hosted.providers = [provider("a", region="eu", nested={"deep": [1]})]
    assert [each.slug for each in known(account.providers())] == ["a"]


def test_a_price_is_asked_without_the_key(hosted: HostedAccount, account: Account) -> None:
    price = known(account.price("anthropic", "claude-sonnet-5-5"))
    assert (price.input, price.output) == (0.0003, 0.0015)
    assert problem(account.price("anthropic", "gone")).kind == "absent"
    assert not [asked for asked in hosted.asked if KEY in str(asked)]


def test_a_config_is_created_found_read_and_changed(hosted: HostedAccount, account: Account) -> None:
    known(account.configs())
    created = known(account.create_config("Neu ü", {"targets": [{"provider": "@a"}]}))
    slug = account.slug_of(created)
    assert isinstance(slug, str)
    assert slug.startswith("pc-")
    assert known(account.config(slug)) == {"targets": [{"provider": "@a"}]}
    known(account.update_config(slug, config={"retry": {"attempts": 1}}))
    assert known(account.config(slug)) == {"retry": {"attempts": 1}}
    assert [version.config for version in known(account.versions(slug))] == [
        {"retry": {"attempts": 1}},
        {"targets": [{"provider": "@a"}]},
    ]
    assert "pc-gone" in problem(account.config("pc-gone")).title


def test_a_config_in_an_address_stays_in_its_place(hosted: HostedAccount, account: Account) -> None:
    """Else a slug could lead a changing request somewhere else."""
    problem(account.update_config("../../x?y#z", name="n"))
    assert hosted.asked[-1].path == "/v1/configs/..%2F..%2Fx%3Fy%23z"
