"""support: what is sent to anyone who helps holds no path, name or value of the person who sends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.catalog_homes import Publisher, join
from support.home.forced import force
from support.home.user_home import KEY, UserHome

NAME, PROVIDER = "secretproject", "@canary-provider"


def test_a_profile_of_ones_own_is_told_by_that_alone(home: UserHome) -> None:
    home.add(NAME, "--provider", PROVIDER, "--metadata", "client=canaryclient")
    home.ok("switch", NAME)
    home.settings.write_bytes(home.settings.read_bytes().replace(b"secretproject", b"secretproject2"))
    ran = home.ok("support", "--json")
    data = ran.json()["data"]
    assert data["active"] == "own"
    assert data["versions"]["claude_code"] == ""
    assert "client-missing" in [finding["check"] for finding in data["findings"]]
    for text in (ran.out, home.ok("support").out):
        for canary in (NAME, PROVIDER, "canaryclient", KEY, str(home.root), "api.portkey.ai"):
            assert canary not in text, canary


def test_without_a_profile_nothing_is_active(home: UserHome) -> None:
    assert home.ok("support", "--json").json()["data"]["active"] == ""


def test_it_looks_and_changes_nothing(home: UserHome) -> None:
    home.add(NAME, "--provider", PROVIDER)
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    home.ok("support")
    after = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    assert after == before


def test_the_keys_of_the_policy_are_told_and_none_of_their_values(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    force(monkeypatch, tmp_path, managed_by={"name": "Canary Ltd"}, allow_export=False, links="what")
    ran = home.ok("support", "--json")
    assert ran.json()["data"]["policy"] == [
        {"key": "managed_by", "origin": "policy.json", "valid": True},
        {"key": "allow_export", "origin": "policy.json", "valid": True},
        {"key": "links", "origin": "policy.json", "valid": False},
    ]
    said = home.ok("support").out
    assert "not as it should be" in said
    assert "Canary" not in ran.out + said


def test_a_catalog_is_told_with_its_version_its_age_and_how_it_stands(home: UserHome, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    ran = home.ok("support", "--json")
    data = ran.json()["data"]
    told = {"name": "acme", "serial": 43, "days_old": 0, "state": "current", "managed": False}
    assert data["catalogs"] == [told]
    assert data["active"] == "acme/work"
    said = home.ok("support").out
    assert "asked for today" in said
    assert str(tmp_path) not in ran.out + said
