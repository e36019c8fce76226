"""Moments as people say them, in the local zone. Pure, but for the clock."""

from __future__ import annotations

import time

from profiles.base.text import MONTHS, counted


def clock_time(at: float) -> str:
    """Such as `09:05`."""
    return time.strftime("%H:%M", time.localtime(at))


def day(at: float, now: float | None = None) -> str:
    """Such as `Today`, `Yesterday, 27 November`, `3 September`, `3 September 2024`."""
    when, today = time.localtime(at), time.localtime(now)
    date = f"{when.tm_mday} {MONTHS[when.tm_mon - 1]}"
    if when[:3] == today[:3]:
        return "Today"
    yesterday = time.localtime(time.mktime((*today[:2], today.tm_mday - 1, 12, 0, 0, 0, 0, -1)))
    if when[:3] == yesterday[:3]:
        return f"Yesterday, {date}"
    return date if when.tm_year == today.tm_year else f"{date} {when.tm_year}"


def moment(at: float, now: float | None = None) -> str:
    """Such as `09:05`, or `yesterday, 17:40`, or `3 September, 14:11`."""
    name = day(at, now)
    if name == "Today":
        return clock_time(at)
    name = "yesterday" if name.startswith("Yesterday") else name
    return f"{name}, {clock_time(at)}"


def ago(at: float, now: float | None = None) -> str:
    """Such as `just now`, `2 minutes ago`, or the moment where that is longer ago than an hour."""
    minutes = int(((time.time() if now is None else now) - at) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{counted(minutes, 'minute')} ago"
    return f"at {moment(at, now)}"


def roughly(at: float, now: float | None = None) -> str:
    """Such as `just now`, `5 min ago`, `today`, `yesterday`, `on 3 September`."""
    minutes = int(((time.time() if now is None else now) - at) // 60)
    if minutes < 60:
        return f"{minutes} min ago" if minutes >= 1 else "just now"
    name = day(at, now)
    return "yesterday" if name.startswith("Yesterday") else "today" if name == "Today" else f"on {name}"
