"""Options that say NAME=VALUE, and are given any number of times."""

from __future__ import annotations

from profiles.base.errors import UsageError


def pairs(option: str, items: list[str], example: str) -> dict[str, str]:
    """What a repeatable NAME=VALUE option says. Raises UsageError for another form."""
    found = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} takes NAME=VALUE", f"For example: {option} {example}")
        found[key] = value
    return found
