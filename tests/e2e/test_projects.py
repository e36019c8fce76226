"""Three repositories and two routes with the real client: each request has its own repository's metadata."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import ClientSession, client_env, require_client
from support.gateway.recorder import Recorder, Request, turn
from support.home.git_repository import git, repository

KEYS = {"one": "pk-one-key", "two": "pk-two-key", "vertex": "pk-vertex-key"}


class User:
    """Somebody with routes `one` and `two` by a helper, and `vertex` with its key in the headers."""

    def __init__(self, command: Command, recorder: Recorder) -> None:
        self.command = command
        self.recorder = recorder
        self.home = command.home
        command.settings.write_text('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Corp: 1"}}')
        for name in ("one", "two"):
            route = ("--provider", f"@{name}", "--gateway", f"{recorder.url}/{name}")
            command.add(name, *route, "--metadata", f"route={name}", key=KEYS[name])
        options = ("--dialect", "vertex", "--virtual-key", "vk", "--model", "claude-sonnet-4-5@20250929")
        command.add("vertex", *options, "--gateway", f"{recorder.url}/vertex/v1", key=KEYS["vertex"])

    def ask(self, directory: Path) -> Request:
        """One prompt of a new session there."""
        self.recorder.clear()
        done = subprocess.run(
            [str(require_client()), "-p", "ping"],
            cwd=directory,
            env=client_env(self.home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "pong\n"), done.stderr
        return self.recorder.wait_for(turn("ping"))


@pytest.fixture
def user(command: Command, recorder: Recorder) -> User:
    return User(command, recorder)


def metadata(request: Request) -> Any:
    return json.loads(request.header("x-portkey-metadata") or "null")


def test_each_repository_s_metadata_arrives_before_and_after_a_switch(user: User) -> None:
    command = user.command
    repositories = [repository(user.home / name, commit=True) for name in ("a", "b", "c")]
    first, second, third = repositories
    git(first, "worktree", "add", "-q", str(user.home / "tree"))
    (first / "deep").mkdir()
    command.data("switch", "one")
    command.data("project", "add", str(first), "--metadata", "repo=a")
    command.data("project", "add", str(second), "--metadata", "repo=b", "--metadata", "route=mine")
    for route in ("one", "two"):
        command.data("switch", route)
        wanted = {
            first: {"route": route, "repo": "a"},
            first / "deep": {"route": route, "repo": "a"},
            user.home / "tree": {"route": route, "repo": "a"},
            second: {"route": "mine", "repo": "b"},
            third: {"route": route},
        }
        for directory, expected in wanted.items():
            sent = user.ask(directory)
            assert sent.path == f"/{route}/v1/messages?beta=true"
            assert metadata(sent) == expected, directory
            assert sent.header("authorization") == f"Bearer {KEYS[route]}"
            assert sent.header("x-portkey-provider") == f"@{route}"
            assert sent.header("x-corp") == "1", "the user's own header line"
    for directory in repositories:
        assert "pk-" not in "".join(p.read_text() for p in directory.rglob("settings.local.json"))
    command.data("off")
    assert git(first, "status", "--porcelain") == git(second, "status", "--porcelain") == ""


@pytest.mark.parametrize("active", ["one", "vertex"])
@pytest.mark.parametrize("pinned", ["two", "vertex"])
def test_a_pinned_repository_truly_stays_with_its_route(user: User, active: str, pinned: str) -> None:
    """In the same client a variable of the active profile's dialect would lead every request away."""
    command = user.command
    directory = repository(user.home / "a")
    command.data("switch", active)
    command.data("project", "add", str(directory), "--exclude", "--metadata", "repo=a")
    command.data("switch", pinned, "--project", str(directory))
    for route in ("two", active):
        command.data("switch", route)
        sent = user.ask(directory)
        assert sent.path.startswith(f"/{pinned}/v1/")
        assert metadata(sent)["repo"] == "a"
        carried = str(sent.headers)
        assert {name for name, key in KEYS.items() if key in carried} == {pinned}
    assert user.ask(user.home / "project").path.startswith(f"/{active}/v1/")
    command.data("project", "remove", str(directory))
    assert user.ask(directory).path.startswith(f"/{active}/v1/")


def test_a_follower_keeps_no_value_of_its_own_that_leads_away(user: User) -> None:
    directory = repository(user.home / "a")
    (directory / ".claude").mkdir()
    path = directory / ".claude" / "settings.local.json"
    original = json.dumps(
        {"apiKeyHelper": "echo other", "env": {"ANTHROPIC_BASE_URL": f"{user.recorder.url}/other", "X": "1"}}
    )
    path.write_text(original)
    user.command.data("switch", "one")
    assert user.ask(directory).path.startswith("/other/")
    user.command.data("project", "add", str(directory), "--exclude")
    sent = user.ask(directory)
    assert (sent.path, sent.header("authorization")) == ("/one/v1/messages?beta=true", "Bearer pk-one-key")
    user.command.data("project", "remove", str(directory))
    assert path.read_text() == original


def test_a_session_that_runs_in_a_project_follows_every_change(user: User) -> None:
    command, recorder = user.command, user.recorder
    project = user.home / "project"
    command.data("switch", "one")
    with ClientSession(user.home) as session:

        def until(path: str, expected: object) -> None:
            for number in range(40):
                prompt = f"question {number} {path} {expected}"
                session.send(prompt)
                sent = recorder.wait_for(turn(prompt))
                if sent.path.startswith(path) and metadata(sent) == expected:
                    return
            raise AssertionError(f"the session never took {path} {expected}")

        until("/one/", {"route": "one"})
        command.data("project", "add", str(project), "--metadata", "repo=p")
        until("/one/", {"route": "one", "repo": "p"})
        command.data("switch", "two")
        until("/two/", {"route": "two", "repo": "p"})
        command.data("switch", "vertex", "--project", str(project))
        until("/vertex/", {"repo": "p"})
        command.data("project", "add", str(project), "--follow")
        until("/two/", {"route": "two", "repo": "p"})
        command.data("project", "add", str(project), "--metadata", "repo=q")
        until("/two/", {"route": "two", "repo": "q"})
    command.data("off")
    assert not (project / ".claude").exists()
