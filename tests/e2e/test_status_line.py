"""The status line in a real session: its true route, at once after a switch, beside the user's own.

A user who looks at it would otherwise believe a route that their prompts do not go.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.client.command import Command
from support.client.real_client import ClientSession
from support.gateway.recorder import Recorder, turn

ROUTES = {"one": "@first", "two": "@second"}
OWN = {
    "type": "command",
    "command": "cat > handed.json; echo \"mine in ${PWD##*/}\"; printf '\\033[1mmine too\\033[0m\\n'",
    "padding": 1,
}


@pytest.fixture
def two_routes(command: Command, recorder: Recorder) -> Command:
    for name, provider in ROUTES.items():
        command.add(name, "--provider", provider, "--gateway", recorder.url, key=f"pk-{name}-key")
    return command


def test_a_session_shows_its_route_and_every_switch_beside_the_line_that_the_user_has(
    two_routes: Command, recorder: Recorder
) -> None:
    command = two_routes
    command.settings.write_text(json.dumps({"statusLine": OWN, "cleanupPeriodDays": 30}, indent=3))
    original = command.bytes()
    command.data("switch", "one")
    assert command.data("statusline", "on")["yours"].startswith("cat")
    with ClientSession(command.home) as session:
        session.wait_for_text("one · @first · claude-")
        session.wait_for_text("mine in project")
        session.wait_for_text("mine too")
        handed = json.loads((command.home / "project" / "handed.json").read_text())
        assert handed["workspace"]["project_dir"] == str(command.home / "project")
        # Nobody types anything: the command of the line has changed.
        command.data("switch", "two")
        session.wait_for_text("two · @second · claude-")
        assert "restart" not in session.screen
        session.send("say something")
        sent = recorder.wait_for(turn("say something"))
        assert sent.header("x-portkey-provider") == "@second"
        command.data("statusline", "off")
        session.wait_until_gone("two · @second")
        assert "mine too" in session.screen
        command.data("statusline", "on")
        session.wait_for_text("two · @second")
    command.data("off")
    command.data("tidy")
    assert command.bytes() == original


def test_a_route_that_a_project_s_own_file_decides_is_told_as_such_until_it_is_gone(
    two_routes: Command,
) -> None:
    command = two_routes
    command.data("switch", "one")
    command.data("statusline", "on")
    project: Path = command.home / "project" / ".claude" / "settings.local.json"
    project.parent.mkdir()
    project.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @third"}}))
    with ClientSession(command.home) as session:
        session.wait_for_text("@third via 127.0.0.1 (no profile)")
        project.write_text("{}")
        session.send("go on")
        session.wait_for_text("one · @first")
        assert "restart" not in session.screen


def test_a_session_that_exec_started_shows_the_profile_of_its_own(two_routes: Command) -> None:
    """The client takes the headers out of such a session's environment."""
    command = two_routes
    command.data("switch", "one")
    command.data("statusline", "on")
    said = command.run("exec", "two", "--", "/usr/bin/env", "-0").stdout.split("\0")
    environ = dict(pair.split("=", 1) for pair in said if "=" in pair)
    with ClientSession(command.home, environ) as session:
        session.wait_for_text("two · @second · claude-")
        assert "restart" not in session.screen
