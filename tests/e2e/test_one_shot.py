"""`add`, `switch`, `claude -p`: every dialect, route and delivery, by the request that the gateway gets.

What goes wrong here sends a user's prompts to another model or account, or a key to somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import run_once, throwaway_home
from support.gateway.recorder import Recorder, Request
from support.gateway.routing import (
    DELIVERIES,
    DIALECTS,
    MODELS,
    Routing,
    expected_routing,
    gateway_url,
    keys_in,
    path_of,
    routing_of,
)

# The user's own: a header and a variable that every profile must leave alone.
ORIGINAL = b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Corp: 1", "USER_OWN": "kept"},\t"cleanupPeriodDays": 30}'
METADATA = ("--metadata", "_user=Jos\u00e9 \U0001f511", "--metadata", "team=engineering")
METADATA_HEADER = r'{"_user": "Jos\u00e9 \ud83d\udd11", "team": "engineering"}'
INLINE: dict[str, Any] = {
    "strategy": {"mode": "fallback"},
    "targets": [
        {"provider": "anthropic", "api_key": 'sk-target"\\1', "override_params": {"user": "\u00e9"}},
        {"virtual_key": "vk-second"},
    ],
}
BY_PATH = {"retry": {"attempts": 3}, "virtual_key": "vk-in-a-file", "metadata": {"who": "\u00e9"}}
ROUTES = ("virtual-key", "slug", "config-id", "config-inline", "config-path")
# What a shell may export that would take the requests, or the key, elsewhere.
SHELL_KEYS = {"ANTHROPIC_API_KEY": "sk-shell-key", "ANTHROPIC_AUTH_TOKEN": "shell-token"}
SHELL = {
    **SHELL_KEYS,
    "AWS_BEARER_TOKEN_BEDROCK": "shell-bearer",
    "CLAUDE_CODE_USE_BEDROCK": "1",
    "CLAUDE_CODE_USE_VERTEX": "1",
    "CLAUDE_CODE_USE_FOUNDRY": "1",
    "CLAUDE_CODE_USE_MANTLE": "1",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS": "1",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD": "1",
}
SHELL_SECRETS = ("sk-shell-key", "shell-token", "shell-bearer")


class World:
    """One dialect's home, and the recorder: what all profiles of that dialect share."""

    def __init__(self, dialect: str, command: Command, recorder: Recorder) -> None:
        self.dialect = dialect
        self.command = command
        self.recorder = recorder
        self.keys: list[str] = []

    def add(self, name: str, delivery: str, *words: str) -> str:
        """Store a profile of this dialect whose gateway is the recorder below `/NAME`; its key."""
        gateway = gateway_url(f"{self.recorder.url}/{name}", self.dialect)
        vertex = ("--project-id", "my-project", "--region", "europe-west1")
        self.keys.append(f"pk-{name}-key")
        self.command.add(
            name,
            *("--dialect", self.dialect, "--gateway", gateway, "--model", MODELS[self.dialect]),
            *("--key-delivery", delivery, *words),
            *(vertex if self.dialect == "vertex" else ()),
            key=self.keys[-1],
        )
        return self.keys[-1]

    def path(self, name: str) -> str:
        return f"/{name}" + path_of(self.dialect, MODELS[self.dialect], "my-project", "europe-west1")

    def ping(self, env: dict[str, str] | None = None) -> list[Request]:
        """Everything that arrived while the real client answered one prompt."""
        self.recorder.clear()
        done = run_once(self.command.home, "ping", env)
        assert (done.returncode, done.stdout) == (0, "pong\n"), done.stdout + done.stderr
        return self.recorder.requests


