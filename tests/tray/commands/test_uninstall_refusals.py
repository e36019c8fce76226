"""`uninstall` says what it cannot put back, and what it may not do, before anything has gone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.home.forced import force
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome

from profiles.secrets.store import SecretStore
from tray.actions.more.computer import program

OLD = "sk-ant-CANARY-of-before-the-first-switch"
PROGRAM = str(Path(program.__file__).resolve())


def files(home: UserHome) -> dict[str, bytes]:
    found = [path for path in home.root.rglob("*") if path.is_file() and not path.name.endswith("lock")]
    return {str(path.relative_to(home.root)): path.read_bytes() for path in found}


def on_a_drive(home: UserHome) -> Path:
    """A target with a secret of its own that is kept, and a project, both on a drive that is taken out."""
    drive = home.root / "drive"
    (drive / ".claude").mkdir(parents=True)
    (drive / ".claude" / "settings.json").write_text(json.dumps({"env": {"ANTHROPIC_AUTH_TOKEN": OLD}}))
    subprocess.run(["git", "init", "-q", str(drive / "repo")], check=True)
    home.add()
    home.ok("target", "add", "second", str(drive / ".claude"))
    home.ok("switch", "work")
    home.ok("project", "add", str(drive / "repo"), "--metadata", "a=b")
    drive.rename(home.root / "elsewhere")
    return drive


def test_what_is_not_there_is_named_and_kept_until_it_is_said_to_be_forgotten(home: UserHome) -> None:
    """The one copy of a token from before the first switch would be gone, and it said so afterwards."""
    drive = on_a_drive(home)
    missing = [str(drive / ".claude" / "settings.json"), str(drive / "repo")]
    assert home.ok("uninstall", "--dry-run", "--json").json()["data"]["traces"]["missing"] == missing
    shown = home.ok("uninstall", "--dry-run").out
    assert all(path in shown for path in missing), shown
    assert "forgotten only by --forget-missing" in shown
    there = files(home)
    ran = home.run("uninstall", "--yes")
    assert (ran.code, f"{missing[0]} cannot be put back, nor can 1 other" in ran.err) == (4, True), ran
    assert ("--forget-missing" in ran.err, "`pkcc-tray project add` where" in ran.err) == (True, True)
    assert files(home) == there
    (home.root / "elsewhere").rename(drive)
    home.ok("uninstall", "--yes")
    assert json.loads((drive / ".claude" / "settings.json").read_bytes())["env"] == {
        "ANTHROPIC_AUTH_TOKEN": OLD
    }
    assert not home.own.exists()


def test_it_can_be_forgotten_and_is_asked_at_a_terminal(home: UserHome) -> None:
    drive = on_a_drive(home)
    with terminal(["uninstall"], home.environ, home.root) as screen:
        assert "~/drive/repo" in screen.expect("Take all of it away? (y/N)")
        screen.type("n\r")
        assert screen.finish() == 4
    ran = home.ok("uninstall", "--yes", "--forget-missing")
    assert f"{drive / 'repo'} was left as it is: it is not there" in ran.text
    assert not home.own.exists()


def test_a_renamed_home_is_not_missing(home: UserHome) -> None:
    """Its memory is found by what the settings say; else a move would have to be undone first."""
    home.add()
    before = home.settings.read_bytes()
    home.ok("switch", "work")
    moved = home.root.with_name("renamed")
    shutil.move(home.root, moved)
    again = UserHome.__new__(UserHome)
    again.__dict__ = {**home.__dict__, "root": moved, "environ": {**home.environ, "HOME": str(moved)}}
    ran = again.ok("uninstall", "--yes")
    assert (moved / ".claude" / "settings.json").read_bytes() == before
    assert "not there" not in ran.text


def test_nothing_is_noted_of_settings_that_were_never_switched(home: UserHome) -> None:
    home.add()
    shutil.rmtree(home.claude)
    ran = home.ok("uninstall", "--yes")
    assert "not there" not in ran.text
    assert not home.own.exists()


@pytest.mark.parametrize("settings_are_there", [True, False])
def test_a_lost_secret_of_a_project_is_said_once(home: UserHome, settings_are_there: bool) -> None:
    """The place of a token in a project's file is empty after that: who is not told looks for it in vain."""
    subprocess.run(["git", "init", "-q", str(home.root / "repo")], check=True)
    local = home.root / "repo" / ".claude" / "settings.local.json"
    local.parent.mkdir()
    local.write_text(json.dumps({"env": {"ANTHROPIC_AUTH_TOKEN": OLD}}))
    (home.root / "repo" / ".git" / "info" / "exclude").write_text("settings.local.json\n")
    home.add()
    home.ok("switch", "work")
    home.ok("project", "add", "repo")
    home.ok("switch", "work", "--project", "repo")
    kept = list((home.root / ".local/share/pkcc-tray/vault/keys").glob("displaced.*"))
    assert kept
    for path in kept:
        path.unlink()
    if not settings_are_there:
        shutil.rmtree(home.claude)
    ran = home.ok("uninstall", "--yes", "--forget-missing")
    assert ran.text.count(f"{home.root / 'repo'}: a secret of before the first switch is gone") == 1, ran
    assert "pkcc-tray" not in local.read_text()
    assert home.claude.exists() is settings_are_there


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"required_profile": "work"}, "Acme IT requires the profile work"),
        ("{", "policy.json"),
    ],
)
def test_what_a_policy_forbids_is_refused_before_anything_goes(
    home: UserHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: dict[str, str] | str, said: str
) -> None:
    """Half of it would be gone, and nobody would know whom to ask."""
    home.add()
    home.add("other")
    home.ok("switch", "work")
    there = files(home)
    if isinstance(policy, str):
        force(monkeypatch, tmp_path / "etc")
        (tmp_path / "etc" / "pkcc-tray" / "policy.json").write_text(policy)
    else:
        force(monkeypatch, tmp_path / "etc", managed_by={"name": "Acme IT"}, **policy)
    deleted: list[str] = []
    monkeypatch.setattr(SecretStore, "delete", lambda _, name: deleted.append(name))
    for line in (("uninstall", "--yes"), ("uninstall", "--dry-run")):
        ran = home.run(*line)
        assert (ran.code, said in ran.err, ran.out) == (4, True, ""), ran
    assert (files(home), deleted) == (there, [])
    assert home.ok("key", "print", "work").out.strip() == KEY


