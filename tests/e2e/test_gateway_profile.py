"""A fallback config in a profile, through the real gateway: the second target answers the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.real_gateway import FakeAnthropic, Gateway, dead_port
from support.gateway.routing import DELIVERIES

PORTKEY_KEY = "pk-must-stay-at-the-gateway"
TARGET_KEYS = ("sk-ant-dead-target", "sk-ant-second-target")


@pytest.fixture
def config_path(claude_home: Path, upstream: FakeAnthropic) -> Iterator[Path]:
    """A fallback config as a user keeps it: the targets' keys in clear, the first target dead."""
    with dead_port() as port:
        urls = (f"http://127.0.0.1:{port}/v1", upstream.base_url)
        targets = [
            {
                "provider": "anthropic",
                "api_key": key,
                "custom_host": url,
                "forward_headers": ["anthropic-beta"],
            }
            for key, url in zip(TARGET_KEYS, urls, strict=True)
        ]
        path = claude_home / "fallback.json"
        path.write_text(json.dumps({"strategy": {"mode": "fallback"}, "targets": targets}))
        yield path


def client_headers(command: Command) -> dict[str, str]:
    """The headers by which the settings route a request."""
    env = command.env()
    lines = env["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    headers = dict(line.split(": ", 1) for line in lines)
    key = env.get("ANTHROPIC_AUTH_TOKEN") or command.run_helper().stdout.strip()
    return {**headers, "authorization": f"Bearer {key}"}


def assert_only_the_targets_key(upstream: FakeAnthropic, stream: bool) -> None:
    assert upstream.requests
    for received in upstream.requests:
        assert received.headers["x-api-key"] == TARGET_KEYS[1]
        everything = json.dumps([received.path, received.headers])
        assert PORTKEY_KEY not in everything
        assert TARGET_KEYS[0] not in everything
    assert [bool(received.body.get("stream")) for received in upstream.requests] == [stream]
    upstream.requests.clear()


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_the_second_target_answers_the_real_client(
    gateway: Gateway, upstream: FakeAnthropic, config_path: Path, command: Command, delivery: str
) -> None:
    """A fallback that does not fall back, or a key that goes on to a provider it is not for."""
    added = command.add(
        *("fallback", "--config-inline", str(config_path), "--gateway", gateway.base_url),
        *("--key-delivery", delivery),
        key=PORTKEY_KEY,
    )
    assert len(added["keys_stored"]) == 3
    assert_in_clear_nowhere(command)
    command.data("switch", "fallback")

    for extra in ((), ("--output-format", "stream-json", "--verbose")):
        done = run_once(command.home, "ping", None, *extra)
        assert done.returncode == 0, done.stdout + done.stderr
        assert answer_in(done.stdout) == upstream.text
        assert_only_the_targets_key(upstream, stream=True)

    for stream in (False, True):
        answer = gateway.messages(client_headers(command), stream=stream)
        assert (answer.status, answer.headers["x-portkey-last-used-option-index"]) == (
            *(200, "config.targets[1]"),
        )
        assert upstream.text in answer.body
        assert_only_the_targets_key(upstream, stream)


def answer_in(printed: str) -> str:
    """The answer, printed as text or as the events of `stream-json`."""
    if not printed.startswith("{"):
        return printed.rstrip("\n")
    events: list[Mapping[str, Any]] = [json.loads(line) for line in printed.splitlines()]
    (result,) = [event["result"] for event in events if event["type"] == "result"]
    return str(result)


def assert_in_clear_nowhere(command: Command) -> None:
    """No key in any file of ours: the settings carry the config only once it is switched to."""
    files = [path for path in command.home.rglob("*") if path.is_file() and path.name != "fallback.json"]
    assert any(path.name == "fallback.json" for path in command.home.rglob("profiles/*"))
    for path in files + list(command.home.rglob("profiles/*")):
        for key in (PORTKEY_KEY, *TARGET_KEYS):
            assert key.encode() not in path.read_bytes(), path
