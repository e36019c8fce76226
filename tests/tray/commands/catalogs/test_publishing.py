"""catalog new, check, sign: what a publisher does before anybody follows."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome, files_with

PUBLIC = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
TWO = ("--from", "work", "--from", "safe", "--name", "acme", "--title", "Acme AI gateway")


@pytest.fixture
def publisher(home: UserHome) -> UserHome:
    """A home with two profiles that work, one by a config in a file."""
    config = home.root / "safe.json"
    config.write_text(json.dumps({"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}]}))
    home.add("work", "--provider", "@anthropic-prod", "--metadata", "cost_center=4711", "--label", "At work")
    home.add("safe", "--config-file", str(config))
    return home


def catalog_of(home: UserHome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home.root / "cat" / "pkcc-catalog.json").read_bytes())
    return found


def changed(home: UserHome, **changes: object) -> str:
    """A copy of the catalog with other fields, as its publisher's editor would write it."""
    path = home.root / "changed.json"
    path.write_text(json.dumps({**catalog_of(home), **changes}))
    return str(path)


def test_a_catalog_is_made_of_profiles_and_no_key_goes_in(publisher: UserHome) -> None:
    ran = publisher.ok("catalog", "new", "cat", *TWO)
    catalog = catalog_of(publisher)
    assert [entry["name"] for entry in catalog["profiles"]] == ["work", "safe"]
    assert catalog["default"] == "work"
    assert catalog["gateway_hosts"] == ["api.portkey.ai"]
    assert catalog["profiles"][1]["route"] == {"kind": "config", "catalog": "safe"}
    assert catalog["configs"]["safe"]["targets"] == [{"provider": "@a"}]
    assert "work: no key goes in, and no suggestion: keyring: means something on this machine only" in ran.err
    assert not files_with("CANARY", publisher.root / "cat")
    assert publisher.ok("catalog", "check", "cat").out.endswith("No problems found.\n")


def test_a_reference_that_others_can_follow_becomes_a_suggestion(publisher: UserHome) -> None:
    publisher.ok("set", "work", "api_key", "op://Team/Portkey/key")
    ran = publisher.ok("catalog", "new", "cat", *TWO)
    assert catalog_of(publisher)["profiles"][0]["key"] == {"suggest": "op://Team/Portkey/key"}
    assert "op://Team/Portkey/key is suggested" in ran.err


def test_what_is_of_one_machine_or_may_run_something_stays_at_home_and_is_told(publisher: UserHome) -> None:
    stored = publisher.stored()
    stored |= {"extra_env": {"NODE_OPTIONS": "--require /x.js", "API_TIMEOUT_MS": "1000"}}
    stored |= {"extra_headers": {"X-License-Key": "env:LICENSE"}, "trusted": ["url:https://gw.example"]}
    (publisher.profiles / "work.json").write_text(json.dumps(stored))
    ran = publisher.ok("catalog", "new", "cat", *TWO)
    entry = catalog_of(publisher)["profiles"][0]
    assert entry["extra_env"] == {"API_TIMEOUT_MS": "1000"}
    assert "trusted" not in entry
    assert "NODE_OPTIONS is left out" in ran.err
    assert "trusted is left out" in ran.err
    assert "X-License-Key" not in json.dumps(entry)
    assert "X-License-Key" in ran.err


def test_a_catalog_that_is_there_is_not_overwritten(publisher: UserHome) -> None:
    """Else the serial starts again at 1, and everybody's program refuses the new one."""
    publisher.ok("catalog", "new", "cat", *TWO)
    ran = publisher.run("catalog", "new", "cat", *TWO)
    assert ran.code == 4
    assert "is there already" in ran.err
    publisher.ok("catalog", "new", "cat", *TWO, "--force")


def test_nobody_is_asked_without_a_terminal(publisher: UserHome) -> None:
    assert publisher.run("catalog", "new", "cat").code == 2
    ran = publisher.run("catalog", "new", "cat", "--from", "work")
    assert (ran.code, "--name acme" in ran.err) == (2, True)
    assert publisher.run("catalog", "new", "cat", "--from", "nobody", "--name", "acme").code == 3
    assert not (publisher.root / "cat").exists()


