"""A user is told what a profile does before a request is sent by it: in words, with prices, and offline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import KEY, UserHome

BY_TEAM = {
    "strategy": {
        "mode": "conditional",
        "conditions": [{"query": {"metadata.team": {"$eq": "eng"}}, "then": "a"}],
        "default": "b",
    },
    "retry": {"attempts": 2},
    "targets": [
        {"name": "a", "provider": "@anthropic-prod", "override_params": {"model": "claude-sonnet-5-5"}},
        {"name": "b", "strategy": {"mode": "loadbalance"}, "targets": [
            {"provider": "@bedrock-eu", "weight": 0.7},
            {"provider": "@old", "weight": 0.3, "override_params": {"model": "claude-sonnet-4-5-20250929"}}]},
    ],
}  # fmt: skip


def data(home: UserHome, *argv: str) -> Any:
    return home.ok(*argv, "--json").json()["data"]


def write(home: UserHome, config: object) -> None:
    (home.root / "c.json").write_text(json.dumps(config))


def test_the_active_profile_is_explained_with_prices_that_were_asked_for_before(
    work: UserHome, hosted: HostedAccount
) -> None:
    work.ok("models")
    asked = len(hosted.asked)
    lines = work.ok("explain").out.splitlines()
    assert lines[0] == "work: Sends every request to @anthropic-prod."
    assert f"  format  messages, Anthropic's own, at {hosted.url}" in lines
    assert any(line.startswith("  key     keyring:work, stored in the vault; a helper") for line in lines)
    priced = "@anthropic-prod/claude-sonnet-5-5  $ 3.00 in, $ 15.00 out for a million tokens"
    assert f"  sonnet   {priced}" in lines
    assert "  429 or 5xx       nothing more is tried at the gateway" in lines
    assert len(hosted.asked) == asked  # by what is kept alone


def test_a_config_file_is_explained_target_by_target_and_by_this_profiles_metadata(home: UserHome) -> None:
    write(home, BY_TEAM)
    home.add("work", "--config-file", "c.json", "--metadata", "team=eng")
    text = home.ok("explain", "work").out
    assert (
        "- where metadata.team is eng: goes to @anthropic-prod with model claude-sonnet-5-5  <- requests"
        in text
    )
    assert "      - 30 %: goes to @old with model claude-sonnet-4-5-20250929\n" in text
    assert "claude-sonnet-4-5-20250929: will be retired on " in text or "was retired on" in text
    assert "retries up to 2 times on 429, 500, 502, 503, 504 or 529" in text
    found = data(home, "explain", "work")
    assert found["chosen"] == "targets[0]"
    assert [target["when"] for target in found["config"]["targets"]] == [
        "where metadata.team is eng",
        "all others",
    ]
    home.ok("set", "work", "metadata.team", "ops")
    assert data(home, "explain", "work")["chosen"] == "targets[1]"


@pytest.mark.parametrize(
    ("metadata", "query", "chosen"),
    [
        ({"team": "eng"}, {"metadata.team": {"$in": ["eng", "ops"]}}, "targets[0]"),
        ({}, {"metadata.team": {"$nin": ["eng"]}}, "targets[0]"),
        ({"team": "x"}, {"metadata.team": {"$ne": "x"}}, "targets[1]"),
        ({"team": "x"}, {"params.model": {"$eq": "x"}}, None),
        ({"team": "x"}, {"metadata.team": {"$regex": "x"}}, None),
    ],
    ids=str,
)
def test_only_what_metadata_alone_decide_is_said_to_be_decided(
    home: UserHome, metadata: dict[str, str], query: dict[str, Any], chosen: str | None
) -> None:
    config: dict[str, Any] = json.loads(json.dumps(BY_TEAM))
    config["strategy"]["conditions"][0]["query"] = query
    write(home, config)
    options = [part for key, value in metadata.items() for part in ("--metadata", f"{key}={value}")]
    home.add("work", "--config-file", "c.json", *options)
    assert data(home, "explain", "work")["chosen"] == chosen


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--provider", "@a"), "Sends every request to @a."),
        (("--virtual-key", "vk-1", "--provider", "anthropic"),
         "Sends every request to virtual key vk-1 of anthropic."),
        (("--no-route", "--opus", "@a/m", "--sonnet", "@b/n"),
         "Sends a request to the provider that its model's name begins with (@b or @a), and any other by the "
         "default config of the key."),
        (("--config-inline", "c.json", "--provider", "@a"),
         "Sends every request to @a. Caches answers at the gateway, for the same request."),
    ],
    ids=str,
)  # fmt: skip
def test_every_kind_of_route_is_said(home: UserHome, options: tuple[str, ...], says: str) -> None:
    write(home, {"cache": {"mode": "simple"}})
    home.add("work", *options)
    assert data(home, "explain", "work")["sentence"] == says


def test_a_saved_config_is_asked_for_and_never_kept(home: UserHome, hosted: HostedAccount) -> None:
    saved = hosted.save("Team", BY_TEAM)
    home.add("work", "--config", saved, "--gateway", hosted.url)
    assert "- all others: shares requests among these" in home.ok("explain", "work").out
    assert home.ok("explain", "work", "--id", saved).out.startswith(f"{saved}: Sends requests where metadata")
    kept = [path for path in home.root.rglob("*") if path.is_file() and b"metadata.team" in path.read_bytes()]
    assert kept == []


@pytest.mark.parametrize(
    ("lacks", "refuses", "why"),
    [
        ({"configs.read"}, None, "This key may not read a config. Anyone who manages the workspace can"),
        (set(), auth_error(401, "Invalid API Key", "03"), "does not accept this key"),
        (set(), (503, {}), "503"),
    ],
    ids=["right", "key", "trouble"],
)  # fmt: skip
def test_without_the_saved_config_the_rest_is_explained_and_the_reason_told(
    home: UserHome, hosted: HostedAccount, lacks: set[str], refuses: Any, why: str
) -> None:
    home.add("work", "--config", "pc-main-000000", "--gateway", hosted.url)
    hosted.lacks, hosted.refuses = lacks, refuses
    ran = home.ok("explain", "work")
    assert ran.out.startswith("work: Sends every request where the saved config pc-main-000000 says.\n")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("Note: What pc-main-000000 says cannot be seen now. ")
    assert why in ran.err
    assert home.run("explain", "work", "--id", "pc-main-000000").code != 0


def test_a_profile_without_a_stored_key_is_explained_all_the_same(home: UserHome) -> None:
    home.ok("add", "work", "--config", "pc-1", "--key-ref", "env:NOT_SET")
    ran = home.ok("explain", "work")
    assert "  key     env:NOT_SET, not found here; " in ran.out
    assert "Note: What pc-1 says cannot be seen now. " in ran.err


def test_a_file_is_explained_without_any_profile_and_from_standard_input(home: UserHome) -> None:
    text = json.dumps({"data": {"config": {"provider": "openai", "api_key": KEY}}, "success": True})
    ran = home.run("explain", "--file", "-", stdin=text)
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        "standard input: Sends every request to openai. Holds api_key in clear text.",
    )
    assert KEY not in ran.text
    assert home.run("explain", "work", "--file", "-", stdin=text).code == 2
    assert home.run("explain", "--file", "nowhere.json").code == 1
    assert home.run("explain", "--file", "-", stdin="[1]").out.startswith("standard input: It is no config")


def test_a_saved_config_that_repeats_the_key_is_shown_without_it(
    home: UserHome, hosted: HostedAccount
) -> None:
    saved = hosted.save("Held", {"provider": "@a", "api_key": "sk-1", "metadata": {"of": f"x {KEY}"}})
    home.add("work", "--config", saved, "--gateway", hosted.url)
    for argv in (("explain", "work"), ("explain", "work", "--id", saved), ("explain", "work", "--json")):
        text = home.ok(*argv).out
        assert KEY not in text
        assert "sk-1" not in text
        assert "olds api_key in clear text" in text


def test_a_file_that_a_gateway_would_refuse_is_explained_and_said_to_be(home: UserHome) -> None:
    write(home, {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a", "retry": {"attempts": 9}}]})
    ran = home.ok("explain", "--file", "c.json")
    assert ran.out.startswith("c.json: Tries @a.")
    assert (
        "Note: A gateway would refuse this config: targets[0].retry.attempts must be a whole number"
        in ran.err
    )


def test_a_saved_configs_text_reaches_the_terminal_without_control_characters(
    home: UserHome, hosted: HostedAccount
) -> None:
    saved = hosted.save("Evil", {"provider": "@a\x1b[2J\n", "metadata": {"\x07": "\x1b]0;x"}})
    home.add("work", "--config", saved, "--gateway", hosted.url)
    with terminal(["explain", "work"], home.environ, home.root) as term:
        assert term.finish() == 0
        assert "\x1b[2J" not in term.screen
        assert "\x07" not in term.screen


def test_a_terminal_shows_the_tree_with_its_lines(home: UserHome) -> None:
    write(home, BY_TEAM)
    with terminal(["explain", "--file", "c.json"], home.environ, home.root) as term:
        assert term.finish() == 0
        shown = without_styles(term.screen)
    assert "├── where metadata.team is eng: goes to @anthropic-prod with model claude-sonnet-5-5" in shown
    assert "    ├── 70 %: goes to @bedrock-eu" in shown


def test_the_profile_for_when_the_gateway_is_gone_is_named(home: UserHome) -> None:
    home.add("spare", "--provider", "@b")
    home.add("work", "--provider", "@a")
    assert "no gateway" not in home.ok("explain", "work").out
    home.ok("set", "work", "when_unreachable", "spare")
    assert "  no gateway       the tray offers the profile spare" in home.ok("explain", "work").out


def test_a_saved_config_that_is_none_is_not_taken_for_one_that_says_nothing(
    home: UserHome, hosted: HostedAccount
) -> None:
    saved = hosted.save("Vast", {"targets": [{"provider": "@a"}] * 20_000})
    home.add("work", "--config", saved, "--gateway", hosted.url)
    ran = home.ok("explain", "work")
    assert ran.out.startswith(f"work: Sends every request where the saved config {saved} says.\n")
    assert f"What {saved} says cannot be seen now. " in ran.err


def test_a_model_ends_when_the_platform_behind_its_provider_says_so(home: UserHome) -> None:
    home.add(
        "work", "--no-route", "--opus", "@vertex-eu/claude-opus-4-5", "--sonnet", "@bedrock/claude-opus-4-5"
    )
    ends = {each["used_as"]: each["ends"] for each in data(home, "explain", "work")["models"]}
    assert ends == {"sonnet": None, "opus": "will be retired on 2027-01-22"}
