"""Keys: the list, and how one goes in: tested first, shown nowhere, the old one untouched when refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support.gateway.stand_in import Hosted
from support.home.user_home import KEY, files_with

NEW = "pk-CANARY-4711-of-the-new-portkey-key"


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(NEW) as running:
        yield running


@pytest.fixture
def work(home: Any, hosted: Hosted) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--label", "Work", "--gateway", hosted.url)
    home.ok("switch", "work")


@pytest.fixture
def acme(home: Any, hosted: Hosted) -> None:
    """A profile whose key is not there."""
    missing = ("--key-ref", "keyring:acme-key", "--gateway", hosted.url)
    home.ok("add", "acme", "--provider", "@acme", "--label", "Acme (client)", *missing)


def key_of(home: Any, profile: str) -> str:
    return str(home.ok("key", "print", profile).out.strip())


def test_missing_keys_come_first_and_each_says_where_it_lies(visitor: Any, home: Any, acme: None) -> None:
    home.add("work", "--provider", "@a", "--label", "Work")
    home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    home.ok("add", "env", "--provider", "@b", "--key-ref", "env:TEAM_KEY")
    text = visitor.words("/keys")
    assert "acme-key Not stored yet Used by: Acme (client) Last test: Not possible Enter key" in text
    assert "work Vault, opened by a key file Used by: Work Last test: Not tested yet Replace" in text
    assert "spare Vault, opened by a key file Used by: No profile" in text
    assert "env:TEAM_KEY Environment variable, not there Used by: env" in text
    assert text.index("acme-key Not") < text.index("work Vault") < text.index("spare Vault")
    assert KEY not in visitor.get("/keys").text


def test_a_missing_key_is_entered_after_a_test(visitor: Any, home: Any, acme: None) -> None:
    text = visitor.words("/keys/acme/enter")
    assert "Enter the key acme-key" in text
    assert "It goes into the vault" in text
    assert "Asks 127.0.0.1" in text
    assert visitor.end_of(visitor.fill("/keys/acme/enter", key=f' "{NEW}"\n', test="1")) == "/"
    assert "The key acme-key is stored" in visitor.words()
    assert key_of(home, "acme") == NEW
    assert (
        "acme-key Vault, opened by a key file Used by: Acme (client) Last test: Accepted just now"
        in visitor.words("/keys")
    )


def test_a_profile_without_a_key_leads_to_where_it_is_entered(visitor: Any, home: Any, acme: None) -> None:
    assert 'href="/keys/acme/enter">Enter key' in visitor.get("/").text
    assert 'href="/keys/acme/enter">Enter key' in visitor.get("/preview/acme").text
    home.ok("switch", "acme")
    assert visitor.get("/").text.count('href="/keys/acme/enter">') == 2


def test_a_refused_key_leaves_the_old_one_and_can_be_stored_all_the_same(
    visitor: Any, home: Any, hosted: Hosted, work: None
) -> None:
    hosted.key = "another"
    settings = home.settings.read_bytes()
    assert visitor.end_of(visitor.fill("/keys/work/replace", key=NEW, test="1")) == "/keys/work/replace"
    assert key_of(home, "work") == KEY
    assert home.settings.read_bytes() == settings
    page = visitor.get("/keys/work/replace").text
    assert NEW not in page
    assert "<title>Error: Replace the key work" in page
    assert "The key was not replaced" in page
    assert '<a href="#key">' in page
    assert "(401 AB05)" in page
    assert "The old one is still in place" in page
    assert "Replace without a test" in page
    assert "Error: " not in visitor.get("/keys/work/replace").text  # it is said once
    answer = visitor.fill("/keys/work/replace", key="", test="1", anyway="1")  # it is held for that
    assert visitor.end_of(answer) == "/keys"
    assert key_of(home, "work") == NEW
    assert "The key work is replaced" in visitor.words("/keys")
    assert "Paste your Portkey API key" in visitor.fill("/keys/work/replace", key="").text  # and no longer


def test_a_gateway_that_does_not_answer_replaces_nothing(visitor: Any, home: Any, work: None) -> None:
    home.ok("set", "work", "gateway", "http://127.0.0.1:9")
    assert visitor.end_of(visitor.fill("/keys/work/replace", key=NEW, test="1")) == "/keys/work/replace"
    assert "The old one is still in place" in visitor.words("/keys/work/replace")
    assert key_of(home, "work") == KEY


def test_without_the_test_nothing_is_asked(visitor: Any, home: Any, hosted: Hosted, work: None) -> None:
    assert visitor.end_of(visitor.fill("/keys/work/replace", key=NEW)) == "/keys"
    assert hosted.asked == []
    assert key_of(home, "work") == NEW


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Paste your Portkey API key"),
        ("pk-one pk-two", "The key has a space, a line break or a control character in it"),
        ("pk-ü", "The key has a character outside ASCII"),
        ("k" * 1281, "The key is too long"),
    ],
)
def test_what_is_no_key_is_said_at_once_and_not_shown(
    visitor: Any, home: Any, work: None, typed: str, said: str
) -> None:
    answer = visitor.fill("/keys/work/replace", key=typed, test="1")
    assert answer.status_code == 422
    assert said in answer.text
    assert "pk-one" not in answer.text
    assert "pk-ü" not in answer.text
    assert key_of(home, "work") == KEY


def test_a_new_key_has_a_name_of_its_own(visitor: Any, home: Any, work: None) -> None:
    assert "Give the key a name" in visitor.fill("/keys/new", name="", key=NEW).text
    page = visitor.fill("/keys/new", name="a b", key=NEW).text
    assert "That is not a key name" in page
    assert 'value="a b"' in page
    assert NEW not in page
    assert visitor.end_of(visitor.fill("/keys/new", name="team", key="")) == "/keys"  # it is held
    text = visitor.words("/keys")
    assert "The key team is stored" in text
    assert "No profile uses it yet" in text
    assert NEW in files_with_key(home, "team")


LOOKS = "uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"  # as Portkey's keys do: nothing of a known beginning


@pytest.mark.parametrize(("name", "key"), [(NEW, NEW), (LOOKS, NEW), ("hunter2", "hunter2")])
def test_a_key_that_is_typed_for_its_name_gets_into_no_address(
    visitor: Any, work: None, name: str, key: str
) -> None:
    """The browser would keep it in its history, where any program of the person reads it."""
    answer = visitor.fill("/keys/new", name=name, key=key)
    assert answer.status_code == 422
    assert "That looks like a key" in answer.text
    assert name not in answer.text
    assert visitor.fill("/keys/new", name=key, key="").status_code == 422  # the one that is held


def files_with_key(home: Any, name: str) -> str:
    home.ok("add", f"of-{name}", "--provider", "@a", "--key-ref", f"keyring:{name}")
    return key_of(home, f"of-{name}")


def test_a_profiles_name_and_a_keys_are_not_taken_for_each_other(visitor: Any, home: Any, work: None) -> None:
    """A profile `one` that uses the key `two`, beside a key `one`: each address means what it says."""
    home.ok("key", "set", "two", "--stdin", stdin=f"{KEY}\n")
    home.ok("add", "one", "--provider", "@a", "--key-ref", "keyring:two")
    home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    assert "Replace the key two" in visitor.words("/keys/one/enter")
    assert "Enter the key one" in visitor.words("/keys/one/replace")


def test_a_key_that_lies_elsewhere_says_where_to_change_it(visitor: Any, home: Any) -> None:
    home.ok("add", "env", "--provider", "@b", "--key-ref", "env:TEAM_KEY", "--label", "Of the team")
    text = visitor.words("/keys/env/enter")
    assert "The key of Of the team lies elsewhere It is read from the environment variable TEAM_KEY" in text


def test_a_stored_key_is_tested(visitor: Any, home: Any, hosted: Hosted, work: None) -> None:
    assert visitor.end_of(visitor.fill("/keys/test", name="work")) == "/keys"
    text = visitor.words("/keys")
    assert "does not accept the key work" in text
    assert "Last test: Refused just now" in text
    hosted.key = KEY
    visitor.end_of(visitor.fill("/keys/test", name="work"))
    text = visitor.words("/keys")
    assert "accepts the key work" in text
    assert "Last test: Accepted just now" in text


def test_only_a_key_that_nothing_uses_is_removed(visitor: Any, home: Any, work: None) -> None:
    home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    assert "Remove the key spare? No profile uses it." in visitor.words("/keys/spare/remove")
    assert visitor.get("/keys/work/remove").status_code == 303
    visitor.carry_out("/keys/work/remove")
    assert "is used by work" in visitor.words("/keys")
    visitor.carry_out("/keys/spare/remove")
    text = visitor.words("/keys")
    assert "The key spare is removed" in text
    assert "spare Vault" not in text


def test_a_profile_that_cannot_be_read_may_use_a_key_that_looks_unused(visitor: Any, home: Any) -> None:
    home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    assert "may use it" not in visitor.words("/keys/spare/remove")
    home.profiles.mkdir(parents=True)
    (home.profiles / "bad.json").write_text("{")
    assert "bad cannot be read, so a key may look unused that is not" in visitor.words("/keys")
    assert "bad cannot be read, and may use it" in visitor.words("/keys/spare/remove")


def test_no_answer_address_log_or_file_has_the_key(
    visitor: Any, home: Any, hosted: Hosted, work: None, caplog: pytest.LogCaptureFixture
) -> None:
    hosted.key = "another"
    answer = visitor.fill("/keys/work/replace", key=NEW, test="1")
    pages = [answer.text, answer.headers["location"], visitor.get(answer.headers["location"]).text]
    pages += [visitor.get(visitor.end_of(answer)).text, visitor.get("/keys").text, visitor.get("/").text]
    assert not any(NEW in page for page in pages)
    assert NEW not in caplog.text
    assert files_with(NEW, home.root) == []


def test_a_test_is_remembered_until_the_key_is_another(visitor: Any, home: Any, work: None) -> None:
    """`Refused` beside a key that was replaced since would have a person replace a good one."""
    visitor.end_of(visitor.fill("/keys/test", name="work"))
    assert "Last test: Refused just now" in visitor.words("/keys")
    home.ok("key", "set", "work", "--stdin", stdin=f"{NEW}\n")
    assert "Last test: Not tested yet" in visitor.words("/keys")


def test_a_refused_check_leads_to_replacing_the_key(visitor: Any, site: Any, work: None) -> None:
    visitor.fill("/check", name="work")
    site.checks["work"].job.wait(20)
    assert 'href="/keys/work/enter">Replace the key' in visitor.get("/check/work").text


def test_a_key_typed_for_its_name_is_not_shown_again(visitor: Any) -> None:
    answer = visitor.fill("/keys/new", name=f"{NEW} ", key="")
    assert answer.status_code == 422
    assert NEW not in answer.text


def test_the_overview_says_a_refused_key_in_words_and_replaces_it(
    visitor: Any, site: Any, home: Any, work: None
) -> None:
    """It had the gateway's raw answer in a narrow cell, and no button but *Check now*."""
    home.ok("switch", "work")
    visitor.fill("/check", name="work")
    site.checks["work"].job.wait(20)
    page = visitor.get("/").text
    assert re.search(r'btn-primary" href="/keys/work/enter">.*?Replace the key', page)
    text = visitor.words("/")
    assert "Not accepted The gateway does not take this key. What the check found" in text
    assert "It says" not in text
