"""What doctor calls a problem is one to the real client, and what it says to do makes the client work.

A finding that is wrong here sends a user looking in the wrong place; a remedy that is, makes things worse.
"""

from __future__ import annotations

import json
import shlex

import pytest
from support.client.command import Command
from support.client.real_client import find_client, run_once
from support.gateway.recorder import Recorder

KEY = "pk-doctor-0815"
ROUTE = f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a"


def write(command: Command, **env: str) -> None:
    command.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": ROUTE, **env}}, indent=2))
    command.settings.chmod(0o600)


def test_a_v1_too_much(command: Command, recorder: Recorder) -> None:
    write(command, ANTHROPIC_BASE_URL=f"{recorder.url}/v1", ANTHROPIC_AUTH_TOKEN=KEY)
    run_once(command.home, "ping")
    assert any(request.path.startswith("/v1/v1/messages") for request in recorder.requests)
    command.type(command.findings()["base-url"]["command"])
    recorder.clear()
    assert "pong" in run_once(command.home, "ping").stdout
    assert {request.path for request in recorder.model_calls} == {"/v1/messages?beta=true"}


def test_a_vertex_block_without_a_project_id(command: Command, recorder: Recorder) -> None:
    write(
        command,
        ANTHROPIC_VERTEX_BASE_URL=f"{recorder.url}/v1",
        CLAUDE_CODE_USE_VERTEX="1",
        CLAUDE_CODE_SKIP_VERTEX_AUTH="1",
        ANTHROPIC_MODEL="claude-opus-4-1@20250805",
    )
    run_once(command.home, "ping")
    assert recorder.model_calls == []
    command.type(command.findings()["project-id"]["command"])
    assert "pong" in run_once(command.home, "ping").stdout


def test_a_key_that_the_client_does_not_take_for_one(command: Command, recorder: Recorder) -> None:
    write(command, ANTHROPIC_BASE_URL=recorder.url)
    assert "Not logged in" in run_once(command.home, "ping").stdout
    assert "no-key" in command.findings()
    write(command, ANTHROPIC_BASE_URL=recorder.url, ANTHROPIC_AUTH_TOKEN=KEY)
    assert "no-key" not in command.findings()
    assert "pong" in run_once(command.home, "ping").stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n}", ",\n}"),
        (
            "{",
            "{ // mine",
        ),
    ],
)
def test_a_file_that_the_client_passes_over(command: Command, recorder: Recorder, old: str, new: str) -> None:
    write(command, ANTHROPIC_BASE_URL=recorder.url, ANTHROPIC_AUTH_TOKEN=KEY)
    good = command.settings.read_text()
    assert "settings-unreadable" not in command.findings()
    command.settings.write_text(good.replace(old, new, 1))
    run_once(command.home, "ping")
    assert recorder.model_calls == []
    assert "settings-unreadable" in command.findings()


def test_the_real_client_s_age_is_told_without_running_it(command: Command) -> None:
    client = find_client()
    assert client is not None
    link = command.home / ".local" / "bin" / "claude"
    link.parent.mkdir(parents=True)
    link.symlink_to(client)
    assert not {"client-missing", "client-old", "client-version"} & {*command.findings()}
    # Where neither a package nor a name tells, it is run, in a home of its own.
    link.unlink()
    link.write_text(f'#!/bin/sh\nexec {shlex.quote(str(client))} "$@"\n')
    link.chmod(0o755)
    before = sorted(command.home.rglob("*"))
    found = {row["check"] for row in command.patient_findings()}
    assert not {"client-missing", "client-old", "client-version"} & found
    assert sorted(command.home.rglob("*")) == before
