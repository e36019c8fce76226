"""Catalogs where an administrator decides: theirs come unasked and stay, others may be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.catalog_homes import BY, GATEWAY, PLAIN, Publisher, join, lay_theirs, with_work
from support.home.forced import force, lay
from support.home.user_home import UserHome


def test_other_catalogs_are_refused_with_who_decides(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, tmp_path, managed_by=BY, allow_other_catalogs=False)
    line = (str(publisher.directory), "--key", publisher.key, "--yes")
    for command in (("catalog", "add"), ("join",)):
        ran = home.run(*command, *line)
        assert (ran.code, "Acme IT does not allow" in ran.err) == (4, True)
    assert "No catalogs yet" in home.ok("catalog", "list").out


def test_another_catalog_from_before_brings_nothing_new(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever follows one already goes on with its new hosts and keys; sessions go on as they are."""
    join(home, publisher)
    publisher.publish(
        profiles=with_work(gateway=GATEWAY), gateway_hosts=["gw.acme.example", "api.portkey.ai"]
    )
    home.ok("catalog", "update")  # it waits
    before = home.settings.read_bytes()
    force(monkeypatch, tmp_path, managed_by=BY, allow_other_catalogs=False)
    says = "Acme IT does not allow catalogs other than its own"
    for words in (("accept", "acme"), ("trust", "acme", "--key", publisher.key, "--yes")):
        ran = home.run("catalog", *words)
        assert (ran.code, says in ran.err) == (4, True), ran
    ran = home.run("catalog", "update")
    assert (ran.code, says in ran.text) == (1, True), ran
    assert says in home.ok("catalog", "list").out
    assert says in home.run("doctor").text
    assert home.settings.read_bytes() == before
    home.ok("catalog", "remove", "acme")


@pytest.mark.parametrize(
    "decided", [{"allowed_profiles": ["mine", "Acme/*"]}, {"required_profile": "acme/work"}]
)
def test_nobody_s_own_catalog_takes_the_name_that_a_policy_goes_by(
    home: UserHome,
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    decided: dict[str, object],
) -> None:
    """Else any gateway is allowed that somebody publishes under that name."""
    force(monkeypatch, tmp_path, managed_by=BY, **decided)
    line = (str(publisher.directory), "--key", publisher.key, "--yes")
    ran = home.run("catalog", "add", *line)
    assert (ran.code, "Acme IT decides which catalog is called acme" in ran.err) == (4, True), ran
    home.ok("catalog", "add", *line, "--name", "other")


