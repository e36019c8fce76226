"""Doctor as a whole: writes nothing unasked, ends in time, fixes what is safe, works where little does."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome, aged, snapshot
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import KEY, UserHome
from support.keyring.secret_service import secret_service

from tray.doctor import CHECKS, Context
from tray.doctor.examine import examine
from tray.doctor.finding import Finding, note

CHECKS_S = 4.0  # for all checks together; a person waits a second more at most
if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)


@pytest.fixture
def doctor_home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def faulty(home: DoctorHome) -> None:
    """One of each fault that may be fixed unasked, and some that may not."""
    home.ok("set", "work", "key_delivery", "settings")
    home.settings.chmod(0o644)
    session = home.file(f".claude/sessions/{os.getpid()}.json", json.dumps({"pid": os.getpid(), "cwd": "/"}))
    home.ok("set", "work", "models.sonnet", "claude-new")
    home.ok("set", "work", "models.sonnet", "--unset")
    session.unlink()
    home.settings.chmod(0o644)
    lock = home.claude / "settings.json.lock"
    lock.mkdir()
    copy = home.file(".claude/.settings.json.pkcc-1-abcdef01.tmp", "{")
    aged(lock, copy)
    (home.profiles / "work.json").chmod(0o666)
    (home.data / "vault" / "identity.txt").chmod(0o644)
    entry = home.root / ".config/autostart/pkcc-tray.desktop"
    entry.write_text(entry.read_text().replace(f"Exec={sys.executable}", "Exec=/opt/gone/python"))
    home.file(".bashrc", f"export ANTHROPIC_API_KEY={FOREIGN}\n")
    home.file(".claude/settings.json.bak", f'{{"env": {{"ANTHROPIC_API_KEY": "{FOREIGN}"}}}}', 0o644)
    home.file(".config/pkcc-tray/profiles/broken.json", "{")


FIXABLE = {
    "mode": 2,
    "blanks": 1,
    "stale-lock": 1,
    "crash-leftovers": 1,
    "profile-mode": 1,
    "vault-mode": 1,
    "autostart": 1,
}


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {check: sum(row["check"] == check for row in rows) for check in {row["check"] for row in rows}}


# Writing ---------------------------------------------------------------------------------------------------


def test_without_fix_nothing_is_written(doctor_home: DoctorHome) -> None:
    faulty(doctor_home)
    # A rendering that is not kept yet would be kept by any other command.
    path = doctor_home.profiles / "work.json"
    path.write_text(path.read_text().replace("@anthropic-prod", "@other"))
    before = snapshot(doctor_home.root)
    assert len(doctor_home.findings()) > len(FIXABLE)
    doctor_home.run("doctor")
    assert snapshot(doctor_home.root) == before


def test_a_helper_that_would_write_is_not_run(doctor_home: DoctorHome) -> None:
    path = doctor_home.profiles / "work.json"
    path.write_text(path.read_text().replace("@anthropic-prod", "@other"))
    before = snapshot(doctor_home.root)
    doctor_home.expect("profile-edited", "warning")
    assert snapshot(doctor_home.root) == before


def test_fix_does_what_is_safe_and_nothing_else(doctor_home: DoctorHome) -> None:
    faulty(doctor_home)
    rows = doctor_home.findings()
    assert counts([row for row in rows if row["fixable"]]) == FIXABLE
    others = [row["check"] for row in rows if not row["fixable"]]
    before = snapshot(doctor_home.root)
    answer = doctor_home.run("doctor", "--fix", "--json").json()
    assert counts(answer["data"]["mended"]) == FIXABLE
    assert [row["check"] for row in answer["data"]["findings"]] == others
    assert [row["check"] for row in doctor_home.findings()] == others
    after = snapshot(doctor_home.root)
    gone = {*before} - {*after}
    assert gone == {".claude/settings.json.lock", ".claude/.settings.json.pkcc-1-abcdef01.tmp"}
    for path in (
        doctor_home.settings,
        doctor_home.profiles / "work.json",
        doctor_home.claude / "settings.json.bak",
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEY in doctor_home.settings.read_text()
    doctor_home.ok("undo")


def test_fix_leaves_alone_what_was_changed_outside(doctor_home: DoctorHome) -> None:
    # A helper that is gone is written again, but not over somebody's other changes.
    helper = json.loads(doctor_home.settings.read_text())["apiKeyHelper"]
    doctor_home.edit_settings(helper.split(" ")[0], "/opt/gone/python")
    doctor_home.edit_settings("@anthropic-prod", "@mine")
    before = doctor_home.settings.read_bytes()
    assert doctor_home.run("doctor", "--fix").code == 1
    assert doctor_home.settings.read_bytes() == before


def test_a_person_is_shown_it_all_and_asked(doctor_home: DoctorHome) -> None:
    (doctor_home.profiles / "work.json").chmod(0o666)
    with terminal(["doctor", "--fix"], doctor_home.environ, doctor_home.root) as screen:
        screen.expect("chmod go-rwx")
        screen.answer("Fix this? (Y/n)", "n")
        assert screen.finish() == 1
    assert (doctor_home.profiles / "work.json").stat().st_mode & 0o022
    with terminal(["doctor", "--fix"], doctor_home.environ, doctor_home.root) as screen:
        screen.answer("Fix this? (Y/n)", "y")
        assert screen.finish() == 0
        assert "fixed: Other users have rights to" in without_styles(screen.screen)
    assert not (doctor_home.profiles / "work.json").stat().st_mode & 0o022


def test_yes_without_fix_is_a_slip(home: UserHome) -> None:
    assert home.run("doctor", "--yes").code == 2


def test_what_cannot_be_mended_is_said(doctor_home: DoctorHome) -> None:
    lock = doctor_home.claude / "settings.json.lock"
    lock.mkdir()
    (lock / "something").touch()
    aged(lock)
    ran = doctor_home.run("doctor", "--fix", "--json")
    assert ran.code == 1
    assert "could not be fixed" in ran.json()["notes"][0]
    assert (lock / "something").exists()


# Time ------------------------------------------------------------------------------------------------------


def test_a_keyring_and_a_bus_that_hang_hold_it_up_no_longer_than_five_seconds(tmp_path: Path) -> None:
    with secret_service(tmp_path) as service:
        home = UserHome(tmp_path / "home")
        home.environ |= {"DBUS_SESSION_BUS_ADDRESS": service.address, "DISPLAY": ":9"}
        del home.environ["PKCC_SECRETS"]
        home.add("work", "--provider", "@a")
        home.add("other", "--provider", "@b")
        home.ok("switch", "work")
        began = time.monotonic()
        ran = home.spawn("doctor", "--json")
        usual_s = time.monotonic() - began
        assert "keyring" not in [row["check"] for row in ran.json()["data"]["findings"]]
        service.pause()
        began = time.monotonic()
        ran = home.spawn("doctor", "--json")
        took = time.monotonic() - began
        service.resume()
    rows = {row["check"]: row for row in ran.json()["data"]["findings"]}
    assert rows["keyring"]["severity"] == "problem"
    assert "did not answer" in rows["keyring"]["what"]
    assert "client-missing" in rows  # all the rest is there
    assert took <= CHECKS_S + max(1.0, 2 * usual_s)  # twice: this machine may be busy with other tests


def test_a_check_that_hangs_or_fails_does_not_hide_the_others(home: UserHome, tmp_path: Path) -> None:
    from tray.app import App

    over = threading.Event()

    def hangs(context: Context) -> list[Finding]:
        over.wait(60)
        return []

    def fails(context: Context) -> list[Finding]:
        raise RuntimeError(KEY)

    def finds(context: Context) -> list[Finding]:
        return [note("x", "what", "why")]

    app = App.start(home.environ, str(tmp_path / "own"), str(home.settings), wants_json=True)
    found = examine(Context(app), (hangs, fails, finds), limit_s=0.3)
    over.set()
    assert [[row.check for row in rows] for rows in found.values()] == [["doctor"], ["doctor"], ["x"]]
    assert "in time" in found[hangs][0].what
    assert KEY not in str(found)


# Where little works ----------------------------------------------------------------------------------------


def test_a_home_with_nothing_in_it(tmp_path: Path) -> None:
    home = UserHome(tmp_path / "home")
    home.settings.unlink()
    home.claude.rmdir()
    ran = home.run("doctor", "--json")
    assert {row["check"] for row in ran.json()["data"]["findings"]} == {"client-missing"}
    assert list(home.root.iterdir()) == []


def test_a_home_that_is_not_there(tmp_path: Path) -> None:
    home = UserHome(tmp_path / "home")
    home.environ["HOME"] = str(tmp_path / "nowhere")
    ran = home.spawn("doctor", "--json")
    assert "client-missing" in {row["check"] for row in ran.json()["data"]["findings"]}
    assert not (tmp_path / "nowhere").exists()


def test_no_home_at_all_is_said_in_two_lines(home: UserHome) -> None:
    home.environ["HOME"] = ""
    ran = home.spawn("doctor")
    assert (ran.code, len(ran.err.splitlines())) == (1, 2)
    assert "Set HOME" in ran.err
    ran = home.spawn("doctor", "--json", "--config-dir", f"{home.root}/own", "--settings", str(home.settings))
    assert [row for row in ran.json()["data"]["findings"] if row["check"] == "settings-unreadable"] == []


@pytest.mark.parametrize("what", ["directories", "garbage", "links"])
def test_files_that_are_none(home: UserHome, what: str) -> None:
    home.add("work")
    home.ok("switch", "work")
    target = next((home.root / ".local/state/pkcc-tray/targets").iterdir())
    paths = [
        home.settings,
        home.profiles / "work.json",
        home.root / ".local/share/pkcc-tray/keys.json",
        home.root / ".local/share/pkcc-tray/vault/vault.json",
        target / "state.json",
        home.root / ".bashrc",
    ]
    for path in paths:
        path.unlink(missing_ok=True)
        if what == "directories":
            path.mkdir()
        elif what == "garbage":
            path.write_bytes(b"\0\xff{]" * 9)
        else:
            path.symlink_to(path)
    ran = home.run("doctor", "--json")
    checks = {row["check"] for row in ran.json()["data"]["findings"]}
    assert ran.code == 1
    assert {"settings-unreadable", "profile-broken"} <= checks
    assert "Traceback" not in home.run("doctor", "--debug").text


def test_remedies_are_about_the_very_places_that_were_looked_at(home: UserHome) -> None:
    other = home.root / "o ther" / "settings.json"
    places = ["--config-dir", f"{home.root}/my own", "--settings", str(other)]
    home.ok("add", "work", "--provider", "@a", "--key-stdin", *places, stdin=KEY)
    home.ok("switch", "work", *places)
    other.write_text(other.read_text().replace(HOSTED, "https://evil.example"))
    rows = home.run("doctor", "--json", *places).json()["data"]["findings"]
    command = next(row["command"] for row in rows if row["check"] == "drift")
    assert command == f"pkcc-tray --config-dir '{home.root}/my own' --settings '{other}' restore"


def test_no_key_is_shown_whatever_is_found(doctor_home: DoctorHome) -> None:
    doctor_home.by_hand(ROUTE, ANTHROPIC_BASE_URL=f"https://me:{KEY}@x/v1", ANTHROPIC_AUTH_TOKEN=KEY)
    doctor_home.file(".bashrc", f"ANTHROPIC_API_KEY={KEY}")
    doctor_home.environ |= {
        "HTTPS_PROXY": f"socks5://me:{KEY}@proxy",
        "ANTHROPIC_MODEL": f"{KEY} claude-3-opus",
    }
    for options in ([], ["--json"], ["--debug"], ["--fix"]):
        ran = doctor_home.run("doctor", *options)
        assert "problem" in ran.text
        assert "CANARY" not in ran.text


def test_every_check_is_documented() -> None:
    from support.home.user_home import ROOT

    text = (ROOT / "docs" / "doctor.md").read_text()
    sources = "".join(path.read_text() for path in (ROOT / "tray" / "doctor").rglob("*.py"))
    import re

    named = re.findall(r'(?:\b(?:problem|warning|note|found)|\))\(\s*"([a-z-]+)"', sources)
    checks = {*named, *re.findall(r'"((?:key-in|profile|vault)-[a-z]+)"', sources)}
    assert len(checks) > 40
    assert sorted(check for check in checks if f"`{check}`" not in text) == []
    assert len(CHECKS) == len({*CHECKS})
