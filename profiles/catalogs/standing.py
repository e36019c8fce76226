"""How a catalog stands: one of eleven states, the most pressing first, by facts and the clock. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs.record import BROKEN, WITHDRAWN

if TYPE_CHECKING:
    from profiles.catalogs.record import Failure, Record

STALE_S = 7 * 86_400.0
STATES = (
    *("unfetched", "replaced", "offered", "broken", "asks", "withdrawn", "waiting", "expired", "stale"),
    *("managed", "current"),
)


class Facts(NamedTuple):
    """What a state follows from. `accepted_at` is None where nothing was accepted yet.

    `asks` is what a profile that holds asks of the person, and was not answered. `replaced` says what shows
    that something else changed what is kept, which counts as not there.
    """

    accepted_at: float | None
    is_offered: bool
    expires: str
    record: Record
    managed: bool = False
    asks: str = ""
    replaced: str = ""


class Standing(NamedTuple):
    """The state, why it is so ("" where that is plain), and how long ago the source was reached."""

    state: str
    reason: str = ""
    age_s: float | None = None


def standing(facts: Facts, now: float) -> Standing:
    """How the catalog stands at that time. A clock that was set back makes nothing stale."""
    record, failure = facts.record, facts.record.failure
    reached = record.reached_at or facts.accepted_at or 0.0
    age = max(0.0, now - reached) if reached else None
    if facts.replaced and not facts.is_offered:
        return Standing("replaced", f"what is kept of it {facts.replaced}", age)
    if facts.accepted_at is None:
        return Standing("offered" if facts.is_offered else "unfetched", failure.title if failure else "", age)
    if failure is not None and failure.kind == BROKEN:
        return Standing("broken", failure.title, age)
    if facts.asks:
        return Standing("asks", facts.asks, age)
    if failure is not None and failure.kind == WITHDRAWN:
        return Standing("withdrawn", failure.title, age)
    if facts.is_offered:
        return Standing("waiting", "you went back to this one" if record.held else "", age)
    if facts.expires and is_past(facts.expires, now):
        return Standing("expired", f"its publisher was to renew it by {facts.expires}", age)
    if age is not None and age > STALE_S:
        why = failure.title if failure else "its source has not been asked"
        return Standing("stale", f"not reached for {int(age // 86_400)} days: {why}", age)
    return Standing("managed" if facts.managed else "current", _unreached(failure, reached), age)


def _unreached(failure: Failure | None, reached: float) -> str:
    """Such as `not reached since 2026-11-29 21:59: …`, local time; "" where the last try was answered."""
    if failure is None:
        return ""
    since = f" since {datetime.fromtimestamp(reached):%Y-%m-%d %H:%M}" if reached else ""
    return f"not reached{since}: {failure.title}"


def is_past(day: str, now: float) -> bool:
    """Whether that day is over everywhere on earth; not so of what is no day, in a damaged record."""
    here = datetime.fromtimestamp(now, UTC).date()
    try:
        return (here - date.fromisoformat(day)).days > 1
    except ValueError:
        return False