def test_a_gateway_that_is_not_allowed_comes_by_no_catalog(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(home, publisher)
    before = home.settings.read_bytes()
    force(monkeypatch, tmp_path, managed_by=BY, allowed_gateway_hosts=["api.portkey.ai"])
    publisher.publish(
        profiles=with_work(gateway=GATEWAY), gateway_hosts=["api.portkey.ai", "gw.acme.example"]
    )
    ran = home.run("catalog", "update")
    assert (ran.code, "Acme IT allows no gateway but api.portkey.ai" in ran.out) == (1, True)
    assert home.settings.read_bytes() == before


def test_theirs_comes_unasked_changes_unasked_and_cannot_be_removed(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path, monkeypatch, allow_other_catalogs=False)
    home.ok("catalog", "update")
    home.ok("switch", "acme/work")
    publisher.publish(
        profiles=with_work(gateway=GATEWAY), gateway_hosts=["api.portkey.ai", "gw.acme.example"]
    )
    home.ok("catalog", "update")
    assert home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
    assert home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["managed"] is True
    for words in (
        ("remove", "acme"),
        ("rollback", "acme"),
        ("trust", "acme", "--key", publisher.key, "--yes"),
    ):
        ran = home.run("catalog", *words)
        assert (ran.code, "Acme IT decides" in ran.err) == (4, True), words


@pytest.mark.parametrize("serial", [42, 10**14])
def test_theirs_comes_not_unasked_where_its_serial_is_out_of_order(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serial: int
) -> None:
    """What an administrator drops a key for, and a replay of before, changes no machine by itself."""
    lay_theirs(publisher, tmp_path, monkeypatch)
    home.ok("catalog", "update")
    home.ok("switch", "acme/work")
    before = home.settings.read_bytes()
    next_one = Publisher(publisher.directory, number=2)
    force(
        monkeypatch,
        tmp_path,
        managed_by=BY,
        catalogs=[{"name": "acme", "source": str(publisher.directory), "keys": [next_one.key]}],
    )
    next_one.publish(
        serial=serial,
        profiles=with_work(gateway=GATEWAY),
        gateway_hosts=["api.portkey.ai", "gw.acme.example"],
    )
    said = home.ok("catalog", "update").out
    assert ("older than what you have" in said, "leaves no room" in said) == (serial < 43, serial > 43)
    assert home.settings.read_bytes() == before


def test_theirs_is_joined_without_a_key_of_the_publisher(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path, monkeypatch)
    home.environ["PORTKEY_API_KEY"] = "pk-in-a-codespace"
    home.ok("join", str(publisher.directory), "--key-ref", "env:PORTKEY_API_KEY")
    assert home.ok("status", "--short").out == "acme/work\n"
    assert home.ok("key", "print", "acme/work").out.strip() == "pk-in-a-codespace"


def test_theirs_and_one_s_own_are_not_one_where_files_have_no_case(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else `Acme` and `acme` share one directory there, and the one's content the other's key."""
    join(home, publisher)
    theirs = Publisher(tmp_path / "theirs", number=2)
    theirs.publish(name="Acme")
    force(
        monkeypatch,
        tmp_path,
        catalogs=[{"name": "Acme", "source": str(theirs.directory), "keys": [theirs.key]}],
    )
    ran = home.ok("catalog", "update")
    assert "`pkcc-tray catalog remove acme` makes room" in ran.err
    listed = home.ok("--json", "catalog", "list").json()["data"]["catalogs"]
    assert [each["name"] for each in listed] == ["acme"]
    home.ok("catalog", "remove", "acme")
    home.ok("catalog", "update")
    assert home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["name"] == "Acme"


def test_what_was_theirs_asks_for_everything_once_nobody_manages_it(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what nobody vouches for any more goes on changing by itself, as a catalog of one's own."""
    lay_theirs(publisher, tmp_path, monkeypatch)
    home.ok("catalog", "update")
    assert home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["updates"] == "auto"
    force(monkeypatch, tmp_path)
    publisher.publish(profiles=with_work(label="Other"))
    assert "waits" in home.ok("catalog", "update").out


def test_another_s_signature_is_refused_there_too(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path, monkeypatch)
    Publisher(publisher.directory, number=2).publish()
    assert home.run("catalog", "update").code == 1
    ran = home.run("switch", "acme/work")
    assert (ran.code, "signed by another key" in ran.err) == (1, True)


@pytest.mark.parametrize("words", [("update",), ("accept", "acme"), ("rollback", "acme"), ("remove", "acme")])
def test_while_a_policy_cannot_be_read_no_catalog_changes(
    home: UserHome,
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """Else a catalog that was the administrator's changes as the person's own would, and sessions with it."""
    join(home, publisher)
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    force(monkeypatch, tmp_path)
    lay(tmp_path, "{")
    made = home.root / ".local/share/pkcc-tray/catalogs/acme"
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    assert before
    ran = home.run("catalog", *words)
    assert (ran.code, "Changes are refused" in ran.err) == (4, True), ran
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before
    assert home.ok("status", "--short").out == "acme/work\n"


def test_what_is_kept_of_theirs_counts_by_the_policy_s_keys(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a kept file that somebody wrote and signed by a key of their own sends keys to their gateway."""
    lay_theirs(publisher, tmp_path / "etc", monkeypatch)
    home.ok("catalog", "update")
    home.ok("switch", "acme/work")
    evil = Publisher(tmp_path / "evil", number=2)
    evil.publish(profiles=[{**PLAIN, "gateway": "https://evil.example"}], gateway_hosts=["evil.example"])
    path = home.root / ".local/share/pkcc-tray/catalogs/acme/accepted.json"
    signature = evil.file.with_name(f"{evil.file.name}.minisig").read_text()
    theirs = {"data": evil.file.read_text(), "signature": signature, "key": evil.key}
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **theirs}))
    ran = home.run("catalog", "override", "acme/work", "label", "Mine")
    assert (ran.code, "signed by a key that counts no more" in ran.err) == (1, True), ran
    assert home.env()["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    home.run("catalog", "update")
    assert home.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["serial"] == publisher.serial
    assert home.env()["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert evil.key not in path.read_text()


def test_the_keys_of_a_policy_stay_whatever_a_person_overrides(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher's own list of keys counts for nobody there, also not by way of one's own label."""
    other = Publisher(publisher.directory, number=2)
    publisher.publish(keys=[publisher.key, other.key])
    theirs = {"name": "acme", "source": str(publisher.directory), "keys": [publisher.key]}
    force(monkeypatch, tmp_path, managed_by=BY, catalogs=[theirs])
    home.ok("catalog", "update")
    home.ok("catalog", "override", "acme/work", "label", "Mine")
    kept = json.loads((home.own / "catalogs.json").read_text())
    assert kept["catalogs"]["acme"]["keys"] == [publisher.key]
