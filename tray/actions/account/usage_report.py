"""All that an account reports of what a profile's key has spent, at once: budgets, days, models, metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.gateway.account.account import Span
from profiles.gateway.account.known import Known, Problem
from profiles.gateway.asking.at_once import AtOnce
from tray.actions.account.ask import account_of, asked_at, known_account
from tray.actions.account.budgets import budgets_of
from tray.actions.account.usage import Totals, UsageRow, rows_by_day, rows_by_share, totals_of

if TYPE_CHECKING:
    from profiles.gateway.account.account import Account
    from profiles.profile.rendering import Rendered
    from tray.actions.account.budgets import BudgetLeft
    from tray.app import App

FRESH_S = 300.0  # what is younger is not asked for again
PERIODS = {"7": "7 days", "30": "30 days", "month": "This month"}


class UsageReport(NamedTuple):
    """What was spent since a day, as far as the key may see it; `asked_at` is null where that is nothing.

    `refused` is why no costs are told: the kind of a `Problem`, "" where they are, with its `problem` and
    `hint`; `not_asked` where nobody has asked yet. `metadata` is the key by whose values
    `by_metadata` is shared out, "" for none.
    """

    profile: str
    since: str
    until: str
    asked_at: str | None
    totals: Totals
    by_day: tuple[UsageRow, ...]
    by_model: tuple[UsageRow, ...]
    metadata: str
    by_metadata: tuple[UsageRow, ...]
    budgets: tuple[BudgetLeft, ...]
    refused: str
    problem: str
    hint: str


def read_usage(app: App, name: str, period: str, metadata: str) -> UsageReport:
    """What the account tells now, or told within the last 5 minutes. Waits for the network, 6 s at most.

    Raises PkccError where the key is not to be had.
    """
    rendered = app.store.rendered(name)
    with account_of(app, rendered) as account:
        return _report(account, rendered, period, metadata)


def known_usage(app: App, name: str, period: str, metadata: str) -> UsageReport | None:
    """What the account told last: without its key, and asking nobody. None where nothing is known."""
    rendered = app.store.rendered(name)
    known = known_account(app.locations, rendered)
    if known is None:
        return None
    with known as account:
        found = _report(account, rendered, period, metadata)
    return None if found.asked_at is None else found


def _report(account: Account, rendered: Rendered, period: str, metadata: str) -> UsageReport:
    since = _since(period, datetime.now(UTC))
    span = Span(since)
    with AtOnce(6) as pool:
        graphs = [pool.submit(account.graph, of, span, FRESH_S) for of in ("cost", "requests", "tokens")]
        models = pool.submit(account.shares, "model", span, FRESH_S)
        values = pool.submit(account.shares_by_metadata, metadata, span, FRESH_S) if metadata else None
        budgets = pool.submit(budgets_of, account, rendered, FRESH_S)
        found = [graph.result() for graph in graphs]
        by_model, by_value = models.result(), None if values is None else values.result()
        left, seen = budgets.result()
    cost = found[0]
    answers = [*found, by_model, *seen]
    known = [asked_at(each) for each in answers if isinstance(each, Known)]
    return UsageReport(
        rendered.name,
        since.date().isoformat(),
        datetime.now(UTC).date().isoformat(),
        min(known, default=None),
        totals_of(*found),
        rows_by_day(*found),
        rows_by_share(by_model),
        metadata,
        () if by_value is None else rows_by_share(by_value),
        left,
        *((cost.kind, cost.title, cost.hint) if isinstance(cost, Problem) else ("", "", "")),
    )


def _since(period: str, now: datetime) -> datetime:
    """The first moment of a period, such as `30`: today and the 29 days before it."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.replace(day=1) if period == "month" else midnight - timedelta(days=int(period) - 1)
