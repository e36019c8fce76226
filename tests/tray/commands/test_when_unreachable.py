"""The profile to use while another's gateway is unreachable: a name that stays right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.home.user_home import UserHome


@pytest.fixture
def pair(home: UserHome) -> UserHome:
    home.add("spare", "--provider", "@spare")
    home.add("work", "--provider", "@work", "--when-unreachable", "spare")
    return home


def named_by(home: UserHome, name: str = "work") -> object:
    return home.stored(name).get("when_unreachable")


def test_it_is_given_shown_set_and_taken_out_again(pair: UserHome) -> None:
    assert named_by(pair) == "spare"
    assert "  fallback  spare, while the gateway is unreachable" in pair.ok("show", "work").out
    assert pair.ok("show", "work", "--json").json()["data"]["profile"]["when_unreachable"] == "spare"
    pair.ok("set", "work", "when_unreachable", "--unset")
    assert named_by(pair) is None
    assert "fallback" not in pair.ok("show", "work").out
    pair.ok("set", "work", "when_unreachable", "spare")
    assert named_by(pair) == "spare"


def test_an_older_version_says_that_it_is_to_be_updated_and_reads_all_the_others(pair: UserHome) -> None:
    assert pair.stored("work")["schema_version"] == 2
    assert pair.stored("spare")["schema_version"] == 1


def test_settings_stay_as_they_are(pair: UserHome) -> None:
    pair.ok("switch", "work")
    before = pair.settings.read_bytes()
    pair.ok("set", "work", "when_unreachable", "--unset")
    assert pair.settings.read_bytes() == before
    assert not pair.ok("status", "--json").json()["data"]["edited_since"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("set", "work", "when_unreachable", "spar"), 3, "Did you mean 'spare'?"),
        (("set", "work", "when_unreachable", "work"), 2, "names the profile itself"),
        (("set", "work", "when_unreachable", "no name"), 2, "1 to 64 letters"),
        (("add", "new", "--provider", "@new", "--when-unreachable", "sp"), 3, "There is no profile 'sp'"),
        (("add", "new", "--provider", "@new", "--when-unreachable", "new"), 2, "names the profile itself"),
    ],
)
def test_only_another_profile_that_there_is_can_be_named(
    pair: UserHome, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = pair.run(*words)
    assert ran.code == code, ran
    assert said in ran.err
    assert named_by(pair) == "spare"
    assert not (pair.profiles / "new.json").exists()


def test_a_rename_is_followed_and_undone_with_it(pair: UserHome) -> None:
    before = (pair.profiles / "work.json").read_bytes()
    pair.ok("rename", "spare", "second")
    assert named_by(pair) == "second"
    pair.ok("undo", "--yes")
    assert (pair.profiles / "work.json").read_bytes() == before
    pair.ok("rename", "work", "job")
    assert named_by(pair, "job") == "spare"


def test_a_removed_one_is_named_no_longer_and_undo_brings_both_back(pair: UserHome) -> None:
    said = pair.ok("remove", "spare", "--yes")
    assert named_by(pair) is None
    assert "nothing is offered any more while the gateway of work is unreachable" in said.text
    pair.ok("undo", "--yes")
    assert named_by(pair) == "spare"


def test_a_profile_that_cannot_be_read_keeps_no_other_from_its_new_name(pair: UserHome) -> None:
    broken = pair.profiles / "broken.json"
    broken.write_text('{"name": "broken", "when_unreachable": "spare"}')
    pair.ok("rename", "spare", "second")
    assert named_by(pair) == "second"
    assert json.loads(broken.read_text())["when_unreachable"] == "spare"


def test_two_may_name_each_other(pair: UserHome) -> None:
    pair.ok("set", "spare", "when_unreachable", "work")
    pair.ok("rename", "work", "job")
    assert (named_by(pair, "spare"), named_by(pair, "job")) == ("job", "spare")
    pair.ok("remove", "job", "--yes")
    assert named_by(pair, "spare") is None


def test_it_travels_in_a_bundle_with_the_names_that_the_profiles_get(pair: UserHome, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    pair.ok("export", "-o", str(bundle))
    pair.ok("import", str(bundle), "--prefix", "team-")
    assert named_by(pair, "team-work") == "team-spare"


def test_a_name_that_a_bundle_brings_and_nobody_has_is_said_to_do_nothing(
    pair: UserHome, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.json"
    pair.ok("export", "work", "-o", str(bundle))
    pair.ok("remove", "work", "--yes")
    pair.ok("remove", "spare", "--yes")
    said = "when_unreachable has no effect: 'spare' is no profile here"
    assert f"work: {said}" in pair.ok("import", str(bundle)).text
    assert said in pair.ok("show", "work").text
