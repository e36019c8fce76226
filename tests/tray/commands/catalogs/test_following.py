"""What a follower sees: quiet changes apply, loud ones wait, and nothing wrong takes their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import GATEWAY, PLAIN, Publisher, join, with_work
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, SETTINGS, UserHome, files_with

from profiles.catalogs.fetching.fetched import FetchError
from tray.actions.catalogs import updating

ELSEWHERE = {"gateway": GATEWAY}
HOSTS = ["api.portkey.ai", "gw.acme.example"]


@pytest.fixture
def joined(home: UserHome, publisher: Publisher) -> UserHome:
    join(home, publisher)
    return home


def state_of(home: UserHome) -> str:
    state: str = home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["state"]
    return state


def test_a_harmless_change_applies_by_itself_and_the_settings_follow(
    joined: UserHome, publisher: Publisher
) -> None:
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    ran = joined.ok("catalog", "update")
    assert "version 44 is in force" in ran.out
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"
    assert joined.ok("status", "--short").out == "acme/work\n"


def test_where_the_key_goes_waits_for_a_yes(joined: UserHome, publisher: Publisher) -> None:
    before = joined.settings.read_bytes()
    publisher.publish(profiles=with_work(**ELSEWHERE), gateway_hosts=HOSTS)
    assert "to look at" in joined.ok("catalog", "update").out
    assert joined.settings.read_bytes() == before
    assert state_of(joined) == "waiting"
    (line,) = [row for row in joined.ok("catalog", "diff", "acme").out.splitlines() if "~ work" in row]
    assert line.endswith("acme/work to api.portkey.ai -> keyring:acme/work to gw.acme.example")
    joined.ok("catalog", "accept", "acme")
    assert joined.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert state_of(joined) == "current"


def test_what_is_of_no_consequence_is_not_said_to_come_beside_nothing(
    joined: UserHome, publisher: Publisher
) -> None:
    """`Version 44 would change:`, nothing, `And, …`: its reader looked for the part that was missing."""
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    joined.ok("catalog", "update")
    joined.ok("catalog", "rollback", "acme")
    assert joined.ok("catalog", "diff", "acme").out.splitlines()[:2] == [
        "Version 44 would change:",
        "Of no consequence for your key:",
    ]


def test_undoing_what_an_override_wrote_says_that_the_override_stays(joined: UserHome) -> None:
    """`acme/work is in use again` was said of a profile that never was out of use."""
    joined.ok("catalog", "override", "acme/work", "models.opus", "claude-opus-5-5")
    said = joined.ok("undo").out
    assert said.startswith(
        "Undone: the settings have acme/work as they had it before; `pkcc-tray switch acme/"
    )
    joined.ok("switch", "acme/work")
    assert joined.env()["ANTHROPIC_DEFAULT_OPUS_MODEL"] == "claude-opus-5-5"


def test_only_what_was_looked_at_is_accepted(joined: UserHome, publisher: Publisher) -> None:
    """A newer one that came between looking and accepting is looked at first."""
    publisher.publish(profiles=with_work(**ELSEWHERE), gateway_hosts=HOSTS)
    joined.ok("catalog", "update")
    taken_back = publisher.publish()
    joined.ok("catalog", "update")
    assert state_of(joined) == "current"
    assert f"{taken_back}," in joined.ok("catalog", "list").out


@pytest.mark.parametrize("how", ["older", "another key", "unsigned", "broken", "gone"])
def test_what_is_wrong_changes_nothing_and_is_said(joined: UserHome, publisher: Publisher, how: str) -> None:
    before = joined.settings.read_bytes()
    if how == "older":
        publisher.publish(serial=41)
    elif how == "another key":
        Publisher(publisher.directory, number=2).publish(serial=50)
    elif how == "unsigned":
        publisher.publish(signed=False)
    elif how == "broken":
        publisher.file.write_text("{")
    else:
        publisher.file.unlink()
    ran = joined.run("catalog", "update")
    assert ran.code == 1
    assert len(ran.out.splitlines()) <= 3
    assert joined.settings.read_bytes() == before
    assert joined.ok("key", "print", "acme/work").out.strip() == KEY
    if how != "gone":
        assert state_of(joined) == "broken"


def test_check_says_what_is_new_and_applies_nothing(joined: UserHome, publisher: Publisher) -> None:
    before = joined.settings.read_bytes()
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    assert "models.sonnet" in joined.ok("catalog", "update", "--check").out
    assert joined.settings.read_bytes() == before


def test_the_version_before_comes_back_and_stays_until_it_is_asked_anew(
    joined: UserHome, publisher: Publisher
) -> None:
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    joined.ok("catalog", "update")
    said = joined.ok("catalog", "rollback", "acme").out
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-5-5"
    assert "`pkcc-tray catalog accept acme`" in said
    joined.ok("catalog", "accept", "acme")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"
    joined.ok("catalog", "rollback", "acme")
    joined.ok("catalog", "update", "acme")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"


def test_who_goes_back_twice_and_asks_has_the_newest_again(joined: UserHome, publisher: Publisher) -> None:
    """Else the one in between is taken for the newest, and stays: the source is thought to be as it was."""
    for number in (6, 7):
        publisher.publish(profiles=with_work(models={"sonnet": f"claude-sonnet-{number}"}))
        joined.ok("catalog", "update")
    for _ in range(2):
        joined.ok("catalog", "rollback", "acme")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-5-5"
    joined.ok("catalog", "update", "acme")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-7"


def test_an_override_is_the_person_s_own_and_a_locked_field_is_not(
    joined: UserHome, publisher: Publisher
) -> None:
    joined.ok("catalog", "override", "acme/work", "models.sonnet", "claude-mine")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-mine"
    assert "  yours     models.sonnet, over the catalog's" in joined.ok("show", "acme/work").out
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    joined.ok("catalog", "update")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-mine"
    assert joined.run("catalog", "override", "acme/work", "metadata.cost_center", "1").code == 4
    joined.ok("catalog", "override", "acme/work", "models.sonnet", "--unset")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"


def test_on_another_machine_with_the_same_dotfiles_it_is_looked_at_once_more(
    joined: UserHome, publisher: Publisher, tmp_path: Path
) -> None:
    other = UserHome(tmp_path / "other")
    other.own.mkdir(parents=True)
    (other.own / "catalogs.json").write_bytes((joined.own / "catalogs.json").read_bytes())
    assert publisher.key in other.ok("catalog", "update").out + other.ok("catalog", "show", "acme").out
    assert "accepted yet" in other.ok("catalog", "diff", "acme").out
    assert other.run("switch", "acme/work").code == 3
    other.ok("catalog", "accept", "acme")
    other.ok("switch", "acme/work")


def test_one_that_asks_for_everything_says_what_it_would_change(home: UserHome, publisher: Publisher) -> None:
    join(home, publisher, "--updates", "ask")
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    out = home.ok("catalog", "update").out
    assert "2 changes to look at" in out
    assert "models.sonnet" in out
    home.ok("catalog", "accept", "acme")
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"


def test_what_a_person_changes_while_it_is_fetched_is_not_lost(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server takes up to a minute."""
    fetch = updating.fetch

    def slow(*arguments: Any) -> Any:
        joined.ok("catalog", "override", "acme/work", "label", "Mine")
        return fetch(*arguments)

    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    monkeypatch.setattr(updating, "fetch", slow)
    joined.ok("catalog", "update")
    assert joined.ok("show", "acme/work").out.startswith("acme/work (Mine)")
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"


