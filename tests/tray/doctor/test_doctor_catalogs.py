"""Doctor on catalogs: a colleague hears of what waits, and of what keeps a catalog from being current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.catalog_homes import GATEWAY, Publisher, join, with_work
from support.home.doctor_home import DoctorHome

OLD = "claude-3-7-sonnet-20250219"


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    published = Publisher(tmp_path / "share")
    published.publish(required_metadata=["repo"])
    return published


@pytest.fixture
def follower(tmp_path: Path, publisher: Publisher) -> DoctorHome:
    home = DoctorHome(tmp_path / "home")
    join(home, publisher)
    return home


def test_nothing_is_said_of_a_current_one(follower: DoctorHome) -> None:
    for check in ("catalog-stale", "catalog-broken", "catalog-waiting", "metadata-missing"):
        follower.absent(check)


def test_a_version_that_waits_is_a_note_with_the_command_to_look(
    follower: DoctorHome, publisher: Publisher
) -> None:
    publisher.publish(contact="else@acme.example")
    follower.ok("catalog", "update")
    found = follower.expect("catalog-waiting", "note")
    assert "catalog diff acme" in found["command"]


def test_a_version_that_is_not_taken_is_a_problem(follower: DoctorHome, publisher: Publisher) -> None:
    publisher.publish(signed=False)
    assert follower.run("catalog", "update").code == 1
    assert "no longer signed" in follower.expect("catalog-broken", "problem")["what"]
    publisher.publish()
    follower.run("catalog", "update")
    follower.absent("catalog-broken")


def test_one_that_was_not_reached_for_a_week_is_old(follower: DoctorHome, publisher: Publisher) -> None:
    record = follower.root / ".local/state/pkcc-tray/catalogs/acme.json"
    plain = json.loads(record.read_bytes())
    record.write_text(json.dumps({**plain, "reached_at": plain["reached_at"] - 9 * 86_400}))
    assert "not reached for 9 days" in follower.expect("catalog-stale", "warning")["what"]
    publisher.file.unlink()
    assert follower.run("catalog", "update").code == 1
    assert "no longer published" in follower.expect("catalog-stale", "warning")["what"]


def test_one_whose_source_is_away_says_since_when(follower: DoctorHome, publisher: Publisher) -> None:
    """Else nothing but the update itself ever says that no news comes."""
    publisher.directory.rename(publisher.directory.with_name("away"))
    assert follower.run("catalog", "update").code == 1
    assert "not reached since 2" in follower.expect("catalog-stale", "note")["what"]
    for words in (("list",), ("show", "acme")):
        assert "current; not reached since 2" in " ".join(follower.ok("catalog", *words).out.split())


def test_an_expired_one_sends_to_its_publisher(follower: DoctorHome, publisher: Publisher) -> None:
    """An update fetches the same expired version again."""
    publisher.publish(expires="2020-01-01", contact="ai@acme.example")
    follower.ok("catalog", "update")
    follower.ok("catalog", "accept", "acme")
    found = follower.expect("catalog-stale", "warning")
    assert "expired" in found["what"]
    assert "ai@acme.example" in found["advice"]
    assert "update" not in (found["command"] or "")
    follower.ok("switch", "acme/work")
    for words in (("status",), ("catalog", "list")):
        assert "expired: " in follower.ok(*words).out


def test_a_withdrawn_profile_is_marked_in_the_list_and_named_while_it_is_in_use(
    follower: DoctorHome, publisher: Publisher
) -> None:
    """Else its end comes as a refusal of the gateway."""
    gone = [{"name": "work", "use": "safe", "why": "It ends on 1 March"}]
    publisher.publish(withdrawn=gone, required_metadata=["repo"])
    follower.ok("catalog", "update")
    found = follower.expect("profile-withdrawn", "warning")
    assert "It ends on 1 March; use acme/safe in its place" in found["what"]
    lines = follower.ok("list").out.splitlines()
    assert [", withdrawn" in line for line in lines] == ["acme/work" in line for line in lines]
    follower.ok("switch", "acme/safe")
    follower.absent("profile-withdrawn")


def test_a_project_without_required_metadata_is_named(follower: DoctorHome) -> None:
    (follower.root / "repo").mkdir()
    follower.ok("project", "add", "repo", "--metadata", "team=a")
    assert "does not say repo" in follower.expect("metadata-missing", "warning")["what"]
    follower.ok("project", "add", "repo", "--metadata", "repo=api")
    follower.absent("metadata-missing")


def test_a_helper_for_a_profile_that_is_not_there_is_a_problem(follower: DoctorHome) -> None:
    """As an administrator's settings name it before its catalog came: sessions go out without a key."""
    (follower.root / ".local/share/pkcc-tray/catalogs/acme/profiles/work.json").unlink()
    found = follower.expect("helper-fails", "problem")
    assert "no profile acme/work here yet" in found["what"]
    assert "switch acme/work" in found["command"]
    follower.ok("key", "remove", "acme/work", "--force")
    assert "switch acme/work" in follower.run("key", "print", "acme/work").err


def test_a_profile_of_a_catalog_that_was_edited_by_hand_is_not_switched_to_and_made_again(
    follower: DoctorHome, publisher: Publisher
) -> None:
    """What nobody signed would be in force under a signed catalog's name, its key sent elsewhere."""
    file = follower.root / ".local/share/pkcc-tray/catalogs/acme/profiles/work.json"
    made = file.read_bytes()
    file.write_text(json.dumps({**json.loads(made), "gateway": "https://evil.example"}))
    refused = follower.run("switch", "acme/work")
    assert (refused.code, "changed by hand" in refused.err) == (4, True)
    assert "changed by hand" in follower.run("exec", "acme/work", "--", "/bin/true").err
    assert "acme/work" in follower.expect("catalog-edited", "warning")["what"]
    publisher.file.rename(publisher.directory / "away")  # whether or not its source can be reached
    assert follower.run("catalog", "update").code == 1
    assert file.read_bytes() == made
    follower.absent("catalog-edited")
    follower.ok("switch", "acme/work")


def test_advice_on_a_catalogs_profile_names_no_command_that_is_refused(
    follower: DoctorHome, publisher: Publisher
) -> None:
    """`edit` and `set` refuse a catalog's profile: a person who types what doctor says is stuck."""
    publisher.publish(
        profiles=with_work(gateway=GATEWAY, models={"sonnet": OLD, "opus": OLD}, locked=["models.opus"]),
        gateway_hosts=["api.portkey.ai", GATEWAY.removeprefix("https://")],
    )
    follower.ok("catalog", "update")
    follower.ok("catalog", "accept", "acme", "--yes")
    advised = follower.expect("profile-advice", "note")
    assert (advised["command"], "Ask acme's publisher" in advised["advice"]) == ("", True)
    found = [each for each in follower.findings() if each["check"] == "retired-model"]
    ours = [each["command"] for each in found if each["command"]]
    assert any("catalog override acme/work models.sonnet" in each for each in ours), found
    assert not any("models.opus" in each for each in ours)
    for command in ours:
        follower.ok(*command.split()[1:])
    follower.ok("copy", "acme/work", "mine")
