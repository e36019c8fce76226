"""Targets: one switch serves several settings files, each wholly or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome

from profiles.base.locations import find_locations
from tray.app import App

OTHER = b'{"env": {"MINE": "1"},\t"x": 1e3}'


@pytest.fixture
def other(home: UserHome) -> Path:
    """A second configuration directory's settings, registered as `other`."""
    home.add("work", "--provider", "@a")
    home.add("safe", "--config", "pc-1", "--key-delivery", "settings")
    path = home.root / "other" / "settings.json"
    path.parent.mkdir()
    path.write_bytes(OTHER)
    home.ok("target", "add", "other", str(path.parent))
    return path


def env_of(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_bytes())["env"]
    return found


def test_one_switch_serves_all_and_off_puts_all_back(home: UserHome, other: Path) -> None:
    assert other.read_bytes() == OTHER  # adding writes nothing
    ran = home.ok("switch", "work")
    assert f"Target other too: {other}" in ran.out
    assert env_of(other)["ANTHROPIC_CUSTOM_HEADERS"] == env_of(home.settings)["ANTHROPIC_CUSTOM_HEADERS"]
    home.ok("switch", "safe")
    assert KEY in env_of(other)["ANTHROPIC_CUSTOM_HEADERS"]
    assert "Target other was right." in home.ok("switch", "safe").out
    home.ok("off")
    assert (home.settings.read_bytes(), other.read_bytes()) == (SETTINGS, OTHER)


def test_one_target_or_one_file_alone(home: UserHome, other: Path) -> None:
    home.ok("switch", "work", "--target", "OTHER")
    assert home.settings.read_bytes() == SETTINGS
    assert "@a" in other.read_text()
    home.ok("switch", "safe", "--settings", str(home.settings))
    assert "@a" in other.read_text()
    rows = home.ok("target", "list", "--json").json()["data"]["targets"]
    assert [(row["name"], row["active"], row["condition"]) for row in rows] == [("other", "work", "active")]
    home.ok("off", "--target", "other")
    assert other.read_bytes() == OTHER
    assert "pc-1" in home.settings.read_text()


def test_a_target_that_fails_is_told_and_the_others_are_served(home: UserHome, other: Path) -> None:
    third = home.root / "third"
    third.mkdir()
    home.ok("target", "add", "third", str(third))
    gone = home.root / "gone"
    gone.mkdir()
    home.ok("target", "add", "gone", str(gone))
    gone.rmdir()
    other.write_bytes(b"{ // not JSON\n}")
    ran = home.run("switch", "work", "--json")
    answer = ran.json()
    assert (ran.code, answer["ok"], answer["data"]["written"]) == (1, False, True)
    rows = {row["name"]: row for row in answer["data"]["targets"]}
    assert rows["other"]["problem"].startswith(f"{other} line 1")
    assert rows["gone"]["problem"] == "its directory is gone"
    assert [name for name, row in rows.items() if row["written"]] == ["third"]
    assert (other.read_bytes(), gone.exists()) == (b"{ // not JSON\n}", False)
    assert "@a" in (third / "settings.json").read_text()
    assert "@a" in home.settings.read_text()
    conditions = [row["condition"] for row in home.ok("target", "list", "--json").json()["data"]["targets"]]
    assert conditions == ["unparsable", "active", "gone"]
    ran = home.run("switch", "work")
    assert "Note: the target 'gone' was left as it is" in ran.err


def test_where_the_user_s_own_file_fails_no_target_is_touched(home: UserHome, other: Path) -> None:
    home.settings.write_bytes(b"{")
    assert home.run("switch", "work").code == 1
    assert other.read_bytes() == OTHER


def test_dry_run_writes_into_no_target(home: UserHome, other: Path) -> None:
    home.ok("switch", "work", "--dry-run")
    assert other.read_bytes() == OTHER


