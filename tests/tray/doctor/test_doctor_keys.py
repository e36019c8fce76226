"""Faults of keys, of the helper that hands them out, and of profiles: planted, found, fixed, gone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome
from support.home.user_home import KEY
from support.remedies.key_rows import (
    identity_back,
    passphrase_known,
    vault_with_a_passphrase,
    vault_without_its_identity,
)

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def key_in_settings(home: DoctorHome) -> None:
    """As the user may choose: no fault in itself."""
    home.ok("set", "work", "key_delivery", "settings")
    assert KEY in home.settings.read_text()
    assert home.findings() == []


def repository(home: DoctorHome, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    home.git(directory, "init", "--quiet")


# Keys in the clear -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"env": {"ANTHROPIC_FOUNDRY_API_KEY": "SECRET"}}',
        '{"env": {"CLAUDE_CODE_OAUTH_TOKEN": "SECRET"}}',
        '{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a\\nx-portkey-azure-ad-token: SECRET"}}',
        '{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-api-key: SECRET"}}',
    ],
)
def test_any_secret_of_claude_code_s_or_portkey_s_in_the_settings_is_one(home: DoctorHome, text: str) -> None:
    """Their user would not hear that a file with a key is tracked by git, or read by others."""
    home.ok("off")
    home.file(".claude/settings.json", text.replace("SECRET", FOREIGN), 0o644)
    home.expect("mode", "problem")
    home.expect("key-in-settings", "warning")


def test_a_key_is_named_as_its_owner_knows_it(home: DoctorHome) -> None:
    """`displaced.44b7392a…` is a name of ours, which no command takes."""
    for key, name in ((KEY, "your key 'work'"), (FOREIGN, "a value of yours that `off` put back")):
        home.ok("off")
        home.settings.write_text(
            json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": f"Authorization: Bearer {key}"}})
        )
        home.ok("switch", "work")
        home.ok("off")
        what = [each["what"] for each in home.findings() if each["check"] == "key-in-settings"]
        assert what == [f"{home.settings} holds a key in the clear: {name}"]


def test_what_names_no_secret_is_none(home: DoctorHome) -> None:
    virtual, about = "x-portkey-virtual-key: virtual-0123456789", "ANTHROPIC_VERTEX_PROJECT_ID"
    home.by_hand(
        virtual, **{about: "my-project-0123456789", "CLAUDE_CODE_SKIP_VERTEX_AUTH": "true-0123456789"}
    )
    home.absent("key-in-settings")


def test_a_key_where_no_profile_writes(home: DoctorHome) -> None:
    home.edit_settings('"vim"', f'"vim", "MINE": "{KEY}"')
    assert home.expect("key-in-settings", "warning")["command"] == ""
    home.edit_settings(KEY, "")
    home.absent("key-in-settings")


def test_an_anthropic_key_without_portkey(home: DoctorHome) -> None:
    home.by_hand(ANTHROPIC_API_KEY="sk-ant-own-key")
    assert "Log in" in home.expect("key-in-settings", "warning")["advice"]


def test_the_home_s_own_local_settings_are_no_old_copy(home: DoctorHome) -> None:
    written = home.file(".claude/settings.local.json", f'{{"env": {{"MINE": "{KEY}"}}}}')
    home.expect("key-in-project", "warning")
    written.unlink()
    home.absent("key-in-project")


def test_a_key_that_git_tracks(home: DoctorHome) -> None:
    key_in_settings(home)
    repository(home, home.claude)
    home.git(home.claude, "add", "settings.json")
    home.mended_by_its_command("tracked", "problem")
    home.absent("trackable")
    home.git(home.claude, "add", ".")
    staged = subprocess.run(
        ["git", "ls-files"], cwd=home.claude, env=home.environ, capture_output=True, check=True
    )
    assert b"settings.json" not in staged.stdout
    assert KEY in home.settings.read_text()


def test_dotfiles_in_a_bare_repository_that_track_a_key(home: DoctorHome) -> None:
    """Nothing above the file tells of it, and `yadm push` takes the key to the dotfiles' public page."""
    home.by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED)
    repo = home.root / ".local" / "share" / "yadm" / "repo.git"
    repo.parent.mkdir(parents=True, exist_ok=True)
    home.git(home.root, "init", "-q", "--bare", str(repo))
    home.git(home.root, f"--git-dir={repo}", "config", "core.bare", "false")
    home.git(home.root, f"--git-dir={repo}", "config", "core.worktree", str(home.root))
    home.absent("tracked")
    home.git(home.root, f"--git-dir={repo}", "add", str(home.settings))
    assert str(repo) in home.mended_by_its_command("tracked", "problem")["what"]
    assert home.settings.exists()


