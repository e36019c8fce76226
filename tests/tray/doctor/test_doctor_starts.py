"""What starts Claude Code past the active profile: aliases, functions, wrappers; and what does so in vain."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support.home.doctor_home import FOREIGN, HOSTED, DoctorHome

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)
CHECK = "own-start"


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


@pytest.mark.parametrize(
    ("path", "text", "named", "words"),
    [
        (".bashrc", "alias cpk='CLAUDE_CODE_USE_MANTLE=1 claude'\n", "MANTLE", "alias 'cpk'"),
        (".zshrc", "cpb() {\n  export CLAUDE_CODE_USE_FOUNDRY=1\n  claude\n}\n", "FOUNDRY", "function 'cpb'"),
        (".bash_aliases", "alias x='env CLAUDE_CODE_SIMPLE=1 claude'\n", "SIMPLE", "alias 'x'"),
        (".config/fish/functions/f.fish", "function f; set -lx CLAUDE_CODE_SIMPLE 1; claude; end", "SIMPLE",
         "function 'f'"),
        (".config/powershell/profile.ps1", 'function p { $env:CLAUDE_CODE_SIMPLE = "1"; claude }', "SIMPLE",
         "function 'p'"),
        (".profile", "alias s='claude --settings ~/other.json'\n", "--settings", "alias 's'"),
    ],
)  # fmt: skip
def test_a_start_that_the_settings_do_not_answer(
    home: DoctorHome, path: str, text: str, named: str, words: str
) -> None:
    """The profile is active, `status` says so, and this session sends its key elsewhere all the same."""
    file = home.file(path, text)
    found = home.expect(CHECK, "problem")
    assert (str(file) in found["what"], named in found["what"], words in found["what"]) == (True, True, True)
    assert "exec work -- claude" in found["advice"]
    file.write_text(text.replace("claude", "pkcc-tray exec work -- claude"))
    home.absent(CHECK)


def test_a_start_that_goes_on_with_other_settings(home: DoctorHome) -> None:
    (home.root / ".claude-two").mkdir()
    home.file(".bashrc", "alias two='CLAUDE_CONFIG_DIR=~/.claude-two claude'\n")
    assert "target add" in home.expect(CHECK, "problem")["advice"]
    home.ok("target", "add", "two", str(home.root / ".claude-two"))
    home.absent(CHECK)


def test_a_start_that_differs_in_the_model_alone(home: DoctorHome) -> None:
    home.file(".bashrc", "alias o='ANTHROPIC_MODEL=opus claude'\n")
    assert "ANTHROPIC_MODEL" in home.expect(CHECK, "warning")["what"]


def test_a_start_that_the_settings_beat(home: DoctorHome) -> None:
    """Who calls it believes to be on another route, with another key."""
    file = home.file(
        ".bashrc", f"alias a='ANTHROPIC_BASE_URL={HOSTED}/x ANTHROPIC_AUTH_TOKEN={FOREIGN} claude'\n"
    )
    found = home.expect(CHECK, "note")
    assert "ANTHROPIC_BASE_URL, ANTHROPIC_AUTH_TOKEN, and the settings win" in found["what"]
    assert f"pkcc-tray import {file}" in found["advice"]
    file.write_text(f"alias a='ANTHROPIC_BASE_URL={HOSTED} claude'\nalias b='claude -c'\n")
    home.absent(CHECK)


def test_a_wrapper_in_place_of_the_client(home: DoctorHome) -> None:
    wrapper = home.program(
        home.root / "bin" / "claude",
        'export CLAUDE_CODE_USE_FOUNDRY=1\nexec "$HOME/.local/bin/claude" "$@"',
    )
    home.absent(CHECK)
    home.environ["PATH"] = f"{wrapper.parent}:{home.environ['PATH']}"
    assert str(wrapper) in home.expect(CHECK, "problem")["what"]
    home.program(wrapper, 'export CLAUDE_CODE_USE_FOUNDRY=1\nreal=/x/y\n"$real" "$@"')
    assert "FOUNDRY" in home.expect(CHECK, "problem")["what"]
    home.program(wrapper, 'exec "$HOME/.local/bin/claude" "$@"')
    home.absent(CHECK)


def test_a_start_with_the_very_directory_of_the_settings_by_another_name(home: DoctorHome) -> None:
    """A linked ~/.claude is the usual way of those who keep it with their dotfiles."""
    (home.root / "dotfiles").symlink_to(home.claude)
    home.file(".bashrc", "alias two='CLAUDE_CONFIG_DIR=~/dotfiles claude'\n")
    home.absent(CHECK)


def test_an_editor_s_variables_are_looked_at_though_the_list_of_targets_is_damaged(home: DoctorHome) -> None:
    """Two things are wrong then; the editor's sessions send the key elsewhere all the same."""
    home.file(".config/pkcc-tray/targets.json", "{")
    variables = [{"name": "CLAUDE_CODE_USE_FOUNDRY", "value": "1"}]
    home.file(".config/Code/User/settings.json", json.dumps({"claudeCode.environmentVariables": variables}))
    assert "FOUNDRY" in home.expect("editor-variable", "problem")["what"]
