"""A user sees which models a key may use, at which price; and no question leads the key astray."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.gateway.certificates import make_authority
from support.gateway.stand_in import Proxy, Raw
from support.home.user_home import KEY, UserHome


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
    gone, near = (work.ok("models", "--provider", slug) for slug in ("gone", "@bedrok-eu"))
    assert "none that was asked for" in gone.out
    assert "has no provider 'gone': it has @anthropic-prod, @bedrock-eu." in gone.err
    assert "has no provider 'bedrok-eu': did you mean @bedrock-eu?" in near.err
    hosted.models = hosted.models[:2]
    assert "but this key may use no model of it" in work.ok("models", "--provider", "@bedrock-eu").err


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
    ran = work.run("models")
    assert "The key has expired" in ran.err
    assert "`pkcc-tray key rotate work` replaces it here" in ran.err


def test_a_gateway_without_an_account_says_so(home: UserHome) -> None:
    home.add("work", "--provider", "anthropic", "--gateway", "http://127.0.0.1:9")
    for command in ("models", "usage"):
        ran = home.run(command, "work")
        assert (ran.code, len(ran.err.splitlines())) == (1, 2)
    assert home.run("models").code == 4  # no profile is in use


def test_a_gateway_that_never_answers_keeps_a_command_six_seconds_and_no_more(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other its questions would take half a minute."""
    monkeypatch.setattr("tray.actions.account.ask.LIMIT_S", 0.5)
    with Raw(silent=True) as silent:
        home.add("work", "--provider", "@a", "--gateway", silent.url)
        (home.root / "c.json").write_text('{"provider": "@a"}')
        for argv in (
            ("models", "work"), ("usage", "work"), ("config", "list", "--profile", "work"),
            ("config", "pull", "pc-1", "--profile", "work"),
            ("config", "push", "c.json", "--profile", "work", "--yes"),
        ):  # fmt: skip
            began = time.monotonic()
            assert home.run(*argv).code == 1
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
@pytest.mark.parametrize("command", ["check", "models", "usage", "config list --profile"])
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
        home.run(*command.split(), "work", cwd=repository)
        assert stranger.asked == []
        home.environ |= network  # it is the user's own: so the way is there
        home.run(*command.split(), "work")
        assert stranger.asked != []


def test_a_key_that_may_list_nothing_passes_the_check_and_every_word_names_the_gateway_s_own_console(
    work: UserHome, hosted: HostedAccount
) -> None:
    """It serves Claude Code well; and a company's own gateway has a console that is not Portkey's."""
    hosted.lacks = {"models.list", "providers.list"}
    checked = work.ok("check").out
    assert "the scope models.list at the gateway's console → API Keys" in checked
    assert "the scope providers.list at the gateway's console → API Keys" in checked
    for argv in (("models",), ("usage",), ("budget",), ("config", "list")):
        for refused in (
            None,
            auth_error(401, "Invalid API Key", "03"),
            auth_error(401, "Unable to validate", "033"),
        ):
            hosted.refuses = refused
            ran = work.run(*argv)
            assert "portkey.ai" not in ran.out + ran.err