def test_two_settings_files_are_both_as_before(home: UserHome) -> None:
    """Who has two accounts by CLAUDE_CONFIG_DIR would find one of them with a helper that is gone."""
    second = home.root / "second"
    second.mkdir()
    (second / "settings.json").write_text('{"env": {"A": "1"}}')
    before = home.settings.read_bytes()
    home.add()
    home.ok("switch", "work")
    home.environ["CLAUDE_CONFIG_DIR"] = str(second)
    home.ok("switch", "work")
    del home.environ["CLAUDE_CONFIG_DIR"]
    shown = home.ok("uninstall", "--dry-run").out
    assert f"{second / 'settings.json'}: as before" in shown
    home.ok("uninstall", "--yes")
    assert home.settings.read_bytes() == before
    assert (second / "settings.json").read_text() == '{"env": {"A": "1"}}'


def test_two_directories_of_ours_are_cleared_each_by_its_own_option(home: UserHome) -> None:
    """The FAQ says so: one must not take the other's profiles and keys along."""
    second = home.root / "second"
    second.mkdir()
    (second / "settings.json").write_text("{}")
    before, own = home.settings.read_bytes(), str(home.root / "own")
    home.add()
    home.ok("switch", "work")
    home.environ["CLAUDE_CONFIG_DIR"] = str(second)
    home.ok("--config-dir", own, "add", "b", "--provider", "@b", "--key-stdin", stdin=f"{KEY}\n")
    home.ok("--config-dir", own, "switch", "b")
    del home.environ["CLAUDE_CONFIG_DIR"]
    home.ok("uninstall", "--yes")
    assert home.settings.read_bytes() == before
    assert home.ok("--config-dir", own, "key", "print", "b").out.strip() == KEY
    home.ok("--config-dir", own, "uninstall", "--yes")
    assert (second / "settings.json").read_text() == "{}"
    assert not Path(own).exists()
    assert home.settings.read_bytes() == before


@pytest.mark.parametrize(
    ("appdir", "ours"), [("/tmp/.mount_Cursor", False), ("", False), (str(Path(PROGRAM).parents[2]), True)]
)
def test_an_editor_that_is_an_appimage_is_not_said_to_be_the_program(appdir: str, ours: bool) -> None:
    """Who did as it said would have deleted their editor."""
    environ = {"APPIMAGE": "/home/j/Some.AppImage"} | ({"APPDIR": appdir} if appdir else {})
    assert ("Some.AppImage" in program.how_to_remove(environ)) is ours


@pytest.mark.parametrize(
    ("platform", "frozen", "prefix", "here", "said"),
    [
        ("win32", True, r"C:\Users\J D\AppData\Local\Programs\pkcc-tray", "", "in Settings, Apps"),
        ("darwin", True, "/Applications/pkcc-tray.app/Contents/MacOS", "", "to the Trash"),
        (
            "win32",
            False,
            r"C:\Users\j\AppData\Roaming\uv\tools\pkcc-tray",
            "",
            "`uv tool uninstall pkcc-tray`",
        ),
        ("win32", False, r"C:\Users\j\pipx\venvs\pkcc-tray", "", "`pipx uninstall pkcc-tray`"),
        ("darwin", False, "/Users/j/.local/share/uv/tools/pkcc-tray", "", "`uv tool uninstall pkcc-tray`"),
        ("linux", False, "/usr", "/usr/lib/pkcc-tray/site-packages/tray/x.py", "apt remove pkcc-tray"),
        ("win32", False, r"C:\x", "", r"`& 'C:\Program Files\Py\python.exe' -m pip uninstall pkcc-tray`"),
        ("darwin", False, "/x", "", r"`'C:\Program Files\Py\python.exe' -m pip uninstall pkcc-tray`"),
    ],
)
def test_each_system_is_told_a_command_that_its_shell_takes(
    monkeypatch: pytest.MonkeyPatch, platform: str, frozen: bool, prefix: str, here: str, said: str
) -> None:
    """The last line of all: who cannot run it is left with a program that has nothing any more."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\Py\python.exe")
    assert said in program._by_place(prefix, here, {})
