"""If these fail, the manager shows a profile as never checked, or as failed by a key that is gone."""

from __future__ import annotations

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, UserHome

from profiles.base.locations import find_locations
from profiles.gateway.check.kept_checks import KeptCheck, checks_path, keep_checks, kept_checks
from tray.app import App


def kept(home: UserHome) -> dict[str, KeptCheck]:
    return kept_checks(find_locations(home.environ, str(home.own)))


@pytest.fixture
def own(home: UserHome) -> UserHome:
    """All that is ours in one place."""
    home.environ["PKCC_CONFIG_DIR"] = str(home.own)
    return home


def test_a_check_is_kept_with_when_and_what_failed(own: UserHome, hosted: HostedAccount) -> None:
    own.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    own.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    own.run("check", "--all")
    found = kept(own)
    assert {name: check.found.exit_code for name, check in found.items()} == {"work": 0, "dead": 1}
    assert [step.step for step in found["dead"].found.steps if step.verdict == "failed"] == ["connection"]
    assert found["dead"].at > 1e9
    assert KEY not in (own.own / "state" / "checks.json").read_text()


def test_another_key_has_the_check_forgotten(own: UserHome) -> None:
    own.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    own.run("check", "dead")
    assert "dead" in kept(own)
    own.ok("key", "set", "dead", stdin="pk-another-key-0123456789")
    assert kept(own) == {}


def test_a_check_of_another_route_is_told_apart(own: UserHome) -> None:
    own.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    own.run("check", "dead")
    before = kept(own)["dead"].mark
    own.ok("set", "dead", "route.provider", "@b")
    own.run("check", "dead")
    assert kept(own)["dead"].mark != before


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"a": {}}',
        '{"a": {"at": 1, "mark": "", "gateway": null, "exit_code": 0, "steps": [["a", "?", "c", "d", 1]]}}',
    ],
)
def test_a_damaged_record_is_no_check_and_the_next_one_is_kept(own: UserHome, text: str) -> None:
    own.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    locations = App.start(own.environ, str(own.own), None, wants_json=True).locations
    with open(checks_path(locations), "w") as file:
        file.write(text)
    assert kept_checks(locations) == {}
    own.run("check", "dead")
    assert [*kept_checks(locations)] == ["dead"]


def test_no_more_are_kept_than_can_be_read_at_once(own: UserHome) -> None:
    own.add("dead", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
    own.run("check", "dead")
    (check,) = kept(own).values()
    many = [check._replace(at=at, found=check.found._replace(name=f"p{at}")) for at in range(600)]
    keep_checks(find_locations(own.environ, str(own.own)), many)
    assert len(kept(own)) == 500
    assert "dead" in kept(own)


def test_what_is_edited_during_its_check_has_no_check_yet(own: UserHome, hosted: HostedAccount) -> None:
    own.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    own.ok("check", "work")
    before = kept(own)["work"]
    hosted.before[("GET", "/v1/models")] = [lambda: own.ok("set", "work", "route.provider", "@elsewhere")]
    own.run("check", "work")
    after = kept(own)["work"]
    assert after.at > before.at
    assert after.mark == before.mark
    assert own.stored()["route"]["provider"] == "@elsewhere"
