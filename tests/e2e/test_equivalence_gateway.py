"""With the real gateway between: its provider receives after an import what it received by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.real_gateway import FakeAnthropic, Gateway

KEY = "sk-of-the-provider-0815"
_TARGET = {"provider": "anthropic", "api_key": KEY}


def _headers(shape: str, upstream: str) -> str:
    config: dict[str, Any] = {
        "config": _TARGET | {"custom_host": upstream},
        "fallback": {"strategy": {"mode": "fallback"}, "targets": [_TARGET | {"custom_host": upstream}]},
    }.get(shape, {"retry": {"attempts": 2}})
    route = ["x-portkey-provider: anthropic", f"x-portkey-custom-host: {upstream}"]
    lines = [f"x-portkey-config: {json.dumps(config)}"]
    return "\n".join(
        {
            "provider": route,
            "key as an api key": route,
            "key in a line": [*route, f"x-api-key: {KEY}"],
            "config and provider": [*route, *lines],
        }.get(shape, lines)
    )


def _received(command: Command, upstream: FakeAnthropic) -> tuple[str, str, Mapping[str, str]]:
    """One request of the real client's, as the provider behind the gateway has it."""
    upstream.requests.clear()
    done = run_once(command.home, "ping", None, "--tools", "")
    assert (done.returncode, done.stdout.strip()) == (0, upstream.text), done.stdout + done.stderr
    (request,) = [each for each in upstream.requests if "count_tokens" not in each.path]
    keys = {name: request.headers.get(name, "") for name in ("authorization", "x-api-key")}
    return request.path, request.body["model"], keys


@pytest.mark.parametrize(
    "shape", ["provider", "key as an api key", "key in a line", "config", "fallback", "config and provider"]
)
def test_the_provider_receives_what_it_received_by_hand(
    gateway: Gateway, upstream: FakeAnthropic, command: Command, shape: str
) -> None:
    env = {
        "ANTHROPIC_BASE_URL": gateway.base_url,
        "ANTHROPIC_CUSTOM_HEADERS": _headers(shape, upstream.base_url),
        "ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-of-a-test",
    }
    if shape != "key in a line":
        env["ANTHROPIC_API_KEY" if shape == "key as an api key" else "ANTHROPIC_AUTH_TOKEN"] = KEY
    command.settings.write_text(json.dumps({"env": env}))
    original = command.bytes()
    before = _received(command, upstream)

    command.data("import", "--name", "made", "--yes", "--address")
    command.data("switch", "made")
    assert _received(command, upstream) == before
    command.data("off")
    assert command.bytes() == original
