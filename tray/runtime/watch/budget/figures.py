"""A profile's budgets as the tray knows them: which is nearest its end, and how far it is used. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from profiles.gateway.account.records.periods import MONDAY, SUNDAY, ends
from tray.actions.account.amounts import moment_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


FINE, ALERT, USED_UP = range(3)  # how far a budget is used; the alert is at the account's own threshold
_MOST = 1e18  # what is more is no amount


class Left(NamedTuple):
    """One budget; the fields are those of the same names that `pkcc-tray budget --json` prints."""

    of: str
    kind: str
    limit: float | None
    used: float | None
    alert_at: float | None
    resets: str
    next_reset: str
    status: str
    since: str

    @property
    def share(self) -> float:
        """How much of it is used, such as 0.12."""
        if self.status == "exhausted":
            return math.inf
        return (self.used or 0.0) / self.limit if self.limit else 0.0

    @property
    def level(self) -> int:
        """How far that is."""
        if self.status == "exhausted":
            return USED_UP
        if self.used is None:
            return FINE
        if self.limit is not None and self.used >= self.limit:
            return USED_UP
        return ALERT if self.alert_at is not None and self.used >= self.alert_at > 0 else FINE

    def ends(self) -> float:
        """When its period is over, in seconds since 1970; without an end where that is not known."""
        first_weekday = MONDAY if self.of.startswith("policy ") else SUNDAY
        found = ends(self.resets, moment_in(self.since), moment_in(self.next_reset), first_weekday)
        return math.inf if found is None else found.timestamp()


class Figure(NamedTuple):
    """A profile's budgets. `mark` is of the route and key that they were asked with, `tried_at` when.

    `known_at` is when they were told: earlier, where there was no answer since.
    """

    mark: str
    tried_at: float
    known_at: float = 0.0
    budgets: tuple[Left, ...] = ()
    refused: str = ""
    refused_hint: str = ""

    def current(self, now: float) -> tuple[Left, ...]:
        """The budgets whose period still goes on, that nearest its end first."""
        going_on = [left for left in self.budgets if left.ends() > now]
        return tuple(sorted(going_on, key=lambda left: left.share, reverse=True))


def figure_of(plain: Mapping[str, Any], mark: str, now: float) -> Figure:
    """What the command's answer tells. Raises TypeError, KeyError, ValueError for what is no such answer."""
    at = moment_in(text(plain["asked_at"] or ""))
    known_at = now if at is None else at.timestamp()
    rows = tuple(left_of(row) for row in plain["budgets"])
    return Figure(mark, now, known_at, rows, text(plain["refused"]), text(plain["refused_hint"]))


def left_of(row: Mapping[str, Any]) -> Left:
    """A budget of its row in JSON. Raises TypeError, KeyError."""
    limit, used, alert_at = (_number(row[name]) for name in ("limit", "used", "alert_at"))
    return Left(
        text(row["of"]), text(row["kind"]), limit, used, alert_at,
        text(row["resets"]), text(row["next_reset"] or ""), text(row["status"]), text(row["since"] or ""),
    )  # fmt: skip


def text(value: object) -> str:
    """The text itself. Raises TypeError for what is none."""
    if not isinstance(value, str):
        raise TypeError
    return value


def number(value: object) -> float:
    """The number itself. Raises TypeError for what is none, or has no end."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        raise TypeError
    return float(value)


def _number(value: object) -> float | None:
    return None if value is None else number(value)
