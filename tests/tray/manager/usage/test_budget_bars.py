"""A budget's bar: a wrong percentage, or no warning, and a person runs into refused requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tray.actions.account.budgets import BudgetLeft
from tray.manager.views.usage.budgets import bars

USED_UP = "All of it is used. Every request that counts for it fails until 1 December."
NO_PERIOD = {"next_reset": None, "since": None, "resets": ""}
UNTOLD = "How much is used is not shown to this key."
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def left(**fields: Any) -> BudgetLeft:
    base = {
        "of": "provider @a", "kind": "cost", "limit": 300.0, "used": 90.0, "left": 210.0, "counted": "told",
        "alert_at": 240.0, "resets": "monthly", "next_reset": "2026-12-01T00:00:00Z", "status": "active",
        "since": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    return BudgetLeft(**(base | fields))


@pytest.mark.parametrize(
    ("fields", "percent", "level", "sentence"),
    [
        ({}, 30, "", "30 % used. Starts again on 1 December. At this pace about $180 by then."),
        (
            {"used": 250.0},
            83,
            "warn",
            "83 % used, past the warning at 80 %. When it is used up, every request fails until 1 December.",
        ),
        (
            {"used": 299.99, "alert_at": None},
            99,
            "",
            "99 % used. Starts again on 1 December. At this pace about $600 by then.",
        ),
        ({"used": 301.0}, 100, "bad", USED_UP),
        ({"status": "exhausted", "used": None}, None, "bad", USED_UP),
        (
            {"used": None},
            None,
            "",
            f"Limit $300.00 a month, warns at $240.00. Starts again on 1 December. {UNTOLD}",
        ),
        (NO_PERIOD | {"limit": None, "alert_at": None}, None, "", UNTOLD),
        (NO_PERIOD | {"kind": "tokens", "used": 10.0}, 3, "", "3 % used."),
    ],
)
def test_a_bar_says_how_much_and_until_when(
    fields: dict[str, Any], percent: int | None, level: str, sentence: str
) -> None:
    (found,) = bars([left(**fields)], NOW)
    assert (found.percent, found.level, found.sentence) == (percent, level, sentence)


def test_what_is_nearest_its_end_comes_first() -> None:
    assert [
        each.of for each in bars([left(), left(of="policy Team, metadata.team:red", used=200.0)], NOW)
    ] == [
        "Team, team:red",
        "@a",
    ]
