"""A project's own settings that take a profile's route, key or models away: said, and what helps.

What goes wrong here leaves a user with errors of a gateway in one repository, and nothing that says why.
"""

from __future__ import annotations

import json
import shlex

import pytest
from support.client.command import EXECUTABLE, Command
from support.client.real_client import require_client, run_once
from support.gateway.recorder import Recorder, Request

KEY = "pk-of-the-gateway"
MODEL = "claude-sonnet-5-5"
FILES = ("settings.json", "settings.local.json")
CASES = {
    "a line of its own": ({"ANTHROPIC_CUSTOM_HEADERS": "X-Team: a"}, "x-portkey-provider"),
    "no line at all": ({"ANTHROPIC_CUSTOM_HEADERS": ""}, "x-portkey-provider"),
    "metadata alone": ({"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-metadata: {}"}, "x-portkey-provider"),
    "no address": ({"ANTHROPIC_BASE_URL": ""}, "ANTHROPIC_BASE_URL"),
    "another model": ({"ANTHROPIC_MODEL": "claude-opus-5-5"}, "ANTHROPIC_MODEL"),
    "no model": ({"ANTHROPIC_MODEL": ""}, "ANTHROPIC_MODEL"),
    "another key": ({"ANTHROPIC_AUTH_TOKEN": "sk-of-the-project"}, "ANTHROPIC_AUTH_TOKEN"),
}


def goes_as_the_profile_says(request: Request | None) -> bool:
    return (
        request is not None
        and request.header("x-portkey-provider") == "@a"
        and request.header("authorization") == f"Bearer {KEY}"
        and request.body["model"] == MODEL
    )


def ask(command: Command, recorder: Recorder) -> Request | None:
    """The model call of one prompt in the project; None where none came to the gateway."""
    recorder.clear()
    env = {"ANTHROPIC_BASE_URL": f"{recorder.url}/shell", "CLAUDE_CODE_MAX_RETRIES": "0"}
    run_once(command.home, "ping", env)
    return next((call for call in recorder.model_calls if not call.path.startswith("/shell")), None)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("env", "name"), CASES.values(), ids=CASES)
def test_it_is_said_and_the_remedy_helps(
    command: Command, recorder: Recorder, env: dict[str, str], name: str, file: str
) -> None:
    command.add("work", "--provider", "@a", "--gateway", recorder.url, "--model", MODEL, key=KEY)
    path = command.home / "project" / ".claude" / file
    path.parent.mkdir()
    path.write_text(json.dumps({"env": env}))
    said = command.run("switch", "work")
    assert f"{path} " in said.stderr
    assert name in said.stderr
    assert f"{path} " in command.run("status").stderr
    assert not goes_as_the_profile_says(ask(command, recorder))
    found = command.findings()
    assert "no-route" not in found
    assert name in found["overridden"]["what"]
    command.type(found["overridden"]["command"])
    assert "overridden" not in command.findings()
    assert goes_as_the_profile_says(ask(command, recorder))


@pytest.mark.parametrize("env", [case[0] for case in CASES.values()], ids=CASES)
def test_exec_goes_its_own_way(command: Command, recorder: Recorder, env: dict[str, str]) -> None:
    """docs/exec.md promises that no settings file has a say."""
    command.add("work", "--provider", "@a", "--gateway", recorder.url, "--model", MODEL, key=KEY)
    path = command.home / "project" / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"env": env}))
    command.type(shlex.join([str(EXECUTABLE), "exec", "work", "--", str(require_client()), "-p", "ping"]))
    assert goes_as_the_profile_says(next(iter(recorder.model_calls), None))
