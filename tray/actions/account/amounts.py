"""Amounts and moments of an account: in the one form that outcomes have, and as people read them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

_YEARS = range(2020, 2200)  # in which anything of an account begins or ends


def counted_as(kind: str, number: float | None) -> float | None:
    """Dollars with a fraction, such as 61.0; of anything else a whole number without one, such as 1200."""
    if number is None or kind == "cost":
        return number
    return int(number) if number == int(number) else number


def moment_in(text: str) -> datetime | None:
    """The moment that a text of ISO 8601 names, UTC where it names no zone; None for any other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return known if known.year in _YEARS else None


def in_utc(at: datetime | None) -> str | None:
    """Such as `2026-11-29T09:10:00Z`."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount(kind: str, number: float) -> str:
    """Such as `$ 61.00`, or `1,200 requests`."""
    return f"$ {number:,.2f}" if kind == "cost" else f"{number:,.0f} {kind}"


def moment(text: str) -> str:
    """A moment of ISO 8601 as people read it: `2026-12-01 00:00 UTC`; any other text as it is."""
    day, letter, time = text.partition("T")
    return f"{day} {time[:5]} UTC" if letter and text.endswith("Z") else text
