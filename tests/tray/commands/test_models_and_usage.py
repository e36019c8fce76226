"""A user sees which models a key may use, what was spent and what is left, in lines or in JSON."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, provider
from support.gateway.certificates import make_authority
from support.gateway.stand_in import Proxy, Raw
from support.home.user_home import KEY, UserHome

from profiles.base.errors import UsageError
from tray.actions.account.usage import since_when

NOW = datetime(2026, 11, 29, 13, 30, tzinfo=UTC)


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def work(home: UserHome, hosted: HostedAccount) -> UserHome:
    """A home with an active profile of that account."""
    model = ("--model", "claude-sonnet-5-5", "--sonnet", "claude-sonnet-5-5")
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url, *model)
    home.ok("switch", "work")
    return home


def data(home: UserHome, *argv: str) -> Any:
    return home.ok(*argv, "--json").json()["data"]


def test_models_are_listed_with_their_price_and_what_they_are_used_as(work: UserHome) -> None:
    lines = work.ok("models").out.splitlines()
    assert lines[0].split() == ["MODEL", "IN", "OUT", "USED", "AS"]
    assert lines[2].split() == ["@anthropic-prod/claude-sonnet-5-5", "3.00", "15.00", "default,", "sonnet"]
    assert "3 models, known at " in lines[-1]
    assert "US dollars for a million tokens" in lines[-1]
    found = data(work, "models", "work")
    assert found["models"][1]["price"] == {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75}
    assert [row["used_as"] for row in found["models"]] == [[], ["default", "sonnet"], []]


def test_models_are_those_of_one_provider_or_of_claude_where_asked(
    work: UserHome, hosted: HostedAccount
) -> None:
    hosted.models.append({"id": "@bedrock-eu/meta.llama3"})
    assert [row["name"] for row in data(work, "models", "--provider", "@bedrock-eu")["models"]] == [
        "eu.anthropic.claude-sonnet-5-5",
        "meta.llama3",
    ]
    assert len(data(work, "models", "--claude")["models"]) == 3
    assert data(work, "models", "--provider", "gone")["models"] == []
    assert "none that was asked for" in work.ok("models", "--provider", "gone").out


def test_models_are_known_without_a_network_and_the_reason_is_told(
    work: UserHome, hosted: HostedAccount
) -> None:
    before = data(work, "models")
    hosted.refuses = (503, {})
    ran = work.ok("models")
    assert "@anthropic-prod/claude-sonnet-5-5" in ran.out
    assert "Note: The gateway, or something before it, is in trouble" in ran.err
    assert data(work, "models")["asked_at"] == before["asked_at"]


def test_a_key_that_may_not_list_models_is_told_who_can_help(work: UserHome, hosted: HostedAccount) -> None:
    hosted.lacks = {"models.list"}
    ran = work.run("models")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.startswith("Error: This key may not list models\n  Anyone who manages the workspace")
    hosted.lacks, hosted.refuses = set(), auth_error(401, "Portkey API Key Expired", "01")
    assert "The key has expired" in work.run("models").err


def test_a_gateway_without_an_account_says_so(home: UserHome) -> None:
    home.add("work", "--provider", "anthropic", "--gateway", "http://127.0.0.1:9")
    for command in ("models", "usage"):
        ran = home.run(command, "work")
        assert (ran.code, len(ran.err.splitlines())) == (1, 2)
    assert home.run("models").code == 4  # no profile is active


def test_costs_are_bars_with_sums_and_what_is_left(work: UserHome) -> None:
    lines = work.ok("usage", "--since", "2026-11-01").out.splitlines()
    assert lines[0] == "work since 2026-11-01, by day"
    assert lines[2].split() == [
        "2026-11-02",
        "█" * 30,
        "$",
        "48.30",
        "48,300",
        "requests",
        "48,300",
        "tokens",
    ]
    assert lines[4].startswith("All in all $ 61.00, 61,000 requests, 61,000 tokens; known at ")
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


def test_what_may_not_be_seen_is_one_line_with_who_can_grant_it(
    work: UserHome, hosted: HostedAccount
) -> None:
    hosted.lacks = {"analytics.view"}
    ran = work.ok("usage")
    assert "provider @anthropic-prod: $ 500.00, of which the account does not tell what is used" in ran.out
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
    with pytest.raises(UsageError):
        since_when(text, NOW)


def test_a_span_is_of_whole_days_wherever_one_is() -> None:
    there = NOW.astimezone().replace(tzinfo=UTC) + timedelta(0)
    assert since_when("1d", there).hour == 0


@pytest.mark.parametrize("by", [["hour"], ["metadata"], ["day", "work"], ["metadata", "a", "b"]])
def test_another_way_to_share_out_is_refused_readably(work: UserHome, by: list[str]) -> None:
    ran = work.run("usage", "--by", *by)
    assert ran.code == 2
    assert "--by takes day, model, user, or metadata and its key" in ran.err


def test_a_gateway_that_never_answers_keeps_a_command_six_seconds_and_no_more(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other its questions would take half a minute."""
    monkeypatch.setattr("tray.actions.account.ask.LIMIT_S", 0.5)
    with Raw(silent=True) as silent:
        home.add("work", "--provider", "@a", "--gateway", silent.url)
        for command in ("models", "usage"):
            began = time.monotonic()
            assert home.run(command, "work").code == 1
            assert time.monotonic() - began < 5


def test_no_key_is_in_what_is_shown_or_kept(work: UserHome, hosted: HostedAccount) -> None:
    hosted.providers[0]["note"] = hosted.models[0]["canonical_slug"] = KEY
    for argv in (("models",), ("usage",), ("usage", "--by", "user")):
        for ran in (work.run(*argv), work.run(*argv, "--json"), work.run(*argv, "--debug")):
            assert KEY not in ran.text
    kept = [path for path in work.root.rglob("account/*/*") if path.is_file()]
    assert kept
    assert not [path for path in kept if KEY in path.read_text()]


@pytest.mark.parametrize("delivery", ["helper", "settings"])
@pytest.mark.parametrize("command", ["check", "models", "usage"])
def test_a_repository_cannot_read_the_key_through_a_proxy_of_its_own(
    home: UserHome, tmp_path: Path, command: str, delivery: str
) -> None:
    """A session there gets no key by the guard; nobody else may send it along that way either."""
    authority = make_authority(tmp_path)
    tls = authority.server_context("gateway.example")
    with HostedAccount(KEY, tls) as stranger, Proxy(leads_to=int(stranger.url.rpartition(":")[2])) as proxy:
        home.add(
            "work", "--provider", "@a", "--gateway", "https://gateway.example", "--key-delivery", delivery
        )
        network = {"HTTPS_PROXY": proxy.url, "NODE_EXTRA_CA_CERTS": str(authority.path)}
        repository = home.root / "repo"
        (repository / ".claude").mkdir(parents=True)
        (repository / ".claude" / "settings.json").write_text(json.dumps({"env": network}))
        home.run(command, "work", cwd=repository)
        assert stranger.asked == []
        home.environ |= network  # it is the user's own: so the way is there
        home.run(command, "work")
        assert stranger.asked != []
