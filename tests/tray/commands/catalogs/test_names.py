"""If these fail, `acme/work` cannot be used where every other profile can, or is changed in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.catalog_homes import Publisher, join
from support.home.user_home import KEY, UserHome


@pytest.fixture
def home(home: UserHome, tmp_path: Path) -> UserHome:
    """Someone who follows acme, whose `work` is in use."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    return home


def test_the_plain_name_is_enough_where_one_catalog_has_it(home: UserHome) -> None:
    home.ok("switch", "safe")
    assert home.ok("status", "--short").out == "acme/safe\n"
    assert home.ok("show", "work", "--json").json()["data"]["name"] == "acme/work"
    home.ok("switch", "-")
    assert home.ok("status", "--short").out == "acme/work\n"
    home.ok("undo")
    assert home.ok("status", "--short").out == "acme/safe\n"


def test_ones_own_comes_before_the_catalogs(home: UserHome) -> None:
    home.ok("add", "work", "--provider", "@mine", "--key-ref", "env:MINE")
    home.ok("switch", "work")
    assert home.ok("status", "--short").out == "work\n"
    home.ok("switch", "acme/work")
    assert home.ok("status", "--short").out == "acme/work\n"


def test_its_key_is_stored_and_printed_by_its_whole_name(home: UserHome) -> None:
    home.ok("key", "set", "acme/safe", stdin=KEY)
    assert home.ok("key", "print", "acme/safe").out == f"{KEY}\n"
    assert home.ok("key", "print", "safe").out == f"{KEY}\n"


@pytest.mark.parametrize(
    "argv",
    [
        ("set", "acme/safe", "label", "x"),
        ("set", "safe", "label", "x"),
        ("remove", "acme/safe", "--yes"),
        ("remove", "safe", "--yes"),
        ("rename", "acme/safe", "mine"),
        ("edit", "acme/safe"),
        ("trust", "add", "--base-url", "https://x.example", "--profile", "acme/safe"),
    ],
    ids=" ".join,
)
def test_it_is_never_changed_in_place_and_says_what_to_do(home: UserHome, argv: tuple[str, ...]) -> None:
    file = Path(home.ok("show", "acme/safe", "--json").json()["data"]["file"])
    before = file.read_bytes()
    ran = home.run(*argv)
    if argv[0] != "trust" or ran.code == 4:
        assert ran.code == 4, ran
        assert "comes from the catalog acme" in ran.err
        assert "catalog override acme/safe" in ran.err
        assert "copy acme/safe" in ran.err
    assert ran.code != 0
    assert file.read_bytes() == before
    assert home.ok("list", "--json").json()["data"]["profiles"][-1]["name"] == "acme/work"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key_delivery", "foo"),
        ("models.nonsense", "x"),
        ("label", "a\nb"),
        ("metadata.x", "sk-ant-api03-CANARYCANARYCANARY1"),
        ("api_key", "sk-ant-api03-CANARYCANARYCANARY1"),
    ],
)
def test_what_makes_no_profile_is_not_kept_as_ones_own(home: UserHome, field: str, value: str) -> None:
    file = home.root / ".config" / "pkcc-tray" / "catalogs.json"
    before = file.read_bytes()
    ran = home.run("catalog", "override", "acme/safe", field, value)
    assert (ran.code, "CANARY" in ran.out + ran.err) == (2, False), ran
    assert file.read_bytes() == before


def test_a_switch_says_what_the_catalog_wants(home: UserHome, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.serial = 43
    gone = [{"name": "safe", "use": "work", "why": "It ends on 1 March"}]
    publisher.publish(withdrawn=gone, required_metadata=["repo"])
    home.ok("catalog", "update")
    home.ok("catalog", "accept", "acme")
    notes = home.ok("switch", "safe").err
    assert "acme/safe is withdrawn: It ends on 1 March; use acme/work in its place" in notes
    assert (
        "withdrawn: It ends on 1 March; use acme/work in its place" in home.ok("catalog", "show", "acme").out
    )
    assert "withdrawn: It ends on 1 March; use acme/work in its place" in home.ok("status").out
    assert "its catalog wants 'repo' of each project" in notes
    (home.root / "proj").mkdir()
    home.ok("project", "add", "proj", "--metadata", "repo=api", "--metadata", "cost_center=mine")
    settings = json.loads((home.root / "proj" / ".claude" / "settings.local.json").read_text())
    assert '"cost_center": "4711", "repo": "api"' in settings["env"]["ANTHROPIC_CUSTOM_HEADERS"]


def test_what_dotfiles_say_of_a_catalog_holds_with_the_next_update(home: UserHome) -> None:
    file = home.root / ".config" / "pkcc-tray" / "catalogs.json"
    plain = json.loads(file.read_bytes())
    plain["catalogs"]["acme"]["overrides"] = {"work": {"models.sonnet": "claude-sonnet-mine"}}
    file.write_text(json.dumps(plain))
    home.ok("catalog", "update")
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-mine"
    file.write_text("{")
    ran = home.run("catalog", "update")
    assert (ran.code, "catalogs.json is damaged" in ran.err) == (1, True)
    assert home.ok("status", "--short").out == "acme/work\n"


def test_what_a_stricter_version_does_not_take_any_more_is_left_by_an_update(
    home: UserHome, tmp_path: Path
) -> None:
    """Else nobody could go on to what its publisher has put right since."""
    (accepted,) = home.root.rglob("catalogs/acme/accepted.json")
    plain = json.loads(accepted.read_bytes())
    plain["data"] = plain["data"].replace('"profiles"', '"includes": [], "profiles"')
    accepted.write_text(json.dumps(plain))
    assert home.ok("status", "--short").out == "acme/work\n"
    home.ok("catalog", "list")
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.serial = 43
    publisher.publish()
    assert "version 44 is here" in home.ok("catalog", "update").out
    home.ok("catalog", "accept", "acme")
    assert home.ok("catalog", "list", "--json").json()["data"]["catalogs"][0]["serial"] == 44
    assert home.run("catalog", "rollback", "acme").code == 4


def test_a_copy_is_ones_own_and_follows_nobody(home: UserHome) -> None:
    home.ok("copy", "acme/work", "mine")
    home.ok("set", "mine", "label", "Mine")
    home.ok("catalog", "remove", "acme")
    assert home.ok("show", "mine", "--json").json()["data"]["label"] == "Mine"


def test_a_project_and_a_rule_may_name_it(home: UserHome) -> None:
    (home.root / "proj").mkdir()
    home.ok("switch", "safe", "--project", "proj")
    rows = home.ok("project", "list", "--json").json()["data"]["projects"]
    assert [row["pin"] for row in rows] == ["acme/safe"]
    home.ok("project", "rule", "add", "/work/**", "--profile", "acme/work")
    rules = home.ok("project", "rule", "list", "--json").json()["data"]["rules"]
    assert [rule["profile"] for rule in rules] == ["acme/work"]


def test_a_bundle_of_it_is_ones_own_elsewhere(home: UserHome) -> None:
    bundle = json.loads(home.ok("export", "acme/work").out)
    assert [(each["name"], each["api_key"]) for each in bundle["profiles"]] == [("work", "keyring:work")]
    assert home.ok("export").code == 0
    (home.root / "b.json").write_text(json.dumps(bundle))
    home.ok("import", "b.json", "--yes")
    assert "work" in [row["name"] for row in home.ok("list", "--json").json()["data"]["profiles"]]
