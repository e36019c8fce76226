"""Models that Anthropic retired, or said when it will, by the dialect they are reached through. Pure.

The dates are those that the client itself names (seen in 2.1.331); a gateway's own may differ by weeks.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Model → dialect → its last day.
_LAST_DAYS: Mapping[str, Mapping[str, date]] = {
    "claude-3-5-haiku": {"messages": date(2026, 2, 19)},
    "claude-3-5-sonnet": {"messages": date(2025, 10, 28)},
    "claude-3-7-sonnet": {
        "messages": date(2026, 2, 19),
        "bedrock": date(2026, 4, 28),
        "vertex": date(2026, 5, 11),
    },
    "claude-3-opus": {"messages": date(2026, 1, 5), "bedrock": date(2026, 1, 15), "vertex": date(2026, 1, 5)},
    "claude-opus-4": {
        "messages": date(2026, 6, 15),
        "bedrock": date(2026, 5, 31),
        "vertex": date(2026, 9, 14),
    },
    "claude-sonnet-4": {
        "messages": date(2026, 6, 15),
        "bedrock": date(2026, 10, 14),
        "vertex": date(2026, 9, 14),
    },
    "claude-sonnet-4-5": {"messages": date(2026, 11, 30), "vertex": date(2026, 11, 30)},
}
# Behind a model's own name: `-0`, `-latest`, a release's date, a version, `[1m]`. Else it is another model.
_BEHIND = r"(-0|-latest)?([@-]20\d{6})?(-v\d[\d:]*)?(\[1m\])?$"


def last_day(model: str, dialect: str) -> date | None:
    """The last day of a model, past or announced, as the client names it; None where none is known."""
    for name, days in _LAST_DAYS.items():
        if re.search(rf"\b{name}{_BEHIND}", model):
            return days.get(dialect)
    return None


def retirement(model: str, dialect: str, today: date | None = None) -> str:
    """Such as `was retired on May 11, 2026`; "" for a model that goes on. Raises nothing."""
    day = last_day(model, dialect)
    if day is None or day >= (today or date.today()):
        return ""
    return f"was retired on {day:%B} {day.day}, {day.year}"
