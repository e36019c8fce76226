"""A budget in words: for the menu and the tooltip, and for notices. Pure."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from profiles.base.text import MONTHS
from tray.actions.account.amounts import moment_in
from tray.notices.notice import Notice
from tray.runtime.menu.one_line import without_commands
from tray.runtime.watch.budget.figures import USED_UP

if TYPE_CHECKING:
    from tray.runtime.watch.budget.figures import Figure, Left

BUDGET, OFFER = "budget", "usage"  # what a notice is about: `Notice.key`
_PERIODS = {"monthly": " this month", "weekly": " this week"}
_YES, _NO = ("usage:on", "Yes"), ("usage:off", "No")
_SHOW = ("manage:/usage", "Show usage")


def budget_line(figure: Figure, now: float, *, fresh: bool) -> str:
    """Such as `$ 61 of $ 500 this month`, with its age where it is not fresh; "" for nothing to tell."""
    if figure.refused:
        said = figure.refused
    else:
        told = [left for left in figure.current(now) if _is_told(left)]
        if not told:
            return ""
        said = f"Used up: {phrase(told[0])}" if told[0].level == USED_UP else phrase(told[0])
    return said if fresh else f"{said} ({_at(figure.known_at)})"


def phrase(left: Left) -> str:
    """Such as `$ 61 of $ 500 this month`, or `61,000 of 500,000 tokens since 5 November`."""
    exact = left.limit is not None and left.limit != int(left.limit)
    limit = "" if left.limit is None else _amount(left.limit, left.kind, exact=exact)
    if left.used is None:
        return f"{limit or 'a budget'}{_period(left)}"
    used = _amount(left.used, left.kind, exact=exact)
    of = f"{used} of {limit}" if limit else used
    return f"{of}{'' if left.kind == 'cost' else f' {left.kind}'}{_period(left)}"


def _is_told(left: Left) -> bool:
    return left.level == USED_UP or (left.used is not None and left.limit is not None)


def _amount(number: float, kind: str, *, exact: bool) -> str:
    """Rounded down: what is not used up must not look as if it were. `exact`: dollars and cents."""
    if kind != "cost":
        return f"{math.floor(number):,}"
    if exact or (number < 10 and number != int(number)):
        return f"$ {math.floor(round(number * 100, 4)) / 100:,.2f}"
    return f"$ {math.floor(number):,}"


def _period(left: Left) -> str:
    since = moment_in(left.since)
    if left.resets in _PERIODS and not (left.resets == "monthly" and since is not None and since.day != 1):
        return _PERIODS[left.resets]
    return "" if since is None else f" since {_day(since)}"


def budget_notice(left: Left) -> Notice:
    """That the account's own threshold is reached, or the budget used up, and what that leads to."""
    name, ends = left.of.removeprefix("provider "), _ends(left)
    about = f"{name}: {phrase(left)}."
    key = f"{BUDGET} {left.of}"
    if left.level == USED_UP:
        until = f"Until {ends} the" if ends else "The"
        body = f"{about}\n{until} gateway refuses Claude Code's requests to it (412): raise it, or switch."
        return Notice(key, "The budget is used up", body, (_SHOW,))
    again = f" It starts again on {ends}." if ends else ""
    part = f"{math.floor(100 * left.share)} %" if left.limit else "Much"
    return Notice(key, f"{part} of the budget is used", about + again, (_SHOW,))


def refused_notice(title: str, hint: str) -> Notice:
    """That the gateway takes nothing with this key: it says which budget is used up, but not how much."""
    lines = (f"{title}.", "The gateway refuses all that Claude Code asks.", without_commands(hint))
    return Notice(BUDGET, "The budget is used up", "\n".join(line for line in lines if line), (_SHOW,))


def offer_notice() -> Notice:
    """The question whether the account may be asked at all, which is put once."""
    body = (
        "While Claude Code runs, pkcc-tray can ask Portkey every 15 minutes what is left: for free, and with "
        "your key at its own gateway alone. Preferences has it, too."
    )
    return Notice(OFFER, "Show what is left of the budget?", body, (_YES, _NO))


def _ends(left: Left) -> str:
    """The day from which it counts anew, such as `1 December`; "" where that is not known."""
    ends = left.ends()
    return "" if math.isinf(ends) else _day(datetime.fromtimestamp(ends).astimezone())


def _day(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]}"


def _at(known_at: float) -> str:
    """A moment here, such as `28 November, 14:32`."""
    at = datetime.fromtimestamp(known_at).astimezone()
    return f"{_day(at)}, {at:%H:%M}"
