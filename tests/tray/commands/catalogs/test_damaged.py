"""What happens behind a catalog's back: a file that is damaged, one that is left while it is fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import Publisher, join, lay_theirs, with_work
from support.home.user_home import KEY, UserHome

from profiles.catalogs.fetching.fetched import FetchError
from tray.actions.catalogs import updating

KEPT = ".local/share/pkcc-tray/catalogs/acme"
STATE = ".local/state/pkcc-tray"


@pytest.fixture
def joined(home: UserHome, publisher: Publisher) -> UserHome:
    join(home, publisher)
    return home


def kept_of(home: UserHome) -> list[str]:
    """All that is kept of any catalog."""
    own = home.root / ".local"
    below = (own / "share/pkcc-tray/catalogs", own / "state/pkcc-tray/catalogs")
    return [str(path.relative_to(own)) for each in below for path in each.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b"", b"{", b'{"version": 1}'])
def test_what_holds_and_was_damaged_is_fetched_and_taken_again(joined: UserHome, data: bytes) -> None:
    """Its own hint was a dead end: neither an update nor an accept got past it, so it never changed again."""
    (joined.root / KEPT / "accepted.json").write_bytes(data)
    assert joined.ok("key", "print", "acme/work").out == f"{KEY}\n"
    assert "catalog accept acme" in joined.ok("catalog", "update", "acme").out
    joined.ok("catalog", "accept", "acme", "--yes")
    assert joined.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["state"] == "current"


def test_theirs_that_was_damaged_comes_back_unasked(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_theirs(publisher, tmp_path / "etc", monkeypatch)
    home.ok("catalog", "update")
    (home.root / KEPT / "accepted.json").write_bytes(b"")
    assert "version 43 is in force" in home.ok("catalog", "update").out


def test_what_a_newer_pkcc_tray_keeps_is_not_overwritten(joined: UserHome) -> None:
    path = joined.root / KEPT / "accepted.json"
    path.write_bytes(newer := json.dumps({**json.loads(path.read_bytes()), "version": 2}).encode())
    joined.run("catalog", "update")
    ran = joined.run("catalog", "accept", "acme", "--yes")
    assert (ran.code, path.read_bytes()) == (1, newer)


@pytest.mark.parametrize("answer", ["newer", "none"])
def test_what_is_left_while_it_is_fetched_leaves_nothing_behind(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """What came would wait for a yes, under the name of whatever catalog is followed by it next."""
    fetch = updating.fetch
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))

    def slow(*arguments: Any) -> Any:
        found = fetch(*arguments)
        joined.ok("catalog", "remove", "acme", "--yes")
        if answer == "none":
            raise FetchError("unreachable", "503", "Try again later.")
        return found

    monkeypatch.setattr(updating, "fetch", slow)
    ran = joined.run("catalog", "update", "acme")
    assert (ran.code, "acme is not followed any more" in ran.text) == (1, True), ran
    assert kept_of(joined) == []


def test_what_is_followed_elsewhere_by_now_is_not_updated_from_there(
    joined: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second catalog of that name, unsigned, takes nothing that was fetched for the first."""
    fetch, other = updating.fetch, Publisher(tmp_path / "other")
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    other.publish(signed=False, serial=1)

    def slow(*arguments: Any) -> Any:
        found = fetch(*arguments)
        joined.ok("catalog", "remove", "acme", "--yes")
        expect = ("--expect", other.sha256, "--updates", "auto", "--yes")
        joined.ok("catalog", "add", str(other.directory), *expect)
        return found

    monkeypatch.setattr(updating, "fetch", slow)
    ran = joined.run("catalog", "update", "acme")
    assert ran.code == 1, ran
    listed = joined.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]
    assert (listed["serial"], listed["state"]) == (1, "current"), listed