@pytest.mark.parametrize(
    ("folder", "mark"),
    [
        ("OneDrive - Acme", ""),
        ("Dropbox (Acme)", ""),
        ("Library/Mobile Documents/com~apple~CloudDocs", ""),
        ("Library/CloudStorage/GoogleDrive-me@acme.example", ""),
        ("notes", ".stfolder"),
    ],
)
def test_a_key_that_is_copied_to_other_machines(home: DoctorHome, folder: str, mark: str) -> None:
    key_in_settings(home)
    synced = home.root / folder
    synced.mkdir(parents=True)
    if mark:
        (synced / mark).mkdir()
    home.claude.rename(synced / "claude")
    home.claude.symlink_to(synced / "claude")
    home.expect("synced", "warning")
    home.claude.unlink()
    (synced / "claude").rename(home.claude)
    home.absent("synced")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".claude/settings.json.bak", json.dumps({"env": {"ANTHROPIC_AUTH_TOKEN": FOREIGN}})),
        (".claude/settings.json~", json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": ROUTE}})),
        (".claude/settings.json.tmp.12.ab", f'{{"env": {{"MINE": "{KEY}"'),
        (".claude/backups/.claude.json.backup.1", f"{{'x': '{KEY}'}}"),
    ],
)
def test_a_key_in_an_old_copy(home: DoctorHome, path: str, text: str) -> None:
    home.file(path, text)
    home.mended_by_its_command("key-in-backup", "warning")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".bashrc", f'export ANTHROPIC_AUTH_TOKEN="{FOREIGN}"\n'),
        (".zshenv", f"# ANTHROPIC_API_KEY={FOREIGN}\n"),
        (".config/fish/conf.d/k.fish", f"set -gx PORTKEY_API_KEY {FOREIGN}\n"),
        (
            ".config/powershell/profile.ps1",
            f"$env:ANTHROPIC_CUSTOM_HEADERS = 'x-portkey-api-key: {FOREIGN}'\n",
        ),
        (".config/fish/functions/k.fish", f"function k\nPORTKEY_API_KEY={FOREIGN} claude\nend\n"),
        (".config/fish/conf.d/k.fish.old", f"set -gx PORTKEY_API_KEY {FOREIGN}\n"),
        (".zsh/.zshrc", f"export PORTKEY_API_KEY={FOREIGN}\n"),
        (".zsh_history", f": 1:0;curl -H k:{KEY}\n"),
        (".bashrc", f'export ANTHROPIC_AUTH_TOKEN="${{PORTKEY_API_KEY:-{FOREIGN}}}"\n'),
        (".bashrc", f"PORTKEY_API_KEY={FOREIGN} ANTHROPIC_AUTH_TOKEN=$PORTKEY_API_KEY claude\n"),
        (".config/powershell/profile.ps1", f"$env:PORTKEY_API_KEY = '{FOREIGN}'\n"),
    ],
)
def test_a_key_in_a_file_of_the_shell_s(home: DoctorHome, path: str, text: str) -> None:
    home.environ["ZDOTDIR"] = str(home.root / ".zsh")
    written = home.file(path, text)
    assert str(written) in home.expect("key-in-shell", "warning")["what"]
    written.write_text("export PATH\n")
    home.absent("key-in-shell")


