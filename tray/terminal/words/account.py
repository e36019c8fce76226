"""The lines of `models`, `usage` and `budget`. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import counted
from tray.actions.account.amounts import amount, moment
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from tray.actions.account.budgets import BudgetLeft, Budgets
    from tray.actions.account.models import ModelPrice, Models
    from tray.actions.account.usage import Usage, UsageRow

_WIDTH, _LONGEST_BAR, _SHORTEST_BAR = 79, 30, 8  # characters of a row, and of its bar
_SHOWN = 12  # budgets: a policy may count by user


def model_lines(found: Models) -> list[str]:
    """Each model with its price for a million tokens, and what the profile uses it as."""
    if not found.models:
        return ["No such model: this key may use none, or none that was asked for."]
    rows = [["MODEL", "IN", "OUT", "USED AS"]]
    rows += [[each.id, *_price(each.price), ", ".join(each.used_as)] for each in found.models]
    priced = any(each.price for each in found.models)
    said = " Prices are US dollars for a million tokens." if priced else ""
    return [*table(rows), f"{counted(len(found.models), 'model')}, known at {moment(found.asked_at)}.{said}"]


def _price(price: ModelPrice | None) -> tuple[str, str]:
    if price is None:
        return "", ""
    into, out = ("" if dollars is None else f"{dollars:.2f}" for dollars in price[:2])
    return into, out


def usage_lines(usage: Usage) -> list[str]:
    """A bar for each day, model, user or metadata value; the sums; and what is left of each budget."""
    cost, requests, tokens = usage.totals
    lines = [f"{usage.profile} since {usage.since}, by {usage.by}"]
    lines += table(_bars(usage.rows), "  ") or ["  Nothing was used, or nothing of it may be seen."]
    sums = [
        *([] if cost is None else [amount("cost", cost)]),
        *([] if requests is None else [amount("requests", requests)]),
        *([] if tokens is None else [amount("tokens", tokens)]),
    ]
    if sums and usage.asked_at is not None:
        lines.append(f"In total {', '.join(sums)}; known at {moment(usage.asked_at)}.")
    lines += [budget_line(budget) for budget in usage.budgets[:_SHOWN]]
    if len(usage.budgets) > _SHOWN:
        lines.append(f"And {counted(len(usage.budgets) - _SHOWN, 'budget')} more, with --json.")
    return lines


def budget_lines(found: Budgets) -> list[str]:
    """A line for each budget, and whether the gateway takes anything at all."""
    lines = [budget_line(budget) for budget in found.budgets]
    if found.refused:
        lines.append(f"{found.refused}: the gateway refuses every request. {found.refused_hint}")
    if found.asked_at is None and found.refused:
        return lines
    if found.asked_at is None:
        return [*lines, "This key may not see any budget."]
    if not lines:
        lines.append(f"No budget applies to {found.profile}, as far as this key may see.")
    return [*lines, f"Known at {moment(found.asked_at)}."]


def budget_line(budget: BudgetLeft) -> str:
    """Such as `provider @a: $ 61.00 of $ 500.00 used, $ 439.00 left; reset at 2026-12-01 00:00 UTC`."""
    limit = "no limit" if budget.limit is None else amount(budget.kind, budget.limit)
    if budget.used is None or budget.left is None:
        said = f"{limit}, for which the account does not report what is used"
    else:
        said = f"{amount(budget.kind, budget.used)} of {limit} used, {amount(budget.kind, budget.left)} left"
    if budget.counted == "added up":
        said += " (added up from its costs)"
    if budget.status not in ("", "active"):
        said += f"; {budget.status}"
    if budget.next_reset:
        said += f"; reset at {moment(budget.next_reset)}"
    elif budget.resets:
        said += f"; reset {budget.resets}"
    return f"{budget.of}: {said}"


def _bars(rows: tuple[UsageRow, ...]) -> list[list[str]]:
    """Label, bar and numbers of each row; bars are of costs, else of requests, else of tokens."""
    names = ("cost", "requests", "tokens")
    columns = [name for name in names if any(getattr(row, name) is not None for row in rows)]
    if not columns:
        return []
    most = max(getattr(row, columns[0]) or 0.0 for row in rows) or 1.0
    cells = [[row.of, *(amount(name, getattr(row, name) or 0.0) for name in columns)] for row in rows]
    beside = sum(2 + max(map(len, column)) for column in zip(*cells, strict=True)) + 2
    longest = min(max(_WIDTH - beside, _SHORTEST_BAR), _LONGEST_BAR)
    bars = [longest * (getattr(row, columns[0]) or 0.0) / most for row in rows]
    return [
        [label, "█" * max(round(bar), 0), *numbers]
        for (label, *numbers), bar in zip(cells, bars, strict=True)
    ]
