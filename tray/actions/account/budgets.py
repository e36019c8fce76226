"""What is left of the budgets that apply to a profile: its provider's, and the workspace's usage policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.gateway.account.account import Account, Span
from profiles.gateway.account.known import Known, Problem
from profiles.portkey.header_names import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from profiles.gateway.account.records.budgets import Budget, Policy
    from profiles.profile.rendering import Rendered

_YEARS = range(2020, 2200)  # in which a budget begins or ends


class BudgetLeft(NamedTuple):
    """A budget: US dollars where `kind` is cost, else a number of `kind`; null and "" where not told.

    `counted` says how `used` is known: told by the account, or added up from its costs since the last reset.
    """

    of: str
    kind: str
    limit: float | None
    used: float | None
    left: float | None
    counted: str
    alert_at: float | None
    resets: str
    next_reset: str
    status: str


def budgets_of(
    account: Account, rendered: Rendered, max_age_s: float
) -> tuple[tuple[BudgetLeft, ...], list[Problem]]:
    """The budgets, and why others are not seen. A policy that this plan does not have is no reason."""
    found: list[BudgetLeft] = []
    problems: list[Problem] = []
    slug = dict(rendered.headers).get(PROVIDER, "")
    if slug.startswith("@"):
        provider = account.provider(slug[1:].partition("/")[0], max_age_s)
        if isinstance(provider, Known):
            for budget in provider.value.budgets:
                used, counted = _used(account, budget, provider.value.slug, max_age_s)
                found.append(
                    _left(f"provider @{provider.value.slug}", budget, used, counted, provider.value.status)
                )
        else:
            problems.append(provider)
    policies = account.policies(max_age_s)
    if isinstance(policies, Known):
        for policy in policies.value:
            found += _of_policy(account, policy, max_age_s)
    return tuple(found), problems


def _of_policy(account: Account, policy: Policy, max_age_s: float) -> Iterator[BudgetLeft]:
    name = f"policy {policy.name or policy.id}"
    groups = account.policy_use(policy.id, max_age_s)
    if isinstance(groups, Problem) or not groups.value:
        used = policy.budget.used
        yield _left(name, policy.budget, used, "told" if used is not None else "", policy.status)
        return
    for group in groups.value:
        status = group.status or policy.status
        yield _left(f"{name}, {group.group}", policy.budget, group.used, "told", status)


def _left(of: str, budget: Budget, used: float | None, counted: str, status: str) -> BudgetLeft:
    left = None if used is None or budget.limit is None else round(max(budget.limit - used, 0.0), 4)
    return BudgetLeft(
        of, budget.kind, budget.limit, used, left, counted, budget.alert_at, budget.resets, budget.next_reset,
        status,
    )  # fmt: skip


def _used(account: Account, budget: Budget, provider: str, max_age_s: float) -> tuple[float | None, str]:
    """What is used, and how that is known: Portkey documents no field for it."""
    if budget.used is not None:
        return budget.used, "told"
    since = _last_reset(budget, datetime.now(UTC))
    if budget.kind not in ("cost", "tokens") or since is None:
        return None, ""
    spent: Known[Any] | Problem = account.graph(
        "cost" if budget.kind == "cost" else "tokens", Span(since, provider=provider), max_age_s
    )
    if isinstance(spent, Problem):
        return None, ""
    total: float = spent.value.total
    return (round(total / 100, 4) if budget.kind == "cost" else total), "added up"


def _last_reset(budget: Budget, now: datetime) -> datetime | None:
    """When the budget began anew; None where that is not told. Of a month without more the first day."""
    last, following = _moment(budget.last_reset), _moment(budget.next_reset)
    if last is not None:
        return last
    if budget.resets == "monthly":
        first = (following or now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if following is None:
            return first
        month_before = first - timedelta(days=1)
        return month_before.replace(day=min(following.day, month_before.day))
    if following is None:
        return None
    if budget.resets == "weekly":
        return following - timedelta(days=7)
    days = budget.resets.removeprefix("every ").removesuffix(" days")
    return following - timedelta(days=int(days)) if days.isdigit() and len(days) < 4 else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return known if known.year in _YEARS else None
