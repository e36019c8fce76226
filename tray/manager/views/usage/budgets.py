"""A budget as a bar with a sentence: how much is used, until when, and what happens then. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import MONTHS
from profiles.gateway.account.records.periods import MONDAY, SUNDAY, ends
from tray.actions.account.amounts import moment_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tray.actions.account.budgets import BudgetLeft

_PERIODS = {"monthly": "this month", "weekly": "this week"}
_EACH = {"monthly": "a month", "weekly": "a week"}


class Bar(NamedTuple):
    """A budget: `level` is "", warn from the account's own threshold on, bad where it is used up.

    `percent` is None where it is not told how much is used.
    """

    of: str
    used: str
    limit: str
    period: str
    percent: int | None
    level: str
    again: str
    sentence: str

    @property
    def again_in_short(self) -> str:
        """Such as `1 Dec`."""
        day, _, month = self.again.partition(" ")
        return f"{day} {month[:3]}"


def bars(budgets: Iterable[BudgetLeft], now: datetime | None = None) -> list[Bar]:
    """Each budget, that nearest its end first."""
    found = [bar(left, datetime.now(UTC) if now is None else now) for left in budgets]
    return sorted(found, key=lambda each: -(each.percent or 0))


def bar(left: BudgetLeft, now: datetime) -> Bar:
    """One budget."""
    known = left.used is not None and bool(left.limit)
    percent = math.floor(100 * (left.used or 0.0) / (left.limit or 1.0)) if known else None
    used_up = left.status == "exhausted" or (percent is not None and percent >= 100)
    warned = left.used is not None and left.alert_at is not None and left.used >= left.alert_at > 0
    level = "bad" if used_up else "warn" if warned else ""
    again = _again(left)
    return Bar(
        left.of.removeprefix("provider ").removeprefix("policy ").replace(", metadata.", ", "),
        "" if left.used is None else amount(left.used, left.kind),
        "" if left.limit is None else amount(left.limit, left.kind),
        _PERIODS.get(left.resets, ""),
        None if percent is None else min(percent, 100),
        level,
        again,
        _sentence(left, percent, level, again, _pace(left, now)),
    )


def amount(number: float, kind: str = "cost") -> str:
    """Such as `$182.40`, or `61,000 tokens`."""
    return f"${number:,.2f}" if kind == "cost" else f"{math.floor(number):,} {kind}"


def day_and_month(at: date) -> str:
    """Such as `1 December`."""
    return f"{at.day} {MONTHS[at.month - 1]}"


def _sentence(left: BudgetLeft, percent: int | None, level: str, again: str, pace: str) -> str:
    if percent is None and level != "bad":
        return _untold(left, again)
    used = "All of it is used" if level == "bad" else f"{percent} % used"
    if level == "bad":
        return f"{used}. Every request that counts for it fails" + (f" until {again}." if again else ".")
    ahead = f" When it is used up, every request fails until {again}." if again else ""
    if level == "warn":
        at = math.floor(100 * (left.alert_at or 0.0) / (left.limit or 1.0))
        return f"{used}, past the warning at {at} %.{ahead}"
    return f"{used}.{f' Starts again on {again}.' if again else ''}{pace}"


def _pace(left: BudgetLeft, now: datetime) -> str:
    """What it would be by the end of its period, once a tenth of that is over."""
    since, end = moment_in(left.since or ""), _ends(left)
    if left.used is None or since is None or end is None or left.kind != "cost":
        return ""
    over = (now - since) / (end - since) if end > since else 0.0
    if not 0.1 <= over < 1:
        return ""
    return f" At this pace about ${left.used / over:,.0f} by then." if left.used else ""


def _untold(left: BudgetLeft, again: str) -> str:
    limit = (
        "" if left.limit is None else f"Limit {amount(left.limit, left.kind)} {_EACH.get(left.resets, '')}"
    )
    warns = f", warns at {amount(left.alert_at, left.kind)}" if left.alert_at else ""
    starts = f" Starts again on {again}." if again else ""
    return f"{limit.strip()}{warns}.{starts} How much is used is not shown to this key.".removeprefix(
        "."
    ).strip()


def _again(left: BudgetLeft) -> str:
    """The day from which it counts anew, such as `1 December`; "" where that is not known."""
    found = _ends(left)
    return "" if found is None else day_and_month(found)


def _ends(left: BudgetLeft) -> datetime | None:
    first_weekday = MONDAY if left.of.startswith("policy ") else SUNDAY
    since, following = moment_in(left.since or ""), moment_in(left.next_reset or "")
    return ends(left.resets, since, following, first_weekday)
