"""The usage page: a chart of the costs a day, and what models and metadata have had. Pure."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import MONTHS, printable
from tray.actions.account.amounts import moment_in
from tray.manager.views.times import ago
from tray.manager.views.usage.budgets import amount, day_and_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.account.usage import UsageRow
    from tray.actions.account.usage_report import UsageReport

_STEPS = (1, 2, 5, 10)
_MOST_SHOWN = 12


class DayBar(NamedTuple):
    """A day in the chart, whose height is 100: its rectangle, and what it says in the table."""

    x: float
    y: float
    height: float
    day: str
    cost: str
    requests: str


class Chart(NamedTuple):
    """The costs a day. `top` and `middle` stand at the lines; `days` below: the first, middle and last."""

    bars: list[DayBar]
    width: int
    top: str
    middle: str
    days: list[str]
    aloud: str


class ShareBar(NamedTuple):
    """What one model or metadata value has had, beside the greatest of them."""

    of: str
    percent: int
    value: str


def chart(report: UsageReport) -> Chart | None:
    """The costs of each day of the period; None where they are not told."""
    if report.refused or report.totals.cost is None:
        return None
    rows = {row.of: row for row in report.by_day}
    first, last = date.fromisoformat(report.since), date.fromisoformat(report.until)
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    costs = [rows[key].cost or 0.0 if (key := day.isoformat()) in rows else 0.0 for day in days]
    top = _top(max(costs))
    found = [
        DayBar(
            at * 10 + 1.5,
            round(100 - height, 1),
            round(height, 1),
            day_and_month(day),
            amount(cost),
            _requests(rows.get(day.isoformat())),
        )
        for at, (day, cost) in enumerate(zip(days, costs, strict=True))
        for height in (max(100 * cost / top, 1.0),)
    ]
    marks = [days[0], days[len(days) // 2], days[-1]] if len(days) > 2 else [days[0], days[-1]]
    aloud = (
        f"Bar chart of the cost a day, {len(days)} days, from {amount(min(costs))} to {amount(max(costs))}. "
        "The numbers are in the table below."
    )
    return Chart(found, 10 * len(days), _axis(top), _axis(top / 2), [_short(day) for day in marks], aloud)


def shares(rows: Sequence[UsageRow]) -> list[ShareBar]:
    """Each row beside the greatest: by cost, or by requests where no cost is told."""
    by_cost = any(row.cost for row in rows)
    values = [(row.cost if by_cost else row.requests) or 0.0 for row in rows]
    most = max(values, default=0.0) or 1.0
    found = [
        ShareBar(
            "nothing set" if row.of in ("", "(none)") else printable(row.of, 80),
            math.floor(100 * value / most),
            amount(value) if by_cost else amount(value, "requests"),
        )
        for row, value in zip(rows, values, strict=True)
    ]
    return sorted(found, key=lambda bar: -bar.percent)[:_MOST_SHOWN]


def read_when(report: UsageReport) -> str:
    """Such as `4 minutes ago`; "" where nothing is told."""
    at = moment_in(report.asked_at or "")
    return "" if at is None else ago(at.timestamp())


def age_of(report: UsageReport, now: float) -> float:
    """How many seconds old the numbers are; without end where there are none."""
    at = moment_in(report.asked_at or "")
    return math.inf if at is None else now - at.timestamp()


def _top(most: float) -> float:
    """A round number that is at least that."""
    if most <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(most))
    return next(step * unit for step in _STEPS if step * unit >= most)


def _axis(value: float) -> str:
    return f"${value:,.0f}" if value >= 1 and value == int(value) else f"${value:,.2f}"


def _requests(row: UsageRow | None) -> str:
    return "0" if row is None else "" if row.requests is None else f"{row.requests:,.0f}"


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"