def test_a_rotated_key_and_a_new_name_reach_the_targets(home: UserHome, other: Path) -> None:
    home.ok("switch", "safe")
    home.ok("key", "rotate", "safe", "--stdin", stdin="pk-rotated\n")
    assert "pk-rotated" in other.read_text()
    home.ok("switch", "work")
    home.ok("rename", "work", "job")
    assert json.loads(other.read_bytes())["apiKeyHelper"].endswith(" key print job")
    assert home.run("remove", "job").code == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", "other", "third"], 4),
        (["add", "OTHER", "third"], 4),
        (["add", "again", "other"], 4),
        (["add", "link", "link"], 4),
        (["add", "own", ".claude"], 4),
        (["add", "own", ".claude/settings.json"], 4),
        (["add", "new", "nowhere"], 3),
        (["add", "a b", "third"], 2),
        (["remove", "nope"], 3),
        (["add", "wsl", r"\\wsl$\Ubuntu\home\u\.claude"], 1),
    ],
    ids=str,
)
def test_what_is_no_target(home: UserHome, other: Path, words: list[str], code: int) -> None:
    (home.root / "third").mkdir()
    (home.root / "link").symlink_to(home.root / "other")
    listed = home.ok("target", "list").out
    ran = home.run("target", *words)
    assert (ran.code, ran.err.count("\n")) == (code, 2), ran
    assert home.ok("target", "list").out == listed


def test_removed_it_is_left_as_it_is_and_named_if_it_carries_a_profile(home: UserHome, other: Path) -> None:
    home.ok("switch", "work")
    before = other.read_bytes()
    ran = home.ok("target", "remove", "other")
    assert f"off --settings {other}" in ran.err
    home.ok("switch", "safe")
    assert other.read_bytes() == before
    home.ok("off", "--settings", str(other))
    assert other.read_bytes() == OTHER


def test_a_list_that_cannot_be_read_stops_a_switch_before_anything_is_written(
    home: UserHome, other: Path
) -> None:
    (home.own / "targets.json").write_text("{")
    ran = home.run("switch", "work")
    assert (ran.code, home.settings.read_bytes()) == (1, SETTINGS)
    assert ran.err.startswith(f"Error: {home.own / 'targets.json'} is damaged")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_targets_cost_a_switch_one_look(home: UserHome, tmp_path: Path) -> None:
    home.add("work")
    log = tmp_path / "log"
    ran = home.spawn("switch", "work", prefix=["strace", "-f", "-o", str(log), "-e", "trace=file"])
    assert ran.code == 0, ran
    assert sum("targets.json" in line for line in log.read_text().splitlines()) == 1


def test_a_helper_in_wsl_is_our_windows_program_as_that_system_sees_it(home: UserHome) -> None:
    locations = find_locations(home.environ, str(home.own))
    app = App(locations, home.environ, interactive=False, directory=str(home.root))
    path = r"\\wsl$\Ubuntu\home\u\.claude\settings.json"
    argv = [r"C:\Program Files\pkcc-tray\pkcc-tray.exe", "--config-dir", r"C:\Users\u\p"]
    app.helper_argv = lambda: argv  # type: ignore[method-assign]
    expected = "'/mnt/c/Program Files/pkcc-tray/pkcc-tray.exe' --config-dir 'C:\\Users\\u\\p' key print "
    assert app.switcher_at(path).helper_prefix == expected


def test_a_target_s_own_sessions_are_listed(home: UserHome, other: Path) -> None:
    home.ok("switch", "work", "--target", "other")
    with subprocess.Popen(["sleep", "60"]) as process:
        (other.parent / "sessions").mkdir()
        row = {"cwd": str(home.root), "version": "2", "startedAt": 1}
        (other.parent / "sessions" / f"{process.pid}.json").write_text(json.dumps(row))
        (found,) = home.ok("sessions", "--json").json()["data"]["sessions"]
        process.kill()
    assert (found["profile"], found["settings"], found["decided_by_file"]) == ("work", str(other), str(other))


def test_an_edited_profile_reaches_the_targets_but_not_over_outside_changes(
    home: UserHome, other: Path
) -> None:
    """Else one of two directories would go on with the old route, and nobody would say so."""
    home.ok("switch", "work")
    home.ok("set", "work", "route", '{"kind": "provider", "provider": "@b"}')
    assert "x-portkey-provider: @b" in env_of(other)["ANTHROPIC_CUSTOM_HEADERS"]
    other.write_text(other.read_text().replace("@b", "@mine"))
    ran = home.ok("set", "work", "route", '{"kind": "provider", "provider": "@c"}')
    assert "@c" in env_of(home.settings)["ANTHROPIC_CUSTOM_HEADERS"]
    assert "@mine" in other.read_text()
    assert str(other) in ran.err
