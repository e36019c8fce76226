"""A profile's budgets as the tray knows them: which is nearest its end, and how far it is used. Pure."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.hashing import digest
from profiles.profile.rendering import base_url_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiles.profile.rendering import Rendered

FINE, ALERT, USED_UP = range(3)  # how far a budget is used; the alert is at the account's own threshold
_WEEK = 7  # days
_YEARS = range(2020, 2200)  # in which a budget begins or ends
_MOST = 1e18  # what is more is no amount
_DAYS = re.compile("[0-9]{1,4}")


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
        following, since = moment(self.next_reset), moment(self.since)
        if following is not None and (since is None or following > since):
            return following.timestamp()
        if since is None:
            return math.inf
        if self.resets == "monthly":
            return (since.replace(day=1) + timedelta(days=32)).replace(day=1).timestamp()
        days = self.resets.removeprefix("every ").removesuffix(" days")
        days = str(_WEEK) if self.resets == "weekly" else days
        return (since + timedelta(days=int(days))).timestamp() if _DAYS.fullmatch(days) else math.inf


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
    at = moment(text(plain["asked_at"] or ""))
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


def moment(text: str) -> datetime | None:
    """A moment of ISO 8601; None for any other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return found if found.year in _YEARS else None


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


def mark_of(rendered: Rendered) -> str:
    """The same for the same gateway, key, route and metadata."""
    asked = (
        base_url_of(rendered),
        rendered.key_ref,
        rendered.headers,
        sorted(map(str, rendered.env.items())),
    )
    return digest(repr(asked).encode("utf-8", "surrogatepass"), size=8)
