"""If these fail, people don't learn who decides, or an administrator lays down a policy with a slip in it."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

import pytest
from support.client.administrator import with_managed
from support.home.forced import force, lay
from support.home.user_home import UserHome

from profiles.policy.places import this_machine
from tray.actions.policy.show import show_policy
from tray.terminal.words.administrator.policy import shown_policy


def test_without_a_policy_it_is_said_and_where_one_would_lie(home: UserHome) -> None:
    if this_machine().names[0].startswith("/etc") and Path("/etc/pkcc-tray").exists():
        pytest.skip("this machine has a policy")
    said = home.ok("policy", "show").out
    assert said.startswith("There is no policy here")
    assert all(place in said for place in this_machine().names)
    shown = home.ok("policy", "show", "--json").json()["data"]
    assert (shown["in_force"], shown["keys"]) == (False, [])


def test_an_administrators_files_are_shown_key_by_key(home: UserHome, tmp_path: Path) -> None:
    """The real command, which finds them in the real place: in a namespace of its own."""
    managed = {
        "policy.json": json.dumps({"managed_by": {"name": "Acme IT"}, "links": False, "log_days": 7}),
        "policy.d/10-more.json": json.dumps({"log_days": "x", "later": 1}),
        "policy.d/20-broken.json": "{",
    }
    inside = with_managed(tmp_path, managed, "pkcc-tray")
    shown = home.spawn("policy", "show", "--json", prefix=inside).json()["data"]
    assert shown["managed_by"]["name"] == "Acme IT"
    assert [(row["key"], row["value"], row["from"]) for row in shown["keys"]][1:] == [
        ("links", False, "/etc/pkcc-tray/policy.json"),
        ("log_days", 1, "/etc/pkcc-tray/policy.d/10-more.json"),
    ]
    assert shown["keys"][2]["problems"] == [
        "log_days must be a whole number from 1 to 3650; until then it counts as 1"
    ]
    assert shown["troubles"] == ["/etc/pkcc-tray/policy.d/20-broken.json is not valid JSON, line 1"]
    assert shown["notes"] == ["/etc/pkcc-tray/policy.d/10-more.json: later is not known here, and ignored"]


def test_the_words_of_a_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    by = {"name": "Acme IT", "url": "https://it.acme.example"}
    catalogs = [{"name": "acme", "source": "/srv/acme"}, {"name": "labs", "source": "/srv/labs"}]
    more = {"allowed_profiles": ["acme/*", "labs/*"], "forced_metadata": {"team": "a"}}
    force(monkeypatch, tmp_path, managed_by=by, catalogs=catalogs, links="no", **more)
    path = lay(tmp_path, "[]", "policy.d/a.json")
    file = path.parents[1] / "policy.json"
    assert shown_policy(show_policy()) == [
        "Acme IT decides (https://it.acme.example):",
        f"managed_by        {file}  name=Acme IT, url=https://it.acme.example",
        f"catalogs          {file}  name=acme, source=/srv/acme; name=labs, source=/srv/labs",
        f"allowed_profiles  {file}  acme/*, labs/*",
        f"forced_metadata   {file}  team=a",
        f"links             {file}  false",
        f"Changes are refused: {path} does not hold a JSON object",
        "Problem: links must be true or false; until then it counts as false",
    ]


def test_a_file_is_checked_with_line_and_column(home: UserHome) -> None:
    file = home.root / "policy.json"
    file.write_text(
        '{"links": false,\n "Links": true,\n "catalogs": [{"name": "acme", "source": "/a"},\n'
        '   {"name": "b", "source": "/b",\n    "keys": ["no"]}],\n'
        ' "required_profile": "work", "allowed_profiles": ["acme/*"]}'
    )
    done = home.run("policy", "check", str(file))
    assert done.code == 1
    assert done.out.splitlines() == [
        "Links (line 2, column 11): is not known here: it is spelled links; until then it is ignored",
        "catalogs[1].keys (line 5, column 13): must be a list of minisign's public keys: RW…; until then "
        "that one is left out",
        "required_profile (line 6, column 22): is not among allowed_profiles: every switch would be refused",
    ]
    assert home.run("policy", "check", str(file), "--json").json()["data"]["findings"][0]["line"] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"links": false,\n "links": tru}', "line 2, column 11"),
        ('{"links": false, "links": true}', "'links' is there twice"),
        ("[]", "does not hold a JSON object"),
        ("<plist>", "is no property list"),
        ("", "line 1, column 1"),
    ],
)
def test_what_is_no_policy_at_all_is_said_in_a_line(home: UserHome, text: str, said: str) -> None:
    file = home.root / "policy.json"
    file.write_text(text)
    done = home.run("policy", "check", str(file))
    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
    assert home.run("policy", "check", str(home.root / "none.json")).code == 1


def test_every_sample_we_hand_out_is_found_right(home: UserHome) -> None:
    profile = home.root / "a.mobileconfig"
    profile.write_text(home.ok("policy", "schema", "--format", "mobileconfig").out)
    assert home.ok("policy", "check", str(profile)).out.endswith("no problems found\n")
    plist = plistlib.loads(profile.read_bytes())
    plist["PayloadContent"][0]["LogDays"] = "x"
    profile.write_bytes(plistlib.dumps(plist, fmt=plistlib.FMT_BINARY))
    done = home.run("policy", "check", str(profile))
    assert (done.code, done.out.partition(":")[0]) == (1, "log_days")


def test_the_schema_is_json_for_programs_and_everything_else_is_text(home: UserHome) -> None:
    assert home.ok("policy", "schema", "--json").json()["data"]["title"] == "pkcc-tray policy"
    assert "text" in home.ok("policy", "schema", "--format", "admx", "--json").json()["data"]
    assert home.run("policy", "schema", "--format", "no").code == 2


@pytest.mark.parametrize(
    "catalog",
    [
        {"source": "http://a.example/c.json"},
        {"source": "file:///srv/x"},
        {"source": "ftp://a.example/c.json"},
        {"source": "justaword"},
        {"source": "https://a.example/c.json?x=1"},
        {"source": "https://ghp_0123456789abcdefghijABCDEFGHIJ012345@git.example/x.git"},
        {"source": "https://a.example/c.json", "ref": "main"},
        {"source": "git@a.example:x.git", "ref": "a..b"},
        {"source": "git@a.example:x.git", "ref": "v1.lock"},
        {"source": "/srv/x", "keys": ["RW" + "A" * 54]},
        {"source": "/srv/x", "name": ["acme"]},
    ],
)
def test_a_catalog_that_every_machine_refuses_is_found_before_it_is_laid_down(
    home: UserHome, catalog: dict[str, object]
) -> None:
    file = home.root / "policy.json"
    file.write_text(json.dumps({"catalogs": [{"name": "acme", **catalog}]}))
    done = home.run("policy", "check", str(file))
    assert (done.code, done.out.startswith("catalogs[0].")) == (1, True), done
    assert "ghp_" not in done.text


@pytest.mark.parametrize(
    "catalog",
    [
        {"source": "git@a.example:x.git", "ref": "x+y"},
        {"source": "\\\\share\\pkcc"},
        {"source": "C:/pkcc"},
        {"source": "/srv/pkcc", "keys": ["RWQ" + "A" * 53]},
    ],
)
def test_a_catalog_that_machines_take_is_no_finding(home: UserHome, catalog: dict[str, object]) -> None:
    file = home.root / "policy.json"
    file.write_text(json.dumps({"catalogs": [{"name": "acme", **catalog}]}))
    assert home.ok("policy", "check", str(file)).out.endswith("no problems found\n")


def test_catalogs_that_are_no_list_are_a_finding(home: UserHome) -> None:
    file = home.root / "policy.json"
    file.write_text('{"catalogs": 5}')
    done = home.run("policy", "check", str(file))
    assert (done.code, "catalogs (line 1, column 14): must be a list" in done.out) == (1, True), done
