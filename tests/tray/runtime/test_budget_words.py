"""What is used of a budget is said so that nobody misreads it: rounded down, with its period and unit."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account_client import locations

from tray.runtime.watch.budget.figures import ALERT, FINE, USED_UP, Figure, Left
from tray.runtime.watch.budget.news import Reported, news
from tray.runtime.watch.budget.record import Record, add, load, save
from tray.runtime.watch.budget.words import budget_line, budget_notice, phrase

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
BUDGET = Left(
    "provider @a", "cost", 500, 61, 400, "monthly", "2026-12-01T00:00:00Z", "active", "2026-11-01T00:00:00Z"
)


def left(**fields: Any) -> Left:
    return BUDGET._replace(**fields)


def figure(*budgets: Left, **fields: Any) -> Figure:
    return Figure("mark", NOW, NOW, budgets)._replace(**fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "$ 61 of $ 500 this month"),
        ({"used": 499.99}, "$ 499 of $ 500 this month"),
        ({"used": 4.567, "limit": 12.5}, "$ 4.56 of $ 12.50 this month"),
        ({"used": 12.2, "limit": 12.5}, "$ 12.20 of $ 12.50 this month"),
        ({"used": 4.56}, "$ 4.56 of $ 500 this month"),
        ({"used": 0, "limit": 1_234_567}, "$ 0 of $ 1,234,567 this month"),
        ({"resets": "weekly"}, "$ 61 of $ 500 this week"),
        ({"since": "2026-11-15T00:00:00Z"}, "$ 61 of $ 500 since 15 November"),
        ({"resets": "every 30 days", "since": "2026-11-05T00:00:00Z"}, "$ 61 of $ 500 since 5 November"),
        ({"resets": "", "since": ""}, "$ 61 of $ 500"),
        ({"kind": "tokens", "used": 61_000, "limit": 5e6}, "61,000 of 5,000,000 tokens this month"),
        ({"limit": None}, "$ 61 this month"),
        ({"used": None}, "$ 500 this month"),
        ({"used": None, "limit": None, "resets": "", "since": "soon"}, "a budget"),
    ],
)
def test_an_amount_is_said_in_its_unit_and_with_its_period(fields: dict[str, Any], said: str) -> None:
    assert phrase(left(**fields)) == said


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({}, FINE),
        ({"used": 400}, ALERT),
        ({"used": 400, "alert_at": None}, FINE),
        ({"used": 0, "alert_at": 0}, FINE),
        ({"used": 500}, USED_UP),
        ({"status": "exhausted"}, USED_UP),
        ({"used": None}, FINE),
        ({"used": 900, "limit": None, "alert_at": None}, FINE),
    ],
)
def test_how_far_it_is_used_is_the_account_s_own_word(fields: dict[str, Any], level: int) -> None:
    assert left(**fields).level == level


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({}, "2026-12-01"),
        ({"next_reset": ""}, "2026-12-01"),
        ({"next_reset": "", "since": "2026-12-15T00:00:00Z"}, "2027-01-01"),
        ({"next_reset": "", "since": "2026-11-15T09:30:00Z"}, "2026-12-01"),  # reset by hand
        ({"next_reset": "", "since": "2026-12-31T23:59:59Z"}, "2027-01-01"),
        ({"next_reset": "", "resets": "weekly", "since": "2026-11-22"}, "2026-11-29"),
        ({"next_reset": "", "resets": "weekly", "since": "2026-11-25T09:30:00Z"}, "2026-11-29"),
        ({"next_reset": "", "resets": "weekly", "since": "2026-11-28T23:00:00Z"}, "2026-11-29"),
        ({"of": "policy All", "next_reset": "", "resets": "weekly", "since": "2026-11-23"}, "2026-11-30"),
        ({"of": "policy All", "next_reset": "", "resets": "weekly", "since": "2026-11-29"}, "2026-11-30"),
        ({"next_reset": "", "resets": "every 30 days", "since": "2026-11-23"}, "2026-12-23"),
        ({"next_reset": "", "resets": "", "since": "2026-11-23"}, ""),
        ({"next_reset": "", "resets": "every ² days", "since": "2026-11-23"}, ""),
        ({"next_reset": "soon", "since": ""}, ""),
        ({"next_reset": "9999-12-31T23:59:59Z", "resets": ""}, ""),
    ],
)
def test_its_period_ends_when_the_account_says_or_when_its_kind_does(
    fields: dict[str, Any], ends: str
) -> None:
    found = left(**fields).ends()
    expected = math.inf if not ends else datetime.fromisoformat(ends).replace(tzinfo=UTC).timestamp()
    assert found == expected


def test_of_several_budgets_the_one_nearest_its_end_is_shown() -> None:
    other = left(of="policy All", limit=100, used=99)
    unknown = left(of="policy Other", used=None)
    shown = figure(BUDGET, other, unknown)
    assert budget_line(shown, NOW, fresh=True) == "$ 99 of $ 100 this month"


def test_a_figure_of_a_period_that_is_over_is_not_shown() -> None:
    assert budget_line(figure(BUDGET), NOW + 3 * 24 * 3600, fresh=False) == ""


def test_what_is_used_up_is_said_with_until_when_and_what_claude_code_will_hear() -> None:
    told = budget_notice(left(status="exhausted", used=None))
    assert told.title == "The budget is used up"
    assert told.body.splitlines()[1].startswith("Until ")
    assert "(412)" in told.body
    unknown = budget_notice(left(status="exhausted", used=None, next_reset="", since="", resets=""))
    assert unknown.body.splitlines()[1].startswith("The gateway refuses")
    assert budget_notice(left(limit=None, used=410)).title == "Much of the budget is used"
    assert all(len(each.title) <= 32 for each in (told, budget_notice(left(used=410))))


def test_an_answer_that_is_only_an_old_one_is_no_news() -> None:
    """Kept from before the network went away, it may be of a day when the budget was another."""
    old = figure(left(used=410, next_reset="", since=""), known_at=NOW - 2 * 24 * 3600)
    assert news(old, "a", {}, NOW) == ((), False, {})
    over = figure(left(used=410, next_reset="2026-11-29T11:00:00Z"), known_at=NOW - 2 * 3600)
    assert news(over, "a", {}, NOW) == ((), False, {})


def test_one_budget_of_two_accounts_is_two() -> None:
    used = figure(left(used=410))
    _, _, said = news(used, "a", {}, NOW)
    assert news(used, "a", said, NOW)[0] == ()
    assert len(news(used, "b", said, NOW)[0]) == 1


def test_what_is_remembered_comes_back_and_damage_costs_a_question(tmp_path: Path) -> None:
    there = locations(tmp_path)
    assert load(there) == Record()
    record = Record({"work": figure(BUDGET, left(limit=None))}, {"a": Reported(ALERT, None, math.inf)})
    save(there, record)
    assert load(there) == record
    path = tmp_path / "state" / "budgets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    plain = json.loads(path.read_bytes())
    for wrong in ({"known_at": 1e300}, {"tried_at": "x"}, {"budgets": 5}, {"budgets": [{}]}, {"mark": 5}):
        broken = {**plain, "figures": {"work": {**plain["figures"]["work"], **wrong}}}
        path.write_text(json.dumps(broken))
        assert load(there) == Record()
    path.unlink()
    path.mkdir()
    assert load(there) == Record()
    save(there, record)  # cannot be, and nobody is disturbed


def test_a_command_s_figure_takes_nothing_of_what_the_tray_remembers(tmp_path: Path) -> None:
    """Else a notice would come twice."""
    there, said = locations(tmp_path), {"a": Reported(ALERT, 500.0, 2e9)}
    add(there, "work", figure(BUDGET), said)
    add(there, "home", figure(left(limit=None)))
    assert load(there) == Record({"work": figure(BUDGET), "home": figure(left(limit=None))}, said)


def test_only_the_profiles_asked_last_are_remembered(tmp_path: Path) -> None:
    figures = {f"p{number}": figure(BUDGET, tried_at=float(number)) for number in range(100)}
    save(locations(tmp_path), Record(figures, {}))
    assert set(load(locations(tmp_path)).figures) == {f"p{number}" for number in range(36, 100)}