@pytest.mark.parametrize(
    "text",
    [
        "export ANTHROPIC_AUTH_TOKEN=$(pass show portkey)\n",
        'export PORTKEY_API_KEY="$KEY_FROM_ELSEWHERE"\n',
        "export ANTHROPIC_API_KEY=YOUR_PORTKEY_API_KEY\n",
        "unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN\n",
        "unset ANTHROPIC_API_KEY\nHISTCONTROL=ignoreboth\n",
        "alias c='ANTHROPIC_AUTH_TOKEN=$PORTKEY_API_KEY ANTHROPIC_MODEL=@a/claude-x-1 node a.js'\n",
        "export PORTKEY_API_KEY ANTHROPIC_MODEL=@a/claude-x-1\n",
        'curl -H "x-portkey-api-key: ${PORTKEY_API_KEY}" https://gateway.example\n',
        "echo $PORTKEY_API_KEY ~/a-file-of-mine\n",
        "gateway --key $env:PORTKEY_API_KEY --verbose\n",
        ': "${PORTKEY_API_KEY:?is-not-set}"\n',
    ],
)
def test_what_only_looks_like_a_key_is_no_finding(home: DoctorHome, text: str) -> None:
    home.file(".bashrc", text)
    assert home.findings() == []


def test_a_key_in_the_project(home: DoctorHome) -> None:
    written = home.file(".env", f"ANTHROPIC_API_KEY={FOREIGN}\n")
    home.expect("key-in-project", "warning")
    written.unlink()
    home.absent("key-in-project")


# The helper ------------------------------------------------------------------------------------------------


def helper_of(home: DoctorHome) -> str:
    command: str = json.loads(home.settings.read_text())["apiKeyHelper"]
    return command


def test_a_helper_that_keeps_claude_code_waiting(home: DoctorHome) -> None:
    home.helper_takes_s = 1.1
    assert "takes 1.1 seconds" in home.expect("helper-slow", "warning")["what"]
    home.helper_takes_s = 0.9
    home.absent("helper-slow")


def test_a_helper_that_hands_out_no_key(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", 'cmd:["false"]')
    home.expect("helper-fails", "problem")
    home.ok("set", "work", "api_key", "keyring:work")
    home.absent("helper-fails")


# Keys ------------------------------------------------------------------------------------------------------


def test_a_variable_that_should_hold_the_key(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", "env:PORTKEY")
    home.expect("key-missing", "problem")
    home.environ["PORTKEY"] = KEY
    home.absent("key-missing")


def test_a_vault_without_its_identity(home: DoctorHome) -> None:
    vault_without_its_identity(home)
    home.expect("vault-closed", "problem")
    identity_back(home)
    home.absent("vault-closed")


def test_a_vault_whose_passphrase_no_session_knows(home: DoctorHome) -> None:
    vault_with_a_passphrase(home)
    home.expect("vault-closed", "warning")
    passphrase_known(home)
    home.absent("vault-closed")


def test_a_vault_that_travels_with_the_key_file_that_opens_it(home: DoctorHome) -> None:
    (home.data / ".dropbox.cache").mkdir()
    home.expect("synced", "warning")
    (home.data / ".dropbox.cache").rmdir()
    home.absent("synced")


# Profiles --------------------------------------------------------------------------------------------------


def test_a_profile_that_others_can_change(home: DoctorHome) -> None:
    (home.profiles / "work.json").chmod(0o666)
    home.mended_by_its_command("profile-mode", "problem")


def test_a_profile_that_is_passed_over(home: DoctorHome) -> None:
    odd = home.file(".config/pkcc-tray/profiles/my work.json", "{}")
    home.expect("profile-name", "warning")
    odd.unlink()
    home.absent("profile-name")


def test_a_profile_whose_config_file_is_gone(home: DoctorHome) -> None:
    config = home.file("c.json", '{"provider": "@a"}')
    home.ok("add", "c", "--config-file", "c.json", "--key-ref", "keyring:work")
    config.rename(home.root / "d.json")
    home.expect("profile-config", "problem")
    (home.root / "d.json").rename(config)
    home.absent("profile-config")
