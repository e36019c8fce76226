"""A user sees what was spent and what is left, as far as the key may see it, in lines or in JSON."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import provider
from support.home.user_home import UserHome

from profiles.base.errors import UsageError
from tray.actions.account.usage import since_when

NOW = datetime(2026, 11, 29, 13, 30, tzinfo=UTC)


def data(home: UserHome, *argv: str) -> Any:
    return home.ok(*argv, "--json").json()["data"]


def test_costs_are_bars_with_sums_and_what_is_left(work: UserHome) -> None:
    lines = work.ok("usage", "--since", "2026-11-01").out.splitlines()
    assert lines[0] == "work since 2026-11-01, by day"
    assert lines[2].split() == [
        "2026-11-02",
        "█" * 24,
        "$",
        "48.30",
        "48,300",
        "requests",
        "48,300",
        "tokens",
    ]
    assert lines[4].startswith("In total $ 61.00, 61,000 requests, 61,000 tokens; known at ")
    assert lines[5] == (
        "provider @anthropic-prod: $ 61.00 of $ 500.00 used, $ 439.00 left (added up from its costs); "
        "reset at 2026-12-01 00:00 UTC"
    )
    assert lines[6].startswith(
        "policy Team budget, metadata._user:jane: $ 61.50 of $ 100.00 used, $ 38.50 left"
    )
    found = data(work, "usage", "--since", "2026-11-01")
    assert found["totals"] == {"cost": 61, "requests": 61_000, "tokens": 61_000}
    assert [row["of"] for row in found["rows"]] == ["2026-11-01", "2026-11-02", "2026-11-03"]


@pytest.mark.parametrize(
    ("by", "of"),
    [
        (("model",), ["claude-sonnet-5-5", "claude-opus-5-5"]),
        (("user",), ["jane", "joe"]),
        (("metadata", "team"), ["red"]),
    ],
)
def test_costs_are_shared_out_as_asked(work: UserHome, by: tuple[str, ...], of: list[str]) -> None:
    assert [row["of"] for row in data(work, "usage", "--by", *by)["rows"]] == of
    assert of[0] in work.ok("usage", "--by", *by).out


def test_what_a_provider_tells_of_its_budget_is_believed_before_what_is_added_up(
    work: UserHome, hosted: HostedAccount
) -> None:
    limits = {"type": "cost", "credit_limit": 50, "current_usage": 60, "periodic_reset": "weekly"}
    hosted.providers = [provider("anthropic-prod", usage_limits=limits, status="exhausted")]
    (first, *_) = data(work, "usage")["budgets"]
    assert (first["used"], first["left"], first["counted"], first["status"]) == (60, 0, "told", "exhausted")
    assert "; exhausted; reset weekly" in work.ok("usage").out


@pytest.mark.parametrize(
    ("limits", "since"),
    [
        ({"periodic_reset": "monthly", "next_usage_reset_at": "2026-12-01T00:00:00Z"}, "2026-11-01T00:00:00"),
        ({"periodic_reset": "monthly", "next_usage_reset_at": "2026-03-31T00:00:00Z"}, "2026-02-28T00:00:00"),
        ({"periodic_reset": "weekly", "next_usage_reset_at": "2026-12-06T01:00+02"}, "2026-11-28T23:00:00"),
        ({"periodic_reset_days": 30, "next_usage_reset_at": "2026-12-06T00:00:00Z"}, "2026-11-06T00:00:00"),
        ({"last_reset_at": "2026-11-05T10:00:00"}, "2026-11-05T10:00:00"),
        ({"periodic_reset": "weekly"}, None),
        ({"periodic_reset": "monthly", "next_usage_reset_at": "0001-01-01T00:00:00Z"}, "this month"),
        ({"periodic_reset_days": 30, "next_usage_reset_at": "soon"}, None),
        ({"periodic_reset": "hourly", "next_usage_reset_at": "2026-12-06T00:00:00Z"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_is_used_of_a_budget_is_added_up_from_its_last_reset(
    work: UserHome, hosted: HostedAccount, limits: dict[str, Any], since: str | None
) -> None:
    """From any other moment on the sum would be of another period than the limit."""
    hosted.providers = [
        provider("anthropic-prod", usage_limits={"type": "cost", "credit_limit": 500, **limits})
    ]
    budget = data(work, "usage")["budgets"][0]
    queries = [parse_qs(urlsplit(asked.path).query) for asked in hosted.asked]
    starts = [query["time_of_generation_min"][0] for query in queries if "virtual_keys" in query]
    if since == "this month":
        since = f"{datetime.now(UTC):%Y-%m}-01T00:00:00"
    assert starts == ([] if since is None else [f"{since}+00:00"])
    assert budget["counted"] == ("" if since is None else "added up")
    assert budget["used"] == (None if since is None else 61)


def test_what_may_not_be_seen_is_one_line_with_who_can_grant_it(
    work: UserHome, hosted: HostedAccount
) -> None:
    hosted.lacks = {"analytics.view"}
    ran = work.ok("usage")
    assert "provider @anthropic-prod: $ 500.00, for which the account does not report what is used" in ran.out
    assert ran.err.count("This key may not see what was spent. Anyone who manages the workspace") == 1
    shutil.rmtree(work.root / ".local/state/pkcc-tray/account")
    hosted.lacks = {"analytics.view", "policies.list", "providers.read"}
    ran = work.run("usage")
    assert (ran.code, ran.out) == (6, "")
    hosted.lacks = {"providers.read", "policies.list"}
    assert "scope providers.read" in work.ok("usage").err


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("1d", datetime(2026, 11, 29, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        *((text, None) for text in ("", "d", "0d", "-1d", "9999d", "٣d", "x", "2026-13-01")),
        *((text, None) for text in ("2026-12-01", "1999-01-01")),
        ("9" * 5000 + "d", None),
    ],
)  # fmt: skip
def test_a_span_is_days_or_a_day(text: str, since: datetime | None) -> None:
    if since is not None:
        assert since_when(text, NOW) == since
        return
    with pytest.raises(UsageError) as raised:
        since_when(text, NOW)
    assert "a year at most" in raised.value.hint


def test_a_span_is_of_whole_days_wherever_one_is() -> None:
    there = NOW.astimezone().replace(tzinfo=UTC) + timedelta(0)
    assert since_when("1d", there).hour == 0


@pytest.mark.parametrize("by", [["hour"], ["metadata"], ["day", "work"], ["metadata", "a", "b"]])
def test_another_way_to_share_out_is_refused_readably(work: UserHome, by: list[str]) -> None:
    ran = work.run("usage", "--by", *by)
    assert ran.code == 2
    assert "--by takes day, model, user, or metadata and its key" in ran.err
