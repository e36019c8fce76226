"""The periods of a budget: when one began, and when it is over. Pure.

Portkey begins a month on the 1st and a week on its first day, at 00:00 UTC, also after a reset by hand.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

MONDAY, SUNDAY = 0, 6  # on which a week begins: for policies, and for everything else
_DAYS = re.compile("every ([0-9]{1,4}) days")


def began(resets: str, last: datetime | None, following: datetime | None, now: datetime) -> datetime | None:
    """When a period began; None where that is not told. Of a month without more the first day."""
    if last is not None:
        return last
    if resets == "monthly":
        first = _midnight(following or now).replace(day=1)
        if following is None:
            return first
        month_before = first - timedelta(days=1)
        return month_before.replace(day=min(following.day, month_before.day))
    days = _days(resets)
    return following - timedelta(days=days) if following is not None and days else None


def ends(
    resets: str, since: datetime | None, following: datetime | None, first_weekday: int
) -> datetime | None:
    """When the period that began at `since` is over; None where that is not known."""
    if following is not None and (since is None or following > since):
        return following
    if since is None:
        return None
    if resets == "monthly":
        return (_midnight(since).replace(day=1) + timedelta(days=32)).replace(day=1)
    if resets == "weekly":
        return _midnight(since) + timedelta(days=(first_weekday - since.weekday() - 1) % 7 + 1)
    days = _days(resets)
    return since + timedelta(days=days) if days else None


def _days(resets: str) -> int:
    """How many they are, such as 7; 0 for a period that is not one of days."""
    found = _DAYS.fullmatch(resets)
    return 7 if resets == "weekly" else int(found[1]) if found else 0


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
