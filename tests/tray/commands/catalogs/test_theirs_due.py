"""What an administrator gives before it is here: named, fetched by a switch, and what it asks is answered."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest
from support.catalog_homes import GATEWAY, Publisher, join, lay_theirs, with_work
from support.catalogs import ACME, WORK
from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome

from profiles.claude_code.settings.managed import places


@pytest.fixture
def asking(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Theirs, which asks each person for their login."""
    publisher.publish(inputs=ACME["inputs"], profiles=[WORK])
    lay_theirs(publisher, tmp_path, monkeypatch)
    return publisher


def test_what_theirs_asks_is_answered_when_it_is_there_already(home: UserHome, asking: Publisher) -> None:
    assert "waits for your answer" in home.ok("catalog", "update").err
    row = home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]
    assert (row["state"], row["problem"]) == ("asks", "Your Acme login")
    assert home.run("catalog", "accept", "acme").code == 2
    assert home.run("catalog", "accept", "acme", "--input", "user=J4NE").code == 2
    home.ok("catalog", "accept", "acme", "--input", "user=jane")
    assert "acme/work" in home.ok("list").out
    assert home.run("catalog", "accept", "acme").code == 4  # nothing is left to answer


def test_what_theirs_asks_is_answered_by_joining_too(home: UserHome, asking: Publisher) -> None:
    home.ok("catalog", "update")
    line = ("join", str(asking.directory))
    assert "--input user=" in home.run(*line).err
    for answer in ("user=jane", "user=jane", "user=joe"):  # again, as a devcontainer does; and corrected
        ran = home.ok(*line, "--input", answer)
        assert "waits for your answer" not in ran.err
        assert answer in home.ok("catalog", "show", "acme").out


def test_an_answer_that_got_lost_is_asked_for_at_a_terminal(home: UserHome, publisher: Publisher) -> None:
    publisher.publish(inputs=ACME["inputs"], profiles=[WORK])
    join(home, publisher, "--input", "user=jane")
    subscriptions = home.own / "catalogs.json"
    subscriptions.write_text(subscriptions.read_text().replace('"user": "jane"', ""))
    home.ok("catalog", "update")
    assert "acme/work" not in home.ok("list").out
    with terminal(["catalog", "accept", "acme"], home.environ, home.root) as term:
        term.answer("Your Acme login", "jane")
        assert term.finish() == 0
    assert "acme/work" in home.ok("list").out


def test_what_theirs_is_is_said_before_it_was_fetched_and_switching_fetches_it(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without a desktop no tray does: a colleague would look at an empty list."""
    lay_theirs(publisher, tmp_path, monkeypatch)
    for words in (("list",), ("status",)):
        told = home.ok(*words).err
        assert "Acme IT gives you the catalog acme: `pkcc-tray catalog update acme`" in told, words
    assert "not fetched yet" in home.ok("catalog", "list").out
    assert "The catalog acme is not fetched yet" in home.run("doctor").out
    assert "catalog update acme" in home.run("catalog", "show", "acme").err
    home.ok("switch", "acme/work")
    assert home.ok("status", "--short").out == "acme/work\n"
    assert "gives you" not in home.ok("list").err


def test_switching_to_what_waits_for_an_answer_says_so(home: UserHome, asking: Publisher) -> None:
    ran = home.run("switch", "acme/work")
    assert (ran.code, "Your Acme login" in ran.err) == (4, True)
    assert "catalog accept acme" in ran.err
    assert "acme asks you: Your Acme login" in home.ok("list").err


def test_what_cannot_be_fetched_is_said_by_switching(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path, monkeypatch)
    publisher.file.unlink()
    ran = home.run("switch", "acme/work")
    assert (ran.code, "is not there" in ran.err) == (1, True)


def test_a_catalog_of_one_s_own_does_not_keep_theirs_of_that_name_out(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Publisher(tmp_path / "own", number=2)
    own.publish(serial=90, profiles=with_work(label="My own"))
    join(home, own)
    lay_theirs(publisher, tmp_path, monkeypatch)
    assert "version 43 is in force" in home.ok("catalog", "update").out
    assert "My own" not in home.ok("list").out
    row = home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]
    assert (row["state"], row["serial"], row["waits"]) == ("managed", 43, 0)


def test_an_administrator_s_helper_for_what_is_not_there_yet_is_named(home: UserHome, tmp_path: Path) -> None:
    """Else sessions go out without a key, and status says that all is as the administrator wants it."""
    place = tmp_path / "claude-code"
    place.mkdir()
    helper = {"apiKeyHelper": "/bin/pkcc-tray key print acme/work", "env": {"ANTHROPIC_BASE_URL": GATEWAY}}
    (place / "managed-settings.json").write_text(json.dumps(helper))
    with mock.patch.object(places, "managed_directory", return_value=str(place)):
        assert "has acme/work's key handed out, which is not here yet" in home.ok("status").err
