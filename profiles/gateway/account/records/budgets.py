"""Budgets as an account tells them: of a provider, and of a usage policy. Pure."""

from __future__ import annotations

from typing import NamedTuple

from profiles.gateway.account.records.row import Row, read_rows


class Budget(NamedTuple):
    """A limit on what may be spent: in US dollars where `kind` is "cost", else a number of `kind`.

    `used` is None where the account does not tell it. `resets` is such as "monthly" or "every 30 days", ""
    for never; moments are ISO 8601, "" where unknown.
    """

    kind: str
    limit: float | None
    used: float | None
    alert_at: float | None
    resets: str
    next_reset: str
    last_reset: str


class Condition(NamedTuple):
    """What a policy holds for: requests whose `key`, such as `metadata._user`, is `value`, or is not."""

    key: str
    value: str
    excludes: bool


class Policy(NamedTuple):
    """A usage policy: a budget for whatever meets its conditions, counted for each value of `group_by`."""

    id: str
    name: str
    status: str
    budget: Budget
    conditions: tuple[Condition, ...]
    group_by: tuple[str, ...]


class PolicyUse(NamedTuple):
    """What one group of a policy has used, such as `metadata._user:jane`."""

    group: str
    used: float | None
    status: str


def read_budget(row: Row) -> Budget:
    """The budget in an object's own fields."""
    days = row.number("periodic_reset_days")
    return Budget(
        kind=row.text("type") or "cost",
        limit=row.number("credit_limit"),
        used=row.number("current_usage"),
        alert_at=row.number("alert_threshold"),
        resets=row.text("periodic_reset") or (f"every {days:g} days" if days else ""),
        next_reset=row.text("next_usage_reset_at"),
        last_reset=row.text("last_reset_at"),
    )


def read_budgets(plain: object) -> tuple[Budget, ...]:
    """The budgets in what `usage_limits` holds: one, or a list of them."""
    return read_rows(plain if isinstance(plain, list) else [plain], read_budget)


def read_policy(row: Row) -> Policy:
    """One row of `GET /policies/usage-limits`."""
    return Policy(
        id=row.name("id"),
        name=row.text("name"),
        status=row.text("status"),
        budget=read_budget(row),
        conditions=row.rows("conditions", _read_condition),
        group_by=row.rows("group_by", lambda each: each.name("key")),
    )


def _read_condition(row: Row) -> Condition:
    return Condition(row.name("key"), row.text("value"), row.flag("excludes"))


def read_policy_use(row: Row) -> PolicyUse:
    """One row of `GET /policies/usage-limits/{id}/entities`."""
    return PolicyUse(row.name("value_key"), row.number("current_usage"), row.text("status"))
