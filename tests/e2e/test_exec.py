"""`exec NAME -- claude`: the real client goes by that profile, whatever its settings files and the shell say.

What goes wrong here sends one employer's prompts through another's account, or a key to the wrong gateway.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.client.administrator import with_managed
from support.client.command import EXECUTABLE, Command
from support.client.real_client import ClientSession, client_env, require_client, write_settings
from support.gateway.recorder import Recorder, turn
from support.gateway.routing import (
    DELIVERIES,
    DIALECTS,
    MODELS,
    Routing,
    gateway_url,
    keys_in,
    path_of,
    routing_of,
)

KEY = "pk-exec-key"
PORTKEY = {"x-portkey-config": "pc-exec", "x-portkey-metadata": '{"team": "one"}'}
OTHERS_KEYS = ("others-token", "others-helper", "others-header", "shell-token", "sk-shell", "switched-key")
SHELL = {
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/shell",
    "ANTHROPIC_AUTH_TOKEN": "shell-token",
    "ANTHROPIC_API_KEY": "sk-shell",
    "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-config: pc-shell\nx-portkey-api-key: shell-token",
    "ANTHROPIC_MODEL": "shell-model",
    "CLAUDE_CODE_USE_FOUNDRY": "1",
}
WRAPPER = '#!/bin/sh\nexec claude "$@"\n'


@pytest.fixture
def tools(claude_home: Path) -> Path:
    """A directory for PATH with the client in it as `claude`."""
    directory = claude_home / "bin"
    directory.mkdir()
    (directory / "claude").symlink_to(require_client())
    return directory


@pytest.fixture
def world(recorder: Recorder, command: Command) -> World:
    return World(recorder, command)


class World:
    """A home whose files all name other routes, and profiles that lead to the recorder below `/exec`."""

    def __init__(self, recorder: Recorder, command: Command) -> None:
        self.recorder = recorder
        self.command = command
        self.home = command.home

    def add(self, dialect: str, delivery: str, name: str = "mine") -> None:
        gateway = gateway_url(f"{self.recorder.url}/exec", dialect)
        model = ("--model", MODELS[dialect], "--config", "pc-exec", "--metadata", "team=one")
        self.command.add(
            name, "--dialect", dialect, "--gateway", gateway, *model, "--key-delivery", delivery, key=KEY
        )

    def others(self, dialect: str) -> dict[str, Any]:
        """Settings that lead elsewhere in every way that a file can."""
        url = gateway_url(f"{self.recorder.url}/others", dialect)
        env = {
            "messages": {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_AUTH_TOKEN": "others-token"},
            "vertex": {
                "ANTHROPIC_VERTEX_BASE_URL": url,
                "ANTHROPIC_VERTEX_PROJECT_ID": "others",
                "CLAUDE_CODE_USE_VERTEX": "1",
                "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1",
            },
            "bedrock": {
                "ANTHROPIC_BEDROCK_BASE_URL": url,
                "CLAUDE_CODE_USE_BEDROCK": "1",
                "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1",
            },
        }[dialect]
        headers = "x-portkey-config: pc-others\nx-portkey-api-key: others-header\nX-Corp: 1"
        env |= {"ANTHROPIC_CUSTOM_HEADERS": headers, "ANTHROPIC_MODEL": "others-model"}
        env["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] = ""
        return {"env": env, "apiKeyHelper": "printf others-helper", "model": "others-top-model"}

    def project_file(self, name: str, settings: Mapping[str, Any]) -> None:
        directory = self.home / "project" / ".claude"
        directory.mkdir(exist_ok=True)
        (directory / name).write_text(json.dumps(settings))

    def run(self, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.home / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            [str(EXECUTABLE), "exec", "mine", "--", *argv],
            cwd=self.home / "project",
            env=client_env(self.home, {"PKCC_SECRETS": "vault", "PATH": path, **env}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def assert_routed(self, dialect: str, delivery: str) -> None:
        """Every request carried this profile's key and no other's; the model calls its whole routing."""
        calls = self.recorder.model_calls
        assert calls
        for request in self.recorder.requests:
            assert request.path.startswith("/exec/"), request
            assert keys_in(request, (KEY, *OTHERS_KEYS)) <= {KEY}, request
        header = dialect != "messages" if delivery == "settings" else False
        both = dialect == "messages" and delivery == "settings"
        expected = Routing(
            f"/exec{path_of(dialect, MODELS[dialect])}",
            MODELS[dialect],
            None if header else f"Bearer {KEY}",
            None,
            PORTKEY | ({"x-portkey-api-key": KEY} if header or both else {}),
        )
        assert [routing_of(call) for call in calls] == [expected] * len(calls)


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_exec_beats_user_project_and_local_settings_and_the_shell(
    world: World, tools: Path, dialect: str, delivery: str
) -> None:
    world.add(dialect, delivery)
    others = {name: world.others(name) for name in DIALECTS}
    write_settings(world.home, others["messages"])
    world.project_file("settings.json", others["vertex"])
    world.project_file("settings.local.json", others["bedrock"])
    before = {path: path.read_bytes() for path in world.home.rglob("settings*.json")}
    done = world.run("claude", "-p", "ping", **SHELL)
    assert (done.returncode, done.stdout.strip()) == (0, "pong"), done
    world.assert_routed(dialect, delivery)
    assert world.recorder.model_calls[0].header("x-corp") == "1"  # the user's own line goes along
    assert {path: path.read_bytes() for path in before} == before


def test_exec_beats_the_profile_that_is_active(world: World, tools: Path) -> None:
    world.add("messages", "helper")
    gateway = ("--gateway", f"{world.recorder.url}/switched")
    world.command.add("other", "--provider", "@other", *gateway, "--metadata", "team=two", key="switched-key")
    world.command.data("switch", "other")
    assert world.run("claude", "-p", "ping").returncode == 0
    world.assert_routed("messages", "helper")


@pytest.mark.parametrize("way", ["absolute", "wrapper", "shell", "own settings"])
def test_however_the_client_is_started(world: World, tools: Path, way: str) -> None:
    world.add("messages", "settings")
    write_settings(world.home, world.others("vertex"))
    wrapper = tools / "my-claude"
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    argv = {
        "absolute": (str(require_client()), "-p", "ping"),
        "wrapper": ("my-claude", "-p", "ping"),
        "shell": ("sh", "-c", "claude -p ping; exit 3"),
        "own settings": ("claude", "-p", "ping", "--settings", json.dumps(world.others("messages"))),
    }[way]
    assert world.run(*argv).returncode == (3 if way == "shell" else 0)
    world.assert_routed("messages", "settings")


def test_a_session_goes_by_it_too_and_sessions_tells_so(world: World, tools: Path) -> None:
    world.add("messages", "settings")
    gateway = ("--gateway", f"{world.recorder.url}/switched")
    world.command.add("other", "--provider", "@other", *gateway, key="switched-key")
    world.command.data("switch", "other")
    launcher = tools / "launch"
    launcher.write_text(f'#!/bin/sh\nexec {EXECUTABLE} exec mine -- claude "$@"\n')
    launcher.chmod(0o755)
    env = {"PKCC_SECRETS": "vault", "PATH": f"{tools}:/usr/bin:/bin"}
    with _Launched(world.home, env, launcher) as session:
        session.send("first question")
        world.recorder.wait_for(turn("first question"))
        world.command.data("key", "rotate", "other", "--stdin", stdin="switched-key\n")  # writes the settings
        session.send("second question")
        world.recorder.wait_for(turn("second question"))
        world.assert_routed("messages", "settings")
        (row,) = world.command.data("sessions")["sessions"]
        assert (row["pid"], row["profile"], row["decided_by"]) == (session.pid, "mine", "exec")
        assert (row["route"], row["base_url"]) == ("pc-exec", f"{world.recorder.url}/exec")
        assert (row["restarted"]["profile"], row["restarted"]["route"]) == ("other", "@other")
        assert row["restarted"]["decided_by_file"] == str(world.command.settings)
        argv = Path(f"/proc/{session.pid}/cmdline").read_bytes()
        assert KEY.encode() not in argv
    assert world.command.data("sessions")["sessions"] == []
    assert [path for path in files_of(world.home) if KEY.encode() in path.read_bytes()] == []


class _Launched(ClientSession):
    """A session whose client is started by a program of ours."""

    def __init__(self, home: Path, env: Mapping[str, str], launcher: Path) -> None:
        super().__init__(home, env)
        self._command = [str(launcher)]


def files_of(home: Path) -> list[Path]:
    """What lies in the home, the vault's files too: what is in them is encrypted."""
    return [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]


