"""A saved config is named as people call it, and shown so: an id such as pc-main-ca7a87 says little."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.home.user_home import KEY, UserHome

FALLBACK = "pc-main-f-000001"


@pytest.fixture
def hosted(hosted: HostedAccount) -> HostedAccount:
    """With a config `Main` and one `Main fallback`."""
    assert hosted.save("Main fallback", {"retry": {"attempts": 2}}) == FALLBACK
    return hosted


def add(home: UserHome, hosted: HostedAccount, config: str, *more: str) -> tuple[int, str]:
    ran = home.run(
        "add", "other", "--config", config, "--gateway", hosted.url, "--key-stdin", *more, stdin=KEY
    )
    return ran.code, ran.err


def route(home: UserHome, name: str = "work") -> object:
    return home.stored(name)["route"]


@pytest.mark.parametrize("name", ["Main fallback", "main FALLBACK ", FALLBACK])
def test_add_takes_a_config_by_its_name_and_stores_the_id(
    home: UserHome, hosted: HostedAccount, name: str
) -> None:
    assert add(home, hosted, name)[0] == 0
    assert route(home, "other") == {"kind": "config", "id": FALLBACK}
    assert bool(hosted.asked) == (name != FALLBACK)  # an id needs no network


@pytest.mark.parametrize(
    ("name", "problem", "help_"),
    [
        ("Main falback", "workspace has no config 'Main falback'", "Did you mean 'Main fallback'?"),
        ("zzz", "workspace has no config 'zzz'", "It has 'Main', 'Main fallback', 'twice', 'Twice'."),
        ("a name so long that it may be a key", "has no such config", "It has"),
        ("TWICE", "More than one config is called 'TWICE'", "Name one by its id: pc-twice-000002, pc-twice"),
    ],
)
def test_a_name_that_none_has_or_several_is_refused_with_what_helps(
    home: UserHome, hosted: HostedAccount, name: str, problem: str, help_: str
) -> None:
    hosted.save("twice", {})
    hosted.save("Twice", {})
    code, told = add(home, hosted, name)
    assert (code, home.profiles.exists()) == (2 if name == "TWICE" else 3, False)
    assert problem in told.splitlines()[0]
    assert help_ in told.splitlines()[1]


def test_a_name_that_cannot_be_looked_up_is_refused_with_the_reason(
    home: UserHome, hosted: HostedAccount
) -> None:
    hosted.lacks = {"configs.list"}
    code, told = add(home, hosted, "Main fallback")
    assert code == 6
    assert "cannot be looked up: This key may not list configs" in told
    assert "Give its id, pc-…, in place of its name. Anyone who manages the workspace can give it" in told
    assert add(home, hosted, "Main fallback", "--no-lookup")[0] == 1
    hosted.refuses = auth_error(401, "Invalid API Key", "03")
    assert (
        "cannot be looked up: The gateway does not accept this key" in add(home, hosted, "Main fallback")[1]
    )
    ran = home.run("add", "third", "--config", "Main fallback", "--gateway", hosted.url)
    assert (ran.code, "cannot be looked up: There is no key" in ran.err) == (1, True)


def test_a_name_of_one_word_is_no_id_because_nobody_could_be_asked(
    home: UserHome, hosted: HostedAccount
) -> None:
    """A profile that sends `Main` for an id is refused by the gateway only at its first request."""
    url = hosted.url
    hosted.refuses = auth_error(401, "Invalid API Key", "03")
    assert add(home, hosted, "Main")[0] == 6
    assert home.run("add", "other", "--config", "Main", "--gateway", "http://127.0.0.1:9").code == 1
    assert not home.profiles.exists()
    home.add("work", "--provider", "@a", "--gateway", url)
    ran = home.run("set", "work", "config", "Main")
    assert (ran.code, "cannot be looked up" in ran.err) == (6, True)
    assert home.run("set", "work", "route", '{"kind": "config", "id": "Main"}').code == 6
    assert home.run("config", "pull", "Main", "--profile", "work").code == 6
    assert route(home) == {"kind": "provider", "provider": "@a"}


def test_an_id_of_another_form_is_said_to_be_one_and_stays(home: UserHome, hosted: HostedAccount) -> None:
    """What an older version stored can be edited without a network."""
    hosted.refuses = (503, {})
    assert add(home, hosted, "id:older-one")[0] == 0
    assert route(home, "other") == {"kind": "config", "id": "older-one"}
    home.ok("set", "other", "config", "older-one")
    assert home.run("set", "other", "config", "older-two").code == 1
    home.ok("set", "other", "config", "id:older-two")
    (home.root / "typed").write_text(json.dumps({**home.stored("other"), "label": "edited"}))
    home.environ["EDITOR"] = "cp typed"
    home.ok("edit", "other")
    assert home.stored("other")["label"] == "edited"
    assert route(home, "other") == {"kind": "config", "id": "older-two"}


def test_set_takes_a_name_whatever_the_route_was_and_keeps_to_what_is_kept(
    work: UserHome, hosted: HostedAccount
) -> None:
    ran = work.ok("set", "work", "config", "Main fallback")
    assert ran.err == f"Note: 'Main fallback' is the config {FALLBACK}\n"
    assert route(work) == {"kind": "config", "id": FALLBACK}
    hosted.refuses = (503, {})
    count = len(hosted.asked)
    work.ok("set", "work", "route.id", "Main")
    work.ok("set", "work", "config", "pc-of-another-account")
    work.ok("set", "work", "route", '{"kind": "config", "id": "Main", "provider": "@a"}')
    assert route(work) == {"kind": "config", "id": "pc-main-000000", "provider": "@a"}
    assert len(hosted.asked) == count
    ran = work.run("set", "work", "config", "Main falback")
    assert (ran.code, "cannot be looked up" in ran.err) == (1, True)
    assert "Did you mean 'Main fallback'?" in ran.err  # by the list of before
    assert work.ok("set", "work", "provider", "@b")
    assert route(work) == {"kind": "config", "id": "pc-main-000000", "provider": "@b"}


def test_set_gives_a_route_without_a_header_line_its_provider(work: UserHome) -> None:
    work.ok("set", "work", "route", '{"kind": "none"}')
    work.ok("set", "work", "provider", "@bedrock-eu")
    assert route(work) == {"kind": "provider", "provider": "@bedrock-eu"}


def test_a_name_typed_in_the_editor_becomes_the_id_and_all_else_stays(
    work: UserHome, hosted: HostedAccount
) -> None:
    path = work.profiles / "work.json"
    same = {"metadata": {"id": "Main fallback"}}  # an id of something else, with the same words
    named = {"route": {"kind": "config", "id": "Main fallback"}}
    text = json.dumps({**work.stored(), **same, **named}, indent=7)
    (work.root / "typed").write_text(text)
    work.environ["EDITOR"] = "cp typed"
    work.ok("edit", "work")
    assert json.loads(path.read_text())["metadata"] == same["metadata"]
    assert path.read_text() == text.replace("Main fallback", FALLBACK, 1)  # the route stands first
    (work.root / "typed").write_text(text.replace("Main fallback", "Main falback"))
    ran = work.run("edit", "work")
    assert ran.code == 3
    assert "Did you mean 'Main fallback'? The profile is as it was; your text is kept in " in ran.err


def test_lists_show_and_status_say_what_people_call_a_config(work: UserHome, hosted: HostedAccount) -> None:
    work.ok("set", "work", "config", FALLBACK)
    commands = ("list", "show", "status")
    assert [f"config {FALLBACK}" in work.ok(command).out for command in commands] == [True] * 3
    work.ok("models")
    commands = (*commands, "explain")
    assert [f"config Main fallback ({FALLBACK})" in work.ok(command).out for command in commands] == [
        True
    ] * 4
    assert work.ok("list", "--json").json()["data"]["profiles"][0]["config_name"] == "Main fallback"
    assert work.ok("show", "--json").json()["data"]["route"] == f"config {FALLBACK}"
    path = work.root / ".local/state/pkcc-tray/config-names.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("[]")
    assert f"config {FALLBACK}" in work.ok("list").out


def test_no_name_that_repeats_the_key_is_kept_or_shown(work: UserHome, hosted: HostedAccount) -> None:
    hosted.save(KEY, {})
    ran = work.run("set", "work", "config", "Mian")
    assert (ran.code, KEY in ran.text) == (3, False)
    work.ok("set", "work", "config", "pc-pk-can-000002")
    work.ok("models")
    assert KEY not in work.ok("list").out + work.ok("show").out
    files = [path for path in Path(work.root / ".local/state").rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


def test_what_is_saved_is_looked_at_and_changed_by_its_name(work: UserHome, hosted: HostedAccount) -> None:
    shown = work.ok("config", "pull", "Main fallback").out
    assert json.loads(shown) == {"retry": {"attempts": 2}}
    (work.root / "new.json").write_text('{"retry": {"attempts": 3}}')
    assert "attempts" in work.run("config", "diff", "new.json", "Main fallback").out
    work.ok("config", "push", "new.json", "--id", "main fallback", "--yes")
    assert json.loads(work.ok("config", "pull", FALLBACK).out) == {"retry": {"attempts": 3}}
    versions = work.ok("config", "list", "--versions", "Main fallback", "--json").json()["data"]
    assert (versions["id"], len(versions["versions"])) == (FALLBACK, 2)
    assert "3 times" in work.ok("explain", "work", "--id", "Main fallback").out
    assert "Did you mean 'Main fallback'?" in work.run("config", "pull", "Main falback").err


@pytest.mark.parametrize(
    "options", [("--config", "Main"), ("--provider", "@anthropic-prod"), ("--virtual-key", "anthropic-prod")]
)
def test_no_advice_takes_a_gateway_whose_account_answered_for_the_open_source_one(
    home: UserHome, hosted: HostedAccount, options: tuple[str, ...]
) -> None:
    """The config was found there a second ago: that it "knows no saved configs" makes one doubt it all."""
    ran = home.run("add", "work", *options, "--gateway", hosted.url, "--key-stdin", stdin=KEY)
    if options[0] == "--config":
        assert (ran.code, "open-source" in ran.err) == (0, False)
    else:
        assert "if this is the open-source gateway, it knows no" in ran.err
    home.ok("models", "work")
    for command in ("show", "doctor"):
        assert "open-source" not in home.run(command, *(["work"] if command == "show" else [])).text