def test_what_a_key_signed_that_is_replaced_meanwhile_does_not_hold(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thief's server can be slow on purpose: the theft is known before its answer is taken."""
    fetch, other = updating.fetch, Publisher(publisher.directory, number=2)
    publisher.publish(profiles=with_work(models={"sonnet": "claude-of-the-thief"}))

    def slow(*arguments: Any) -> Any:
        found = fetch(*arguments)
        joined.ok("catalog", "trust", "acme", "--key", other.key, "--yes")
        return found

    monkeypatch.setattr(updating, "fetch", slow)
    ran = joined.run("catalog", "update")
    assert (ran.code, "counts no more" in ran.text) == (1, True)
    assert joined.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-5-5"
    assert state_of(joined) != "waiting"


def test_a_server_that_asks_for_time_is_given_it(joined: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> Any:
        raise FetchError("unreachable", "503", "Try again later.", 7200.0)

    monkeypatch.setattr(updating, "fetch", busy)
    assert joined.run("catalog", "update").code == 1
    record = json.loads((joined.root / ".local/state/pkcc-tray/catalogs/acme.json").read_bytes())
    assert record["failure"]["retry_after_s"] == 7200.0


def test_removing_it_puts_the_settings_back_and_keeps_the_keys(joined: UserHome) -> None:
    said = joined.ok("catalog", "remove", "acme").out
    assert "Its key is still stored: `pkcc-tray key remove acme/work` removes it." in said
    joined.ok("key", "remove", "acme/work")
    assert joined.settings.read_bytes() == SETTINGS
    assert "acme" not in joined.ok("list").out
    assert "No catalogs yet" in joined.ok("catalog", "list").out


def test_at_a_terminal_it_is_said_first_what_removing_it_ends(joined: UserHome) -> None:
    """One word switched Claude Code off, and no undo brings the catalog back."""
    with terminal(["catalog", "remove", "acme"], joined.environ, joined.root) as screen:
        screen.expect("is in use: a yes switches it off in")
        screen.expect("Its profiles will be gone: acme/safe, acme/work")
        screen.expect("`pkcc-tray undo` does not bring it back")
        screen.answer("Follow acme no longer? (y/N)", "")
        assert screen.finish() == 4
    assert joined.ok("status", "--short").out == "acme/work\n"
    with terminal(["catalog", "remove", "acme", "--yes"], joined.environ, joined.root) as screen:
        assert screen.finish() == 0
    assert joined.settings.read_bytes() == SETTINGS


def test_its_profiles_can_be_kept_as_one_s_own(joined: UserHome) -> None:
    joined.ok("catalog", "remove", "acme", "--keep-profiles")
    assert joined.stored("work")["route"]["provider"] == "@anthropic-prod"
    assert joined.ok("key", "print", "work").out.strip() == KEY


def test_another_signing_key_is_pinned_only_where_a_person_says_so(
    joined: UserHome, publisher: Publisher
) -> None:
    other = Publisher(publisher.directory, number=2)
    other.publish(serial=50)
    for name, key, said in (
        ("acne", other.key, "acne"),
        ("acme", "RWQnothing", "minisign"),
        ("acme", other.key, "--yes"),
    ):  # what is wrong is said first
        ran = joined.run("catalog", "trust", name, "--key", key)
        assert (ran.code in (2, 3), said in ran.err) == (True, True), ran
    with terminal(["catalog", "trust", "acme", "--key", "RWQ"], joined.environ, joined.root) as screen:
        assert "minisign" in screen.expect("minisign")
        assert screen.finish() == 2
    joined.ok("catalog", "trust", "acme", "--key", other.key, "--yes")
    assert "50" in joined.ok("catalog", "update").out


def test_going_back_drops_no_key_of_the_publisher_s(joined: UserHome, publisher: Publisher) -> None:
    """Else whoever went back once is locked out by the next key, and goes on trusting the one before."""
    following = Publisher(publisher.directory, number=2)
    both = [publisher.key, following.key]
    publisher.publish(keys=both)
    joined.ok("catalog", "update")
    joined.ok("catalog", "accept", "acme")
    joined.ok("catalog", "rollback", "acme")
    joined.ok("catalog", "update", "acme")
    joined.ok("catalog", "accept", "acme")
    following.publish(serial=50, keys=both)
    assert "version 50 is in force" in joined.ok("catalog", "update").out


def test_what_a_key_signed_that_was_replaced_waits_no_more(joined: UserHome, publisher: Publisher) -> None:
    """A thief's version, offered before the theft was known, would drop the new key for good."""
    thief = publisher
    thief.publish(
        profiles=with_work(**ELSEWHERE), gateway_hosts=HOSTS, keys=[Publisher(thief.directory, 3).key]
    )
    joined.ok("catalog", "update")
    assert state_of(joined) == "waiting"
    other = Publisher(publisher.directory, number=2)
    joined.ok("catalog", "trust", "acme", "--key", other.key, "--yes")
    assert state_of(joined) != "waiting"
    refused = joined.run("catalog", "accept", "acme")
    assert (refused.code, refused.err.splitlines()[0]) == (4, "Error: Nothing of acme waits for you")
    assert joined.run("catalog", "rollback", "acme").code == 4  # what it signed before counts no more either


def test_a_key_of_one_s_own_stays_with_its_host(joined: UserHome, publisher: Publisher) -> None:
    """Taken out quietly and put back with another profile's host, it would go there without a word."""
    lab = {**PLAIN, "name": "lab", **ELSEWHERE}
    publisher.usual = {"gateway_hosts": HOSTS, "default": "safe"}
    publisher.publish(profiles=[*with_work(), lab])
    joined.ok("catalog", "update")
    joined.ok("catalog", "accept", "acme")
    joined.ok("switch", "acme/safe")
    publisher.publish(profiles=[with_work()[1], lab])
    joined.ok("catalog", "update")
    publisher.publish(profiles=[*with_work(**ELSEWHERE), lab])
    assert "waits" in joined.ok("catalog", "update").out
    publisher.publish(profiles=[*with_work(), lab, {**PLAIN, "name": "new"}])
    assert "is in force" in joined.ok("catalog", "update").out  # a key that nobody has given yet is no secret


def test_a_script_takes_only_what_it_looked_at(joined: UserHome, publisher: Publisher) -> None:
    publisher.publish(profiles=with_work(**ELSEWHERE), gateway_hosts=HOSTS)
    joined.ok("catalog", "update")
    seen = publisher.sha256
    assert f"--expect {seen}" in joined.ok("catalog", "diff", "acme").out
    publisher.publish(profiles=with_work(gateway="https://api.portkey.ai/other"), gateway_hosts=HOSTS)
    joined.ok("catalog", "update")
    assert joined.run("catalog", "accept", "acme", "--expect", seen).code == 4
    joined.ok("catalog", "accept", "acme", "--expect", publisher.sha256)


def test_at_a_terminal_what_waits_is_shown_and_not_taken_by_return_alone(
    joined: UserHome, publisher: Publisher
) -> None:
    publisher.publish(profiles=with_work(**ELSEWHERE), gateway_hosts=HOSTS)
    joined.ok("catalog", "update")
    with terminal(["catalog", "accept", "acme"], joined.environ, joined.root) as screen:
        screen.expect("gw.acme.example")
        screen.answer("Take it? (y/N)", "")
        assert screen.finish() == 4
    assert state_of(joined) == "waiting"


def test_where_a_profile_comes_from_is_shown(joined: UserHome) -> None:
    assert "  from      Acme AI gateway, version 43, today" in joined.ok("show", "acme/work").out
    assert "catalog   Acme AI gateway, version 43, today" in joined.ok("status").out
    assert joined.ok("--json", "list").json()["data"]["profiles"][0]["catalog"] == "acme"
    assert not files_with(KEY, joined.root)


def test_an_unknown_catalog_is_said_to_be_unknown(home: UserHome) -> None:
    for command in ("show", "update", "diff", "accept", "rollback", "remove"):
        ran = home.run("catalog", command, "acme")
        assert (ran.code, "There is no catalog 'acme'" in ran.err) == (3, True), command
        assert "`pkcc-tray join SOURCE` follows one" in ran.err
    for words in (("switch", "acme/work"), ("policy", "claude-settings", "acme/work")):
        ran = home.run(*words)
        assert "Join its catalog first: `pkcc-tray join SOURCE`" in ran.err, (
            "`add acme/work` would be refused"
        )


def test_what_is_to_be_typed_stands_below_the_list_where_nothing_breaks_it(
    joined: UserHome, publisher: Publisher
) -> None:
    """In a cell of a narrow terminal the command is cut in two, and cannot be copied."""
    publisher.publish(contact="else@acme.example")
    joined.ok("catalog", "update")
    for narrow in ({}, {"COLUMNS": "60"}):
        joined.environ |= narrow
        with terminal(["catalog", "list"], joined.environ, joined.root, columns=60) as screen:
            assert screen.finish() == 0
            assert "acme: `pkcc-tray catalog diff acme`" in screen.screen


def test_a_key_that_would_go_elsewhere_is_what_one_looks_at(home: UserHome, publisher: Publisher) -> None:
    """A profile that left and comes back with another's host was shown as of no consequence for the key."""
    both = {"gateway_hosts": HOSTS, "default": "lab"}
    lab = {**PLAIN, "name": "lab", **ELSEWHERE}
    publisher.publish(profiles=[PLAIN, lab], **both)
    join(home, publisher)
    publisher.publish(profiles=[lab], **both)
    assert "in force" in home.ok("catalog", "update").out
    publisher.publish(profiles=[lab, {**PLAIN, **ELSEWHERE}], **both)
    told = home.ok("catalog", "update").out
    line = "work your key  keyring:acme/work to api.portkey.ai -> keyring:acme/work to gw.acme.example"
    assert line in told
    diff = home.ok("catalog", "diff", "acme").out
    loud, _, quiet = diff.partition("of no consequence")
    assert line in loud
    assert "profile work  " in quiet
    assert "new, sends to gw.acme.example" in quiet
    (first, *_) = home.ok("--json", "catalog", "diff", "acme").json()["data"]["loud"]
    assert (first["profile"], first["after"]) == ("work", "keyring:acme/work to gw.acme.example")
