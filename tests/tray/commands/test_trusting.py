"""trust add, list, remove: what a profile's key may meet besides its own gateway."""

from __future__ import annotations

import json

import pytest
from support.home.user_home import UserHome


def test_what_is_trusted_is_stored_shown_and_taken_back(home: UserHome) -> None:
    """Else nobody sees later what was allowed once."""
    home.add()
    home.ok("switch", "work")
    added = home.ok("trust", "add", "https://mirror.example/")
    assert added.out == "work trusts url:https://mirror.example now.\n"
    home.ok("trust", "add", "--proxy", "http://proxy.corp:8080", "--profile", "work")
    home.ok("trust", "add", "--ca", "ca.pem")
    trusted = ["url:https://mirror.example", "proxy:http://proxy.corp:8080", f"ca:{home.root}/ca.pem"]
    assert home.stored()["trusted"] == trusted
    listed = home.ok("trust", "list").out
    shown = home.ok("show", "work").out
    assert all(entry in listed and entry in shown for entry in trusted)
    status = home.ok("status", "--json").json()["data"]
    assert status["profile"]["trusted"] == trusted
    assert status["edited_since"] is False
    home.ok("trust", "remove", "http://proxy.corp:8080")
    home.ok("trust", "remove", "url:https://mirror.example")
    assert home.stored()["trusted"] == trusted[2:]
    assert home.run("trust", "remove", "https://mirror.example").code == 3


def test_plain_http_is_said_where_it_is_trusted(home: UserHome) -> None:
    """A profile's own gateway takes a flag of its own for that."""
    home.add()
    for url, said in (
        ("http://mirror.example", True),
        ("http://127.0.0.1:8", False),
        ("https://a.example", False),
    ):
        err = home.ok("trust", "add", url, "--profile", "work").err
        assert ("it is plain http, so the key would go there unencrypted" in err) is said


def test_what_was_added_is_taken_back_by_the_same_words(home: UserHome) -> None:
    """The first thing that a person tries."""
    home.add()
    for words in (["--proxy", "http://proxy.corp:8080/"], ["--ca", "./ca.pem"], ["https://mirror.example"]):
        home.ok("trust", "add", *words, "--profile", "work")
        home.ok("trust", "remove", *words, "--profile", "work")
        assert not home.stored().get("trusted")
    assert home.run("trust", "remove", "--profile", "work").code == 2


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["https://a", "--proxy", "http://b"],
        ["https://user:pw@mirror.example"],
        ["mirror.example"],
        ["https://mirror.example?x=1"],
        ["--proxy", "socks5 proxy"],
    ],
)
def test_what_cannot_be_compared_exactly_is_not_trusted(home: UserHome, words: list[str]) -> None:
    """A login in it would lie in a profile in the clear; an odd spelling would match more than it says."""
    home.add()
    ran = home.run("trust", "add", *words, "--profile", "work")
    assert ran.code == 2
    assert "trusted" not in home.stored()
    assert "pw" not in ran.text


def test_trust_is_never_imported_nor_exported(home: UserHome) -> None:
    """A bundle from a stranger would else allow the stranger's own address."""
    home.add()
    home.ok("trust", "add", "https://mirror.example", "--profile", "work")
    exported = home.ok("export", "work")
    bundle = json.loads(exported.out)
    assert "trusted" not in bundle["profiles"][0]
    assert "what it trusts is left out" in exported.err
    bundle["profiles"][0] |= {"name": "other", "trusted": ["url:https://evil.example"]}
    (home.root / "b.json").write_text(json.dumps(bundle))
    imported = home.ok("import", "b.json")
    assert "what it trusts is left out" in imported.text
    assert "trusted" not in home.stored("other")