def test_check_says_every_problem_with_its_place_and_stops_a_pipeline(publisher: UserHome) -> None:
    publisher.ok("catalog", "new", "cat", *TWO)
    work, safe = catalog_of(publisher)["profiles"]
    wrong = [{**work, "extra_env": {"NODE_OPTIONS": "x"}}, safe, {**work, "name": "third", "api_key": "k"}]
    ran = publisher.run("catalog", "check", changed(publisher, profiles=wrong))
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "error: profiles[0].extra_env.NODE_OPTIONS makes programs load code",
        "error: profiles[2].api_key is for each person's own profiles alone",
    ]
    problems = publisher.run("--json", "catalog", "check", changed(publisher, extra=1)).json()["data"]
    assert ["'extra'" in each["problem"] for each in problems["problems"]] == [True]
    assert publisher.run("catalog", "check", "nowhere.json").code == 3
    beside = changed(publisher, key={"suggest": "op://a/b/c"})
    assert "has field 'key', which belongs into a profile" in publisher.run("catalog", "check", beside).out


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_what_cannot_be_signed_sends_its_publisher_to_the_check(publisher: UserHome, tmp_path: Path) -> None:
    """They were told to tell the publisher."""
    publisher.ok("catalog", "new", "cat", *TWO)
    key = tmp_path / "acme.key"
    subprocess.run(
        ["minisign", "-G", "-W", "-p", f"{key}.pub", "-s", str(key)], check=True, stdout=subprocess.DEVNULL
    )
    ran = publisher.run("catalog", "sign", changed(publisher, extra=1), "--minisign-key", str(key))
    assert (ran.code, "catalog check" in ran.err, "Tell its publisher" in ran.err) == (1, True, False)


def test_metadata_of_one_person_is_told_before_everybody_carries_it(publisher: UserHome) -> None:
    """All requests of a team would be counted as the publisher's."""
    publisher.ok("set", "work", "metadata._user", "pat")
    said = publisher.ok("catalog", "new", "cat", *TWO).err
    assert "metadata._user is 'pat' for everybody: ask each person" in said


def test_the_key_that_signs_is_asked_for_and_listed_before_the_first_signature(publisher: UserHome) -> None:
    with terminal(["catalog", "new", "cat"], publisher.environ, publisher.root) as screen:
        screen.answer("Which go in", "work")
        screen.answer("Name of the catalog", "acme")
        screen.answer("Title", "")
        screen.answer("Whom they ask", "")
        screen.answer("Public key", "no key")
        screen.answer("Public key", PUBLIC)
        assert screen.finish() == 0
    assert catalog_of(publisher)["keys"] == [PUBLIC]


def test_check_tells_what_people_will_be_asked_from_what_applies_by_itself(publisher: UserHome) -> None:
    publisher.ok("catalog", "new", "cat", *TWO)
    work, safe = catalog_of(publisher)["profiles"]
    newer = {**work, "models": {"sonnet": "claude-sonnet-5-5"}, "gateway": "https://gw.acme.example"}
    path = changed(
        publisher, serial=2, profiles=[newer, safe], gateway_hosts=["api.portkey.ai", "gw.acme.example"]
    )
    out = publisher.ok("catalog", "check", path, "--against", "cat").out
    asked, by_itself = out.split("And, with the rest, once they said yes")
    assert "Applies by itself" not in out, "nothing of a version that waits does"
    assert "work host" in asked
    assert "gw.acme.example" in asked
    assert "work models.sonnet" in by_itself
    data = publisher.ok("--json", "catalog", "check", path, "--against", "cat").json()["data"]
    assert {each["field"] for each in data["loud"]} == {"host", "gateway_hosts"}
    assert {each["field"] for each in data["quiet"]} == {"serial", "models.sonnet"}


def test_a_change_without_a_higher_serial_is_found_before_it_is_published(publisher: UserHome) -> None:
    publisher.ok("catalog", "new", "cat", *TWO)
    ran = publisher.run("catalog", "check", changed(publisher, title="Another"), "--against", "cat")
    assert ran.code == 1
    assert "error: serial is 1, and must be higher than 1" in ran.out
    assert publisher.ok("catalog", "check", "cat", "--against", "cat")
    ran = publisher.run("catalog", "check", changed(publisher, serial=10**15 - 1), "--against", "cat")
    assert (ran.code, "must be below 100000000000000" in ran.out) == (1, True)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_what_is_signed_here_is_verified_by_minisign_itself(publisher: UserHome) -> None:
    publisher.ok("catalog", "new", "cat", *TWO)
    password = "correct horse"
    made = ["minisign", "-G", "-p", "acme.pub", "-s", "acme.key"]
    subprocess.run(
        made, cwd=publisher.root, input=f"{password}\n" * 2, check=True, capture_output=True, text=True
    )
    ran = publisher.ok("catalog", "sign", "cat", "--minisign-key", "acme.key", stdin=f"{password}\n")
    key = (publisher.root / "acme.pub").read_text().splitlines()[1]
    assert f"pkcc-tray join SOURCE --key {key}" in ran.out
    verify = ["minisign", "-V", "-P", key, "-m", "cat/pkcc-catalog.json"]
    verified = subprocess.run(verify, cwd=publisher.root, capture_output=True, text=True, check=True)
    assert "pkcc-catalog acme 1" in verified.stdout
    assert "signed by" in publisher.ok("catalog", "check", "cat", "--key", key).out
    _break(publisher.root / "cat" / "pkcc-catalog.json")
    assert publisher.run("catalog", "check", "cat", "--key", key).code == 1
    refused = publisher.run("catalog", "sign", "cat", "--minisign-key", "acme.key", stdin="wrong\n")
    assert (refused.code, "password" in refused.err) == (1, True)


def _break(path: Path) -> None:
    path.write_text(path.read_text().replace("Acme AI", "Acme IA"))
