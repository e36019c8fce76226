"""VS Code's own settings: variables that it gives the client, which is started here as its extension does.

What goes wrong here leaves a user with one route in the terminal and another, or no key, in the editor.
"""

from __future__ import annotations

import json

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.recorder import Recorder

KEY = "pk-of-the-gateway"


def in_editor(command: Command, recorder: Recorder, values: dict[str, str]) -> bool:
    """Whether a prompt of a session in the editor goes as the profile says."""
    recorder.clear()
    run_once(command.home, "ping", {**values, "CLAUDE_CODE_ENTRYPOINT": "claude-vscode"})
    sent = [(call.header("authorization"), call.body["model"]) for call in recorder.model_calls]
    return sent == [(f"Bearer {KEY}", "claude-opus-5-5")]


@pytest.mark.parametrize(
    ("values", "goes_astray"),
    [
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "ANTHROPIC_AUTH_TOKEN": "sk-x"}, False),
        ({"CLAUDE_CODE_SIMPLE": "1"}, True),
        ({"ANTHROPIC_MODEL": "claude-haiku-5-5"}, True),
        ({"CLAUDE_CODE_USE_BEDROCK": "1"}, True),
        ({"CLAUDE_CONFIG_DIR": "~/.cc"}, True),
    ],
)
def test_what_the_editor_s_variables_do(
    command: Command, recorder: Recorder, values: dict[str, str], goes_astray: bool
) -> None:
    """The first are beaten by the settings."""
    command.add("work", "--provider", "@a", "--gateway", recorder.url, key=KEY)
    file = command.home / ".config" / "Code" / "User" / "settings.json"
    file.parent.mkdir(parents=True)
    rows = json.dumps([{"name": name, "value": value} for name, value in values.items()])
    file.write_text(f'{{ // mine\n"claudeCode.environmentVariables": {rows},\n}}')
    said = command.run("switch", "work").stderr
    assert (f"{file} sets {next(iter(values))}" in said) is goes_astray
    found = command.findings().get("editor-variable", {"severity": "none"})
    assert (found["severity"] in ("problem", "warning")) is goes_astray
    assert in_editor(command, recorder, values) is not goes_astray


def test_the_remedy_for_a_directory_of_the_editor_s(command: Command, recorder: Recorder) -> None:
    command.add("work", "--provider", "@a", "--gateway", recorder.url, key=KEY)
    other = command.home / "cc"
    other.mkdir()
    values = {"CLAUDE_CONFIG_DIR": str(other)}
    file = command.home / "project" / ".vscode" / "settings.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"terminal.integrated.env.linux": values}))
    command.data("switch", "work")
    assert not in_editor(command, recorder, values)
    command.type(command.findings()["editor-variable"]["command"])
    assert "editor-variable" not in command.findings()
    assert in_editor(command, recorder, values)