@pytest.fixture(scope="module", params=DIALECTS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with Recorder() as recorder, throwaway_home() as home:
        command = Command(home)
        command.settings.write_bytes(ORIGINAL)
        yield World(request.param, command, recorder)
        command.data("off")
        assert command.bytes() == ORIGINAL


def route(kind: str, world: World) -> tuple[tuple[str, ...], dict[str, str]]:
    """The options of `add` for a route, and the headers that must arrive (a config's JSON as data)."""
    config_path = world.command.home / "config.json"
    if kind == "virtual-key":
        headers = {"x-portkey-provider": "vertex-ai", "x-portkey-virtual-key": "vk-1"}
        return ("--provider", "vertex-ai", "--virtual-key", "vk-1"), headers
    if kind == "slug":
        return ("--provider", "@anthropic-prod"), {"x-portkey-provider": "@anthropic-prod"}
    if kind == "config-id":
        return ("--config", "pc-one-1a2b3c"), {"x-portkey-config": "pc-one-1a2b3c"}
    config = INLINE if kind == "config-inline" else BY_PATH
    config_path.write_text(json.dumps(config))
    option = "--config-inline" if kind == "config-inline" else "--config-file"
    return (option, str(config_path)), {"x-portkey-config": json.dumps(config, separators=(",", ":"))}


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("kind", ROUTES)
def test_the_request_is_the_profiles_and_nothing_elses(world: World, kind: str, delivery: str) -> None:
    name = f"{kind}.{delivery}"
    options, headers = route(kind, world)
    key = world.add(name, delivery, *options, *METADATA, "--trace-id", "trace-1")
    headers |= {"x-portkey-metadata": METADATA_HEADER, "x-portkey-trace-id": "trace-1"}

    assert world.command.data("switch", name)["active"] == name
    arrived = world.ping()

    (sent,) = [request for request in arrived if request.is_model_call]
    model = MODELS[world.dialect]
    assert routing_of(sent) == expected_routing(
        world.dialect, delivery, world.path(name), model, key, headers
    )
    assert sent.header("x-corp") == "1"
    assert {found for request in arrived for found in keys_in(request, world.keys)} == {key}
    assert all(request.path.startswith(f"/{name}") for request in arrived)
    if delivery == "helper":
        assert key.encode() not in (world.command.bytes() or b"")
    written = json.loads(world.command.settings.read_text())
    assert (written["env"]["USER_OWN"], written["cleanupPeriodDays"]) == ("kept", 30)


def test_a_config_file_is_read_again_at_every_switch(world: World) -> None:
    """Or the request would go by the config as it was when the profile was made."""
    options, _ = route("config-path", world)
    world.add("edited", "settings", *options)
    world.command.data("switch", "edited")
    (world.command.home / "config.json").write_text('{"virtual_key": "vk-edited"}')

    world.command.data("switch", "edited")

    (sent,) = [request for request in world.ping() if request.is_model_call]
    assert sent.header("x-portkey-config") == '{"virtual_key":"vk-edited"}'


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_what_the_shell_exported_at_the_switch_reaches_no_gateway(world: World, delivery: str) -> None:
    """The user's own Anthropic key would be sent to the gateway, or the requests past it."""
    name = f"shell.{delivery}"
    key = world.add(name, delivery, "--provider", "@anthropic-prod")

    world.command.data("switch", name, env=SHELL)
    arrived = world.ping(SHELL)

    assert_only_the_profiles(world, arrived, name, delivery, key)


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("world", ["messages"], indirect=True)
def test_keys_that_the_shell_exports_after_the_switch_reach_no_gateway(world: World, delivery: str) -> None:
    """In messages both variables are always written; elsewhere only what a switch saw can be shielded."""
    name = f"later.{delivery}"
    key = world.add(name, delivery, "--provider", "@anthropic-prod")

    world.command.data("switch", name)
    arrived = world.ping(SHELL_KEYS)

    assert_only_the_profiles(world, arrived, name, delivery, key)


def assert_only_the_profiles(
    world: World, arrived: list[Request], name: str, delivery: str, key: str
) -> None:
    wanted: Routing = expected_routing(
        *(world.dialect, delivery, world.path(name), MODELS[world.dialect], key),
        {"x-portkey-provider": "@anthropic-prod"},
    )
    (sent,) = [request for request in arrived if request.is_model_call]
    assert routing_of(sent) == wanted
    found = {found for request in arrived for found in keys_in(request, [*world.keys, *SHELL_SECRETS])}
    assert found == {key}
