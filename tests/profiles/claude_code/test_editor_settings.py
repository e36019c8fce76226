"""Where editors keep their settings, and what of them reaches Claude Code.

A place that is not looked at leaves a user with an editor that goes another way, and nothing that says so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from profiles.claude_code.beside.editor_settings import editor_variables

SETTING = "claudeCode.environmentVariables"
VALUES = {"ANTHROPIC_MODEL": "m"}
ROWS = [{"name": "ANTHROPIC_MODEL", "value": "m"}]
WORKSPACE = "project/.vscode/settings.json"
SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "windows"}


class Desk:
    """A home, and what is said to sessions in its project."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._patch = home, monkeypatch
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("USERPROFILE", str(home))

    def write(self, path: str, text: str) -> None:
        (self.home / path).parent.mkdir(parents=True, exist_ok=True)
        (self.home / path).write_text(text, "utf-8")

    def said(self, system: str = "linux", **environ: str) -> list[tuple[str, str, dict[str, str]]]:
        self._patch.setattr("sys.platform", system)
        found = editor_variables({"HOME": str(self.home), **environ}, str(self.home / "project"))
        return [(Path(each.path).relative_to(self.home).as_posix(), *each[1:]) for each in found]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("system", "path"),
    [
        ("linux", ".config/Code/User/settings.json"),
        ("linux", ".config/Code - Insiders/User/settings.json"),
        ("linux", ".config/Cursor/User/profiles/-1a2b/settings.json"),
        ("linux", ".vscode-server/data/Machine/settings.json"),
        ("linux", ".vscode-remote/data/Machine/settings.json"),
        ("linux", ".local/share/code-server/User/settings.json"),
        ("linux", WORKSPACE),
        ("darwin", "Library/Application Support/VSCodium/User/settings.json"),
        ("win32", "AppData/Roaming/Windsurf/User/settings.json"),
    ],
)
def test_each_place(desk: Desk, system: str, path: str) -> None:
    desk.write(path, json.dumps({SETTING: ROWS}))
    assert desk.said(system) == [(path, SETTING, VALUES)]


@pytest.mark.parametrize("at", ["project", "project/deep/er"])
def test_workspaces_are_looked_for_here_and_in_the_repository_s_root(
    desk: Desk, at: str, tmp_path: Path
) -> None:
    """Opened as a workspace, the window's sessions go where its file says, wherever in it one stands."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "project" / "deep" / "er").mkdir(parents=True)
    settings = {SETTING: ROWS}
    desk.write(WORKSPACE, json.dumps(settings))
    desk.write("project/all.code-workspace", "// mine\n" + json.dumps({"settings": settings, **settings}))
    desk.write("project/none.code-workspace", json.dumps(settings | {"settings": [settings]}))
    desk.write("project/deep/another.code-workspace", json.dumps({"settings": settings}))
    found = editor_variables({"HOME": str(tmp_path)}, str(tmp_path / at))
    paths = [Path(each.path).relative_to(tmp_path).as_posix() for each in found]
    assert paths == [WORKSPACE, "project/all.code-workspace"]
    assert found[-1].values == VALUES


def test_a_directory_of_one_s_own(desk: Desk) -> None:
    desk.write("x/Code/User/settings.json", json.dumps({SETTING: ROWS}))
    assert desk.said() == []
    assert desk.said(XDG_CONFIG_HOME=str(desk.home / "x")) != []


@pytest.mark.parametrize(("system", "name"), SYSTEMS.items())
def test_the_terminal_s_variables_are_the_system_s(desk: Desk, system: str, name: str) -> None:
    every = {f"terminal.integrated.env.{each}": {"A": each, "B": None} for each in SYSTEMS.values()}
    desk.write(WORKSPACE, json.dumps(every))
    assert desk.said(system) == [(WORKSPACE, f"terminal.integrated.env.{name}", {"A": name})]


@pytest.mark.parametrize(
    "text",
    [
        '// mine\n{ /* a\n b */ "x": "a // b, }", "claudeCode.environmentVariables": @, }',
        '\ufeff{"claudeCode.environmentVariables": @, // mine\n // the end\n}',
        '{"x": "\\"//", "claudeCode.environmentVariables": @}',
    ],
)
def test_comments_and_trailing_commas_as_editors_allow_them(desk: Desk, text: str) -> None:
    """What the editor replaces (`${env:X}`) is not known here, and says nothing."""
    rows = [*ROWS, {"name": "CLAUDE_CONFIG_DIR", "value": "${env:X}/.cc"}]
    desk.write(WORKSPACE, text.replace("@", json.dumps(rows)))
    assert desk.said()[0][2] == VALUES


@pytest.mark.parametrize(
    "value", ["", "1", '"x"', '[1, {"name": 2}, {"name": "A"}]', '{"A": 1}', "[" * 100_000]
)
def test_what_makes_no_sense_says_nothing(desk: Desk, value: str) -> None:
    desk.write(WORKSPACE, f'{{"{SETTING}": {value}}}')
    assert desk.said() == []
    desk.write(WORKSPACE, f'["{SETTING}", {value or 0}]')
    assert desk.said() == []