def test_what_is_left_meanwhile_keeps_no_other_from_being_asked(
    joined: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, labs = updating.fetch, Publisher(tmp_path / "labs")
    labs.usual = {"name": "labs"}
    labs.publish()
    joined.ok("catalog", "add", str(labs.directory), "--key", labs.key, "--yes")

    def slow(*arguments: Any) -> Any:
        if "acme" in joined.ok("catalog", "list").out:
            joined.ok("catalog", "remove", "acme", "--yes")
        return fetch(*arguments)

    labs.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    monkeypatch.setattr(updating, "fetch", slow)
    ran = joined.run("catalog", "update")
    assert (ran.code, "labs: version 44 is in force" in ran.out) == (1, True), ran


def test_the_slower_of_two_updates_brings_nothing_older(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tray asks, and so does a person: what the newer one has put in force does not wait to be undone."""
    fetch = updating.fetch
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))

    def slow(*arguments: Any) -> Any:
        found = fetch(*arguments)
        monkeypatch.setattr(updating, "fetch", fetch)
        publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-7"}))
        joined.ok("catalog", "update")
        return found

    monkeypatch.setattr(updating, "fetch", slow)
    ran = joined.run("catalog", "update")
    assert "came meanwhile" in ran.text, ran
    listed = joined.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]
    assert (listed["serial"], listed["state"]) == (45, "current"), listed


@pytest.mark.parametrize(
    ("path", "member", "value"),
    [
        (f"{KEPT}/terms.json", "expires", 5),
        (f"{KEPT}/terms.json", "expires", "soon"),
        (f"{KEPT}/terms.json", "withdrawn", {"work": 5}),
        (f"{KEPT}/accepted.json", "at", float("inf")),
        (f"{KEPT}/rules.json", "rules", [{"remote": "a/b", "metadata": {"a": 1}}]),
        (f"{STATE}/catalogs/acme.json", "reached_at", 1e300),
        (f"{STATE}/catalogs/acme.json", "by_key", {"": [float("inf"), "x"]}),
        (
            ".config/pkcc-tray/catalogs.json",
            "catalogs",
            {"acme": {"source": "/x", "inputs": {"a": "\ud800"}}},
        ),
        (f"{STATE}/catalogs.pending", "name", 5),
    ],
)
def test_a_damaged_record_breaks_no_command(joined: UserHome, path: str, member: str, value: object) -> None:
    """A value of another kind, such as a time that no clock shows, was a fault of every command."""
    document = joined.root / path
    pending = {"name": "acme", "sha256": "", "subscription": {"source": "/x"}}
    plain = json.loads(document.read_bytes()) if document.exists() else pending
    document.write_text(json.dumps({**plain, member: value}))
    for command in (("status",), ("switch", "acme/work"), ("catalog", "list"), ("catalog", "update")):
        ran = joined.run(*command)
        assert "went wrong inside" not in ran.text, (command, ran)
    assert joined.ok("key", "print", "acme/work").out == f"{KEY}\n"


@pytest.mark.parametrize("record", ["catalogs.owed", "catalogs.pending"])
@pytest.mark.parametrize("name", ["../../x", "acme/work", "displaced.x", ""])
def test_a_name_in_what_is_under_way_that_nothing_can_have_stands_in_nobodys_way(
    joined: UserHome, record: str, name: str
) -> None:
    """`off`, too, ended with a refusal of a name that nobody had typed, each time and for good."""
    pending = {"name": name, "sha256": "", "subscription": {}}
    said = [[name, "mark"]] if record == "catalogs.owed" else pending
    (joined.root / STATE / record).write_text(json.dumps(said))
    joined.ok("catalog", "override", "acme/work", "label", "Mine")
    joined.ok("off")
    assert not (joined.root / STATE / record).exists()


def test_what_a_catalog_says_beside_its_profiles_is_made_again(
    joined: UserHome, publisher: Publisher
) -> None:
    """Else locked metadata, or that a profile was withdrawn, was forgotten until the next version."""
    publisher.publish(withdrawn=[{"name": "safe", "why": "too slow"}])
    joined.ok("catalog", "update")
    for name in ("terms.json", "rules.json"):
        path = joined.root / KEPT / name
        whole = path.read_bytes()
        path.write_bytes(b"")
        joined.ok("catalog", "update")
        assert path.read_bytes() == whole


@pytest.mark.parametrize("command", [("switch", "acme/wrok"), ("exec", "acme/wrok", "--", "true")])
def test_a_slip_in_a_name_is_not_taken_for_a_changed_file(joined: UserHome, command: tuple[str, ...]) -> None:
    ran = joined.run(*command)
    assert (ran.code, "no profile 'acme/wrok'" in ran.err, "'acme/work'" in ran.err) == (3, True, True), ran


@pytest.mark.parametrize("part", ["accepted.json", "offered.json", "older/000000001.json"])
def test_a_file_that_was_replaced_sends_no_key_elsewhere(
    joined: UserHome, publisher: Publisher, part: str
) -> None:
    """It took a file that only looks accepted, and any command that makes the profiles again."""
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    joined.ok("catalog", "update")
    if part == "offered.json":
        publisher.publish(contact="you@acme.example")
        joined.ok("catalog", "update")
    path = joined.root / KEPT / part
    kept = json.loads(path.read_bytes())
    plain = json.loads(kept["data"])
    plain["gateway_hosts"] = ["evil.example"]
    plain["profiles"] = [{**each, "gateway": "https://evil.example"} for each in plain["profiles"]]
    path.write_text(json.dumps({**kept, "data": json.dumps(plain)}))
    for command in (
        ("catalog", "override", "acme/work", "label", "Mine"),
        ("catalog", "accept", "acme", "--yes"),
        ("catalog", "rollback", "acme"),
        ("catalog", "update"),
        ("switch", "acme/work"),
    ):
        ran = joined.run(*command)
        assert "went wrong inside" not in ran.text, ran
        assert joined.env()["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai", command
    joined.run("catalog", "update")
    joined.run("catalog", "accept", "acme", "--yes")
    state = joined.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["state"]
    assert state == "current"


@pytest.mark.parametrize("part", ["accepted.json", "offered.json"])
def test_what_was_replaced_is_not_shown_as_its_publisher_s(
    joined: UserHome, publisher: Publisher, part: str
) -> None:
    """`catalog list` and `show` had a stranger's title, hosts and changes, and said nothing of it."""
    if part == "offered.json":
        publisher.publish(contact="you@acme.example")
        joined.ok("catalog", "update")
    path = joined.root / KEPT / part
    kept = json.loads(path.read_bytes())
    plain = {**json.loads(kept["data"]), "title": "Evil title", "contact": "evil@evil.example"}
    brief = {**kept["brief"], "title": "Evil title"}
    path.write_text(json.dumps({**kept, "data": json.dumps(plain), "brief": brief}))
    listed = joined.ok("catalog", "list").out
    assert "what is kept of it does not fit its signature: something else changed it" in listed
    assert "pkcc-tray catalog update acme" in listed
    shown = [joined.run(*each) for each in (("catalog", "show", "acme"), ("catalog", "diff", "acme"))]
    assert "vil" not in joined.ok("--json", "catalog", "list").out + "".join(each.text for each in shown)
    if part == "accepted.json":
        assert [each.code for each in shown] == [1, 1]
        assert "`pkcc-tray catalog update acme` fetches it again" in shown[0].err
    assert "catalog-edited" in joined.run("--json", "doctor").out
    joined.ok("catalog", "update")
    joined.ok("catalog", "accept", "acme", "--yes")
    assert joined.ok("--json", "catalog", "list").json()["data"]["catalogs"][0]["state"] == "current"


@pytest.mark.parametrize("record", ["kept", "lost"])
def test_an_unsigned_file_that_was_replaced_counts_no_more(
    home: UserHome, publisher: Publisher, record: str
) -> None:
    """What was fetched is remembered: else any change of the file sent keys elsewhere."""
    publisher.publish(signed=False, keys=[])
    where = (str(publisher.directory), "--expect", publisher.sha256, "--yes")
    home.ok("join", *where, "--key-stdin", stdin=f"{KEY}\n")
    path = home.root / KEPT / "accepted.json"
    kept = json.loads(path.read_bytes())
    plain = {**json.loads(kept["data"]), "gateway_hosts": ["evil.example"]}
    plain["profiles"] = [{**each, "gateway": "https://evil.example"} for each in plain["profiles"]]
    path.write_text(json.dumps({**kept, "data": json.dumps(plain)}))
    if record == "lost":
        (home.root / STATE / "catalogs/acme.json").unlink()
    ran = home.run("catalog", "override", "acme/work", "label", "Mine")
    assert (ran.code, "is not what was fetched: something else changed it" in ran.err) == (1, True), ran
    assert "`pkcc-tray catalog update acme`" in ran.err
    home.ok("catalog", "update")
    assert home.env()["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    home.ok("catalog", "accept", "acme", "--yes")
    home.ok("catalog", "override", "acme/work", "label", "Mine")
    assert home.env()["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert json.loads(path.read_bytes())["data"] == publisher.file.read_text()


def test_an_unsigned_catalog_from_before_hashes_were_remembered_goes_on(
    home: UserHome, publisher: Publisher
) -> None:
    publisher.publish(signed=False, keys=[])
    home.ok("catalog", "add", str(publisher.directory), "--expect", publisher.sha256, "--yes")
    record = home.root / STATE / "catalogs/acme.json"
    known = json.loads(record.read_bytes())
    del known["fetched"]
    record.write_text(json.dumps(known))
    home.ok("catalog", "override", "acme/work", "label", "Mine")
    publisher.publish(signed=False, keys=[], contact="you@acme.example")
    home.ok("catalog", "update")
    home.ok("catalog", "override", "acme/work", "label", "Yours")
    assert len(json.loads(record.read_bytes())["fetched"]) == 2
    home.ok("catalog", "accept", "acme", "--yes")
    home.ok("catalog", "rollback", "acme")
