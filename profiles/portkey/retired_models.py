"""Models that Anthropic retired, or said when it will, by the dialect they are reached through. Pure.

The days are those that the client itself names (2.1.332), its successors what it takes by itself today; a
gateway's own days may differ by weeks. Days are text, `2026-11-30`, which compares as days do.
"""

from __future__ import annotations

import re
import time

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Model → dialect → its last day.
LAST_DAYS: Mapping[str, Mapping[str, str]] = {
    "claude-3-5-haiku": {"messages": "2026-02-19"},
    "claude-3-5-sonnet": {"messages": "2025-10-28"},
    "claude-3-7-sonnet": {"messages": "2026-02-19", "bedrock": "2026-04-28", "vertex": "2026-05-11"},
    "claude-3-opus": {"messages": "2026-01-05", "bedrock": "2026-01-15", "vertex": "2026-01-05"},
    "claude-opus-4": {"messages": "2026-06-15", "bedrock": "2026-05-31", "vertex": "2026-09-14"},
    "claude-opus-4-5": {"messages": "2027-01-22", "vertex": "2027-01-22"},
    "claude-opus-4-1": {},  # the client takes its newest Opus in its place
    "claude-sonnet-4": {"messages": "2026-06-15", "bedrock": "2026-10-14", "vertex": "2026-09-14"},
    "claude-sonnet-4-5": {"messages": "2026-11-30", "vertex": "2026-11-30"},
}
SUCCESSORS = {kind: f"claude-{kind}-5-5" for kind in ("haiku", "opus", "sonnet")}
_ANNOUNCED_S = 30 * 24 * 3600.0  # before its last day a model's end is reported
# Behind a model's own name: `-0`, `-latest`, a release's date, a version, `[1m]`. Else it is another model.
_BEHIND = r"(?:-0|-latest)?(?:[@-]20\d{6})?(?:-v\d[\d:]*)?(\[1m\])?$"


class Retirement(NamedTuple):
    """A model that is no more, or soon will be: `text` such as `was retired on May 11, 2026`.

    `day` is its last, such as `2026-05-11`.
    """

    text: str
    is_past: bool
    successor: str
    day: str


def last_day(model: str, dialect: str) -> str:
    """The last day of a model, past or announced, as the client names it; "" where none is known."""
    name = _known(model)
    return LAST_DAYS[name].get(_reached(model, dialect), "") if name else ""


def retirement(model: str, dialect: str, now: float | None = None) -> Retirement | None:
    """What there is to say about a model that retires within 30 days, or has; None for one that goes on."""
    day, now = last_day(model, dialect), time.time() if now is None else now
    if not day or day > _day(now + _ANNOUNCED_S):
        return None
    is_past = day < _day(now)
    year, month, number = day.split("-")
    when = f"{MONTHS[int(month) - 1]} {int(number)}, {year}"
    text = f"{'was' if is_past else 'will be'} retired on {when}"
    return Retirement(text, is_past, _successor(model), day)


def _known(model: str) -> str:
    found = re.search(rf"\b({'|'.join(LAST_DAYS)}){_BEHIND}", model)
    return found[1] if found else ""


def _reached(model: str, dialect: str) -> str:
    """The platform that a model's own spelling names, else the dialect's."""
    return "bedrock" if "anthropic." in model else "vertex" if re.search(r"@20\d{6}", model) else dialect


def _successor(model: str) -> str:
    """The model of the same kind that the client takes today, spelled as this one: `@slug/claude-…`."""
    kind = next(kind for kind in SUCCESSORS if kind in _known(model))
    before = model[: model.index("claude-")]
    return before + SUCCESSORS[kind] + ("[1m]" if model.endswith("[1m]") else "")


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
