"""A person adds a profile by choosing alone: the key is asked what it may use; typing is always possible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, model, provider
from support.gateway.stand_in import Raw
from support.home.pseudo_terminal import CONTROL_C, Terminal, terminal, without_styles
from support.home.user_home import KEY, UserHome, files_with

KEY_ASKED = "Portkey API key (hidden; empty to give it later): "
ROUTE = "Number, or a name [1]: "
NUMBER = "Number [1]: "
SCOPES = {"models.list", "providers.list", "configs.list"}


@contextmanager
def adding(home: UserHome, url: str, *options: str) -> Iterator[Terminal]:
    with terminal(["add", "work", "--gateway", url, *options], home.environ, home.root) as term:
        term.answer(KEY_ASKED, KEY)
        yield term


@pytest.fixture(autouse=True)
def _was_asked_for_usage(home: UserHome) -> None:
    home.ok("preference", "usage", "off")


def stored(term: Terminal, answer: str = "2") -> None:
    term.expect("Store and switch now?")
    term.answer(NUMBER, answer)
    assert term.finish() == 0, term.screen
    assert "CANARY" not in term.screen


def test_a_profile_is_added_by_pressing_return_alone(home: UserHome, hosted: HostedAccount) -> None:
    (home.own / "preferences.json").unlink()
    with adding(home, hosted.url) as term:
        shown = term.expect(ROUTE)
        assert "  1) @anthropic-prod: anthropic · $ 61.00 of $ 500.00 used, reset 2026-12-01\n" in shown
        assert " Saved configs\n  3) Main: pc-main-000000\n Otherwise\n  4)" in shown
        term.type("")
        shown = term.expect(NUMBER)
        assert "  1) the newest of each kind: claude-sonnet-5-5, claude-opus-5-5\n" in shown
        term.type("")
        term.expect("Store and switch now?")
        term.answer(NUMBER, "")
        term.answer("Show in the tray what is spent? (Y/n): ", "")
        assert term.finish() == 0
        assert "It is in use now." in term.screen
        assert "the key is accepted; 3 models listed" in term.screen
        assert "open-source" not in term.screen
    assert home.stored()["route"] == {"kind": "provider", "provider": "@anthropic-prod"}
    assert home.stored()["models"] == {"sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5"}
    assert home.ok("preference", "usage", "--json").json()["data"]["preferences"] == {"usage": True}
    assert home.ok("key", "print", "work").out == KEY + "\n"
    places = home.root / ".local/state/pkcc-tray/account/places"
    assert list(places.iterdir())  # Tab completes from what was just answered


def test_in_a_terminal_that_moves_its_cursor_the_same_is_a_list_to_search(
    home: UserHome, hosted: HostedAccount
) -> None:
    home.environ["TERM"] = "xterm-256color"
    with adding(home, hosted.url) as term:
        term.expect("Where do requests go?")
        term.expect("Return chooses")
        term.type("bedrock")
        term.expect("the newest of each kind")
        term.expect("Return chooses")
        term.type("")
        term.expect("Store and switch now?")
        term.expect("Return chooses")
        term.type("only")
        assert term.finish() == 0
        assert "Where do requests go? @bedrock-eu\n" in without_styles(term.screen)
        assert term.screen.endswith("\n")
    assert home.stored()["route"] == {"kind": "provider", "provider": "@bedrock-eu"}
    assert home.stored()["models"] == {"sonnet": "eu.anthropic.claude-sonnet-5-5"}
    assert home.run("status").code == 0


def test_a_wrong_key_is_told_at_once_and_asked_for_again(home: UserHome, hosted: HostedAccount) -> None:
    with terminal(["add", "work", "--gateway", hosted.url], home.environ, home.root) as term:
        term.answer(KEY_ASKED, "pk-of-another-workspace-CANARY")
        term.expect("The gateway does not accept this key")
        hosted.refuses = auth_error(401, "Portkey API Key Expired", "01")
        term.answer(KEY_ASKED, KEY)
        term.expect("The key has expired")
        hosted.refuses = None
        term.expect(KEY_ASKED)
        assert not home.profiles.exists()
        assert not files_with("CANARY", home.root)
        term.type(KEY)
        term.answer(ROUTE, "")
        term.answer(NUMBER, "")
        stored(term)
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_key_that_may_list_nothing_has_its_names_typed(home: UserHome, hosted: HostedAccount) -> None:
    hosted.lacks = SCOPES
    with adding(home, hosted.url) as term:
        shown = term.expect(ROUTE)
        assert "  This key may not list models, providers, configs, so names are typed. Anyone who " in shown
        assert "the scopes models.list, providers.list, configs.list at " in shown
        term.type("@mine")
        for alias in ("sonnet", "opus", "haiku"):
            term.answer(f"Model for {alias}", "")
        stored(term)
    assert home.stored()["route"] == {"kind": "provider", "provider": "@mine"}


@pytest.mark.parametrize("option", [(), ("--key-ref", "env:PORTKEY")])
def test_a_key_that_is_there_already_is_asked_with(
    home: UserHome, hosted: HostedAccount, option: tuple[str, ...]
) -> None:
    home.ok("key", "set", "work", "--stdin", stdin=KEY)
    home.environ["PORTKEY"] = KEY
    with terminal(["add", "work", "--gateway", hosted.url, *option], home.environ, home.root) as term:
        if not option:
            term.answer("Use the stored key 'work'? (Y/n): ", "")
        assert "@anthropic-prod: anthropic" in term.expect(ROUTE)
        assert KEY_ASKED not in term.screen


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_one_scope_that_is_missing_takes_one_list_away(
    home: UserHome, hosted: HostedAccount, scope: str
) -> None:
    hosted.lacks = {scope}
    with adding(home, hosted.url) as term:
        shown = term.expect(ROUTE)
        assert shown.count("This key may not") == 1
        assert "@anthropic-prod" in shown
        assert ("pc-main" in shown) == (scope != "configs.list")
        assert ("500.00" in shown) == (scope != "providers.list")


def test_without_a_network_names_are_typed(home: UserHome) -> None:
    with adding(home, "http://127.0.0.1:9") as term:
        shown = term.expect(ROUTE)
        assert shown.count("127.0.0.1 refuses the connection") == 1
        term.type("@a")
        for alias in ("sonnet", "opus", "haiku"):
            term.answer(f"Model for {alias}", "")
        stored(term)
        assert "FAILED" in term.screen  # the check says it again


def test_what_was_known_before_can_be_chosen_without_a_network(home: UserHome, hosted: HostedAccount) -> None:
    with adding(home, hosted.url) as term:
        term.expect("@anthropic-prod")
    hosted.refuses = (503, {})
    with adding(home, hosted.url) as term:
        shown = term.expect(ROUTE)
        assert "in trouble" in shown
        assert "@anthropic-prod" in shown


def test_a_gateway_without_an_account_leads_to_typing(home: UserHome) -> None:
    said = b"Either x-portkey-config or x-portkey-provider header is required"
    body = b'{"status":"failure","message":"%s"}' % said
    with Raw(b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)) as gateway:
        with adding(home, gateway.url) as term:
            shown = term.expect(ROUTE)
        assert (
            shown.count(
                "  This gateway is Portkey's open-source one, which has no account, so names are typed."
            )
            == 1
        )
        assert {data.split()[1] for data in gateway.received} == {b"/v1/models"}


def test_nothing_is_asked_where_that_is_not_wished(home: UserHome, hosted: HostedAccount) -> None:
    with adding(home, hosted.url, "--no-lookup") as term:
        assert "@anthropic-prod" not in term.expect(ROUTE)
        term.type("@a")
        for alias in ("sonnet", "opus", "haiku"):
            term.answer(f"Model for {alias}", "")
        stored(term)
    assert hosted.asked == []


def test_stopping_the_check_says_all_the_same_that_the_profile_is_stored(
    home: UserHome, hosted: HostedAccount
) -> None:
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "")
        term.answer(NUMBER, "")
        term.expect("Store and switch now?")
        hosted.delays["/v1/models"] = 20
        term.answer(NUMBER, "2")
        term.expect("Checking it")
        term.type(CONTROL_C, enter="")
        assert term.finish() == 0
        assert "Stored work: @anthropic-prod" in term.screen


def test_each_alias_is_chosen_from_what_its_provider_lists(home: UserHome, hosted: HostedAccount) -> None:
    hosted.models += [
        model("anthropic-prod", name)
        for name in ("claude-haiku-5-5", "claude-sonnet-4-5-20250929", "claude-sonnet-4", "gpt-6")
    ]
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "@anthropic-prod")
        term.answer(NUMBER, "2")
        shown = term.expect(ROUTE)
        rows = [line for line in shown.splitlines() if line.startswith("  ")]
        assert rows[0] == "  1) claude-sonnet-5-5: $ 3.00 in, $ 15.00 out"
        assert "retired on November 30, 2026" in rows[1]
        assert rows[1].startswith("  2) claude-sonnet-4-5-20250929")
        assert "was retired on June 15, 2026" in rows[2]
        assert rows[-2:] == ["  6) gpt-6", "  7) none: Claude Code's own name is sent"]
        assert not any("eu.anthropic" in row for row in rows)
        term.type("")
        term.answer(ROUTE, "opus")  # a part of a name: what has it is listed
        term.answer(ROUTE, "claude-opus-5-5")
        term.answer(ROUTE, "claude-haiku-of-tomorrow")  # and what no list has is typed
        term.answer(ROUTE, "claude-sonnet-5-5")
        term.answer(NUMBER, "small fast")
        term.answer(ROUTE, "claude-haiku-5-5")
        term.answer(NUMBER, "")
        stored(term)
    assert home.stored()["models"] == {
        "default": "claude-sonnet-5-5", "sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5",
        "haiku": "claude-haiku-of-tomorrow", "small_fast": "claude-haiku-5-5",
    }  # fmt: skip


def test_models_name_their_providers_where_that_is_chosen(home: UserHome, hosted: HostedAccount) -> None:
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "each model names its provider")
        assert "@anthropic-prod/claude-opus-5-5" in term.expect(NUMBER)
        term.type("")
        stored(term)
    assert home.stored()["route"] == {"kind": "none"}
    assert home.stored()["models"]["opus"] == "@anthropic-prod/claude-opus-5-5"


def test_a_config_s_models_are_those_of_the_providers_in_it(home: UserHome, hosted: HostedAccount) -> None:
    hosted.models += [model("bedrock-eu", "eu.anthropic.claude-haiku-5-5")]
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "Main")
        assert "claude-sonnet-5-5, claude-opus-5-5\n" in term.expect(NUMBER)
        term.type("3")
        stored(term)
    assert home.stored()["route"] == {"kind": "config", "id": "pc-main-000000"}


def test_a_config_nested_without_end_is_no_end_of_the_questions(
    home: UserHome, hosted: HostedAccount
) -> None:
    deep = b'{"targets":[' * 300 + b"{}" + b"]}" * 300
    hosted.answers["/v1/configs/pc-main-000000"] = b'{"data": {"config": %s}}' % deep
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "Main")
        term.expect("Which ")
        term.expect("1) ")
        assert "Traceback" not in term.screen


def test_a_config_without_a_provider_gets_one_beside_it(home: UserHome, hosted: HostedAccount) -> None:
    """A profile of a config that only caches would lead nowhere, as nobody sees before a request."""
    slug = hosted.save("Cache", {"cache": {"mode": "simple"}})
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "Cache")
        term.expect("Which provider? This config names none.")
        term.answer(ROUTE, "@bedrock-eu")
        assert "eu.anthropic.claude-sonnet-5-5\n" in term.expect(NUMBER)
        term.type("")
        stored(term)
    assert home.stored()["route"] == {"kind": "config", "id": slug, "provider": "@bedrock-eu"}


def test_a_provider_that_cannot_be_used_says_why_before_it_is_chosen(
    home: UserHome, hosted: HostedAccount
) -> None:
    hosted.providers += [provider("gone", status="expired"), provider("empty", status="exhausted")]
    hosted.providers.append(provider("a b"))
    with adding(home, hosted.url) as term:
        shown = term.expect(ROUTE)
        assert "@empty: budget used up · $ 61.00 of $ 500.00 used" in shown
        assert "@gone: has expired; $" in shown
        term.type("@gone")
        term.expect("  @gone has expired.\n")
        term.answer(ROUTE, "@a b")  # it would be refused after the last question
        term.expect("  @a b has a name that no header can carry.\n")


def test_what_a_gateway_says_reaches_the_terminal_without_its_control_characters(
    home: UserHome, hosted: HostedAccount
) -> None:
    hosted.providers.append(provider("x", name="\x1b[31mred\x07 \u202eevil", provider="\x9b2J"))
    hosted.models.append(model("anthropic-prod", "claude-\x1b[2J"))
    with adding(home, hosted.url) as term:
        term.expect("@x")
        term.answer(ROUTE, "")
        term.answer(NUMBER, "2")
        term.expect("Which model is sonnet?")
        term.expect(ROUTE)
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(term.screen)


MODELS_TYPED = ("sonnet", "opus", "haiku")


def test_a_config_that_no_list_shows_is_typed_by_its_name_or_refused(
    home: UserHome, hosted: HostedAccount
) -> None:
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "another saved config")
        term.answer("by its name or its id, pc-…: ", "Mian")
        term.expect("This key's workspace has no config 'Mian'. Did you mean 'Main'?")
        term.answer("by its name or its id, pc-…: ", "main")
        term.answer(NUMBER, "")
        stored(term)
    assert home.stored()["route"] == {"kind": "config", "id": "pc-main-000000"}


def test_a_config_s_name_that_nobody_can_look_up_is_not_stored_for_an_id(
    home: UserHome, hosted: HostedAccount
) -> None:
    hosted.lacks = SCOPES
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "a saved config")
        term.answer("by its name or its id, pc-…: ", "Main")
        term.expect("The config 'Main' cannot be looked up: This key may not list configs. Give its id")
        term.answer("by its name or its id, pc-…: ", "pc-mine")
        term.answer("Provider, where the config names none (may be empty): ", "")
        for alias in MODELS_TYPED:
            term.answer(f"Model for {alias}", "")
        stored(term)
    assert home.stored()["route"] == {"kind": "config", "id": "pc-mine"}


@pytest.mark.parametrize("asked", ["@slug", "any"])
def test_a_provider_typed_without_its_sign_gets_it_and_that_is_said(
    home: UserHome, hosted: HostedAccount, asked: str
) -> None:
    """As `anthropic-prod` it would be sent as the name of a company, which there is none of."""
    with adding(home, hosted.url) as term:
        if asked == "any":
            hosted.providers.append(provider("mine"))
            term.answer(ROUTE, "bedrock-eu")
            term.expect("Type it once more to take it as it is.")
            term.type("bedrock-eu")
            meant = "@bedrock-eu"
        else:
            term.answer(ROUTE, "another provider of your workspace")
            term.answer("Provider slug, such as @anthropic-prod: ", "mine")
            meant = "@mine"
        term.expect(f"  Taken as {meant}: a provider of your workspace begins with @.\n")
        if asked == "any":
            term.answer(NUMBER, "")
        else:
            for alias in MODELS_TYPED:
                term.answer(f"Model for {alias}", "")
        stored(term)
    assert home.stored()["route"] == {"kind": "provider", "provider": meant}


@pytest.mark.parametrize("config", ['{"provider": "@bedrock-eu"}', '{"cache": {"mode": "simple"}}'])
def test_a_config_in_a_file_is_asked_for_a_provider_only_where_it_names_none(
    home: UserHome, hosted: HostedAccount, config: str
) -> None:
    (home.root / "c.json").write_text(config)
    with adding(home, hosted.url) as term:
        term.answer(ROUTE, "a config in a file of yours")
        term.answer("Path of the config file: ", "c.json")
        if "cache" in config:
            term.expect("Which provider? This config names none.")
            term.answer(ROUTE, "@bedrock-eu")
        shown = term.expect(NUMBER)
        assert "  1) the newest of each kind: eu.anthropic.claude-sonnet-5-5\n" in shown
        assert "  2) choose them one by one: 1 model is listed\n" in shown
        term.type("")
        term.expect("Store and switch now?")
        term.answer(NUMBER, "2")
        term.answer("Save it there, so that no request carries it? (y/N): ", "n")
        assert term.finish() == 0
    beside = {"provider": "@bedrock-eu"} if "cache" in config else {}
    assert home.stored()["route"] == {"kind": "config", "path": str(home.root / "c.json"), **beside}
