"""When a catalog's source is to be asked again: by the clock, and never by all machines at once. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.hashing import text_digest

if TYPE_CHECKING:
    from profiles.catalogs.record import Record

HOUR_S = 3600.0
SPREAD = 0.2  # a fifth sooner or later: machines that began together do not stay together
_FAILED_S, _FAILED_MOST_S = HOUR_S, 24 * HOUR_S
_LONGEST_RETRY_S = 7 * 24 * HOUR_S  # whatever a server wants


def wait_s(record: Record, name: str, hours: float, now: float) -> float:
    """The seconds until it is to be asked again, at most 0 when it is due.

    Never asked, or asked by a clock that was ahead, it is due. After a failure it is in an hour, then in two,
    and so on up to a day; where the server said how long, not before.
    """
    at, failure = record.asked_at, record.failure
    if not 0 < at <= now:
        return 0.0
    usual, not_before = hours * HOUR_S, 0.0
    if failure is not None:
        usual = min(_FAILED_S * 2.0 ** max(0, min(failure.times - 1, 10)), _FAILED_MOST_S)
        not_before = at + min(failure.retry_after_s, _LONGEST_RETRY_S)
    # By what is remembered: the same at each look, and another on each machine.
    chance = int(text_digest(f"{name} {at!r}")[:8], 16) / 0xFFFFFFFF
    return max(at + usual * (1 - SPREAD + 2 * SPREAD * chance), not_before) - now