def test_what_the_client_starts_does_not_get_the_key(world: World, tools: Path) -> None:
    """Seen with 2.1.331: a session whose routing is its host's hands no credential on to hooks."""
    world.add("messages", "settings")
    seen = world.home / "seen"
    hook = {"type": "command", "command": f"env > {seen}"}
    write_settings(world.home, {"hooks": {"UserPromptSubmit": [{"hooks": [hook]}]}})
    assert world.run("claude", "-p", "ping").returncode == 0
    text = seen.read_text()
    assert "PKCC_PROFILE=mine" in text
    assert KEY not in text


def test_a_profile_with_the_client_s_own_login_needs_its_token(world: World, tools: Path) -> None:
    gateway = ("--gateway", f"{world.recorder.url}/exec", "--key-delivery", "settings")
    world.command.add("mine", "--provider", "anthropic", *gateway, key=KEY)
    world.command.data("set", "mine", "key_in", "header")
    refused = world.run("claude", "-p", "ping")
    assert (refused.returncode, world.recorder.requests) == (4, [])
    assert "claude setup-token" in refused.stderr
    assert world.run("claude", "-p", "ping", CLAUDE_CODE_OAUTH_TOKEN="own-login").returncode == 0
    (call,) = world.recorder.model_calls
    assert (call.header("authorization"), call.header("x-portkey-api-key")) == ("Bearer own-login", KEY)


def test_managed_settings_are_not_gone_round(world: World, tools: Path, tmp_path: Path) -> None:
    world.add("messages", "helper")
    namespace = with_managed(
        tmp_path, {"managed-settings.d/10-route.json": json.dumps(world.others("messages"))}
    )
    done = subprocess.run(
        [*namespace, str(EXECUTABLE), "exec", "mine", "--", "claude", "-p", "ping"],
        cwd=world.home / "project",
        env=client_env(world.home, {"PKCC_SECRETS": "vault", "PATH": f"{tools}:/usr/bin:/bin"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, world.recorder.requests) == (4, []), done
    assert "/etc/claude-code/managed-settings.d/10-route.json" in done.stderr
