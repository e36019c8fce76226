"""Amounts and moments of an account as people read them. Pure."""

from __future__ import annotations


def amount(kind: str, number: float) -> str:
    """Such as `$ 61.00`, or `1,200 requests`."""
    return f"$ {number:,.2f}" if kind == "cost" else f"{number:,.0f} {kind}"


def moment(text: str) -> str:
    """A moment of ISO 8601 as people read it: `2026-12-01 00:00 UTC`; any other text as it is."""
    day, letter, time = text.partition("T")
    return f"{day} {time[:5]} UTC" if letter and text.endswith("Z") else text
