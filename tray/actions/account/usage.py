"""What an account has spent, by day, model, user or metadata; and what is left of the budgets that apply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import UsageError
from profiles.gateway.account.account import Account, Span
from profiles.gateway.account.known import Known, Problem
from profiles.gateway.asking.at_once import AtOnce
from tray.actions.account.amounts import counted_as
from tray.actions.account.ask import AccountError, account_of, asked_at, notes_on
from tray.actions.account.budgets import BudgetLeft, budgets_of

if TYPE_CHECKING:
    from profiles.gateway.account.records.spent import Graph, Share
    from tray.app import App

_KEPT_S = 60.0  # what is younger is not asked for again
_FORM = "Give days, such as 7d (today is the last), or the first day, such as 2026-11-01; a year at most."
_LONGEST_DAYS = 366


class UsageRow(NamedTuple):
    """A bar: a day, model, user or metadata value. `cost` is in US dollars; null where not told."""

    of: str
    cost: float | None
    requests: float | None
    tokens: float | None


class Totals(NamedTuple):
    """Of the whole span; null where the key may not see it."""

    cost: float | None
    requests: float | None
    tokens: float | None


class Usage(NamedTuple):
    """What was spent since a day. `asked_at` is null where nothing of it may be seen."""

    profile: str
    since: str
    by: str
    asked_at: str | None
    totals: Totals
    rows: tuple[UsageRow, ...]
    budgets: tuple[BudgetLeft, ...]


def usage_of(app: App, name: str, since: datetime, by: str) -> tuple[Usage, tuple[str, ...]]:
    """What was spent, and notes on what may not be seen. `by` is day, model, user or `metadata.KEY`.

    Raises AccountError where nothing at all may be seen, PkccError where the key is not to be had.
    """
    rendered = app.store.rendered(name)
    span = Span(since)
    with account_of(app, rendered) as account, AtOnce(5) as pool:
        graphs = [pool.submit(account.graph, of, span, _KEPT_S) for of in ("cost", "requests", "tokens")]
        shares = None if by == "day" else pool.submit(_shares, account, by, span)
        budgets = pool.submit(budgets_of, account, rendered, _KEPT_S)
        found = [graph.result() for graph in graphs]
        left, seen = budgets.result()
        shared = None if shares is None else shares.result()
    cost, requests, tokens = found
    answers = [*found, *([] if shared is None else [shared]), *seen]
    if not left and not any(isinstance(each, Known) for each in (*found, shared)):
        raise AccountError(next(each for each in found if isinstance(each, Problem)))
    rows = rows_by_day(cost, requests, tokens) if shared is None else rows_by_share(shared)
    asked = [asked_at(each) for each in found if isinstance(each, Known)]
    return Usage(
        name, since.date().isoformat(), by, min(asked, default=None), totals_of(*found), rows, left
    ), notes_on(answers)


def since_when(text: str, now: datetime) -> datetime:
    """The first moment of a span: `7d` is today and the six days before it. Raises UsageError."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    number = text.removesuffix("d")
    if number != text and number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= _LONGEST_DAYS:
        return midnight - timedelta(days=int(number) - 1)
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError("--since is no span of time that can be asked for", _FORM) from None
    if not midnight - timedelta(days=_LONGEST_DAYS) <= day <= midnight:
        raise UsageError("--since is in the future, or more than a year ago", _FORM)
    return day


def _shares(account: Account, by: str, span: Span) -> Known[tuple[Share, ...]] | Problem:
    if by == "model":
        return account.shares("model", span, _KEPT_S)
    if by == "user":
        return account.shares("user", span, _KEPT_S)
    return account.shares_by_metadata(by.removeprefix("metadata."), span, _KEPT_S)


def totals_of(
    cost: Known[Graph] | Problem, requests: Known[Graph] | Problem, tokens: Known[Graph] | Problem
) -> Totals:
    """The sums of those graphs."""
    return Totals(_dollars(_total(cost)), _count(_total(requests)), _count(_total(tokens)))


def rows_by_share(shares: Known[tuple[Share, ...]] | Problem) -> tuple[UsageRow, ...]:
    """A bar for each share, what costs most first."""
    if isinstance(shares, Problem):
        return ()
    rows = [UsageRow(each.of, _dollars(each.cost), _count(each.requests), None) for each in shares.value]
    return tuple(sorted(rows, key=lambda row: (-(row.cost or 0), -(row.requests or 0), row.of)))


def rows_by_day(*graphs: Known[Graph] | Problem) -> tuple[UsageRow, ...]:
    """A bar for each day of which cost, requests or tokens are known."""
    days: list[dict[str, float]] = []
    for graph in graphs:
        sums: dict[str, float] = {}
        for point in graph.value.points if isinstance(graph, Known) else ():
            sums[point.at[:10]] = sums.get(point.at[:10], 0.0) + point.total
        days.append(sums)
    cost, requests, tokens = days
    return tuple(
        UsageRow(day, _dollars(cost.get(day)), _count(requests.get(day)), _count(tokens.get(day)))
        for day in sorted({*cost, *requests, *tokens})
    )


def _total(graph: Known[Graph] | Problem) -> float | None:
    return graph.value.total if isinstance(graph, Known) else None


def _count(number: float | None) -> float | None:
    return counted_as("", number)


def _dollars(cents: float | None) -> float | None:
    return None if cents is None else round(cents / 100, 4)
