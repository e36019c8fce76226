"""`check` against the real open-source gateway; what it sends, trusts and goes through is the client's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.client.command import Command
from support.client.real_client import run_once
from support.gateway.certificates import make_authority
from support.gateway.real_gateway import FakeAnthropic, Gateway
from support.gateway.recorder import Recorder, Request
from support.gateway.routing import DELIVERIES, DIALECTS, MODELS, gateway_url
from support.gateway.stand_in import Hosted, Proxy

KEY = "pk-e2e-CANARY-of-the-check"
PROVIDER_KEY = "sk-ant-CANARY-of-the-provider"


def check(
    command: Command, *words: str, env: dict[str, str] | None = None
) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the steps of the one profile by name."""
    done = command.run("check", *words, "--json", env=env)
    assert "CANARY" not in done.stdout + done.stderr
    (row,) = json.loads(done.stdout)["data"]["profiles"]
    return done.returncode, {step["step"]: step for step in row["steps"]}


def verdicts(steps: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: step["verdict"] for name, step in steps.items()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_self_hosted_gateway_is_recognised(gateway: Gateway, command: Command, dialect: str) -> None:
    command.add(
        *("own", "--dialect", dialect, "--provider", "anthropic", "--model", MODELS[dialect]),
        *("--gateway", gateway_url(gateway.base_url, dialect)),
        key=KEY,
    )
    code, steps = check(command, "own")
    assert code == 0, steps
    assert "open-source gateway" in steps["greeting"]["text"]
    assert {*verdicts(steps).values()} == {"ok"}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--provider", "@anthropic-prod"], "no @slugs"),
        (["--config", "pc-main-1"], "no saved configs"),
        (["--provider", "anthropc"], "no provider anthropc"),
    ],
)
def test_a_route_that_only_the_hosted_gateway_knows_is_refused_beforehand(
    gateway: Gateway, command: Command, words: list[str], text: str
) -> None:
    command.add("own", *words, "--gateway", gateway.base_url, key=KEY)
    code, steps = check(command, "own")
    assert (code, steps["route"]["verdict"]) == (6, "failed")
    assert text in steps["route"]["text"]
    # And the gateway does refuse it.
    refused = check(command, "own", "--route")[1]["upstream"]
    assert refused["verdict"] == "failed"
    assert "(400)" in refused["text"]


def test_a_wrong_path_is_named_with_the_right_url(gateway: Gateway, command: Command) -> None:
    command.add("own", "--provider", "anthropic", "--gateway", f"{gateway.base_url}/portkey", key=KEY)
    code, steps = check(command, "own")
    assert (code, steps["gateway"]["verdict"]) == (1, "failed")
    assert steps["gateway"]["hint"].endswith(f"is {gateway.base_url}")


def inline(url: str) -> dict[str, Any]:
    return {"provider": "anthropic", "api_key": PROVIDER_KEY, "custom_host": f"{url}/v1"}


def test_the_whole_route_is_asked_without_a_model_call(
    gateway: Gateway, command: Command, upstream: FakeAnthropic, claude_home: Path
) -> None:
    path = claude_home / "config.json"
    with Hosted(PROVIDER_KEY) as provider:  # lists models for a key, as providers do
        provider.answers["/v1/models"] = (200, {}, b'{"data": [{"id": "claude"}]}')
        config = {
            "strategy": {"mode": "fallback"},
            "targets": [inline(upstream.base_url), inline(provider.url)],
        }
        path.write_text(json.dumps(config))
        command.add("own", "--config-inline", str(path), "--gateway", gateway.base_url, key=KEY)
        code, steps = check(command, "own", "--route")
        assert code == 0, steps
        assert "config.targets[1]" in steps["upstream"]["text"]
        assert {asked.method for asked in provider.asked} == {"GET"}
        assert {asked.headers["x-api-key"] for asked in provider.asked} == {PROVIDER_KEY}
        assert KEY not in str(provider.asked)
        provider.answers["/v1/models"] = (401, {}, b'{"error": {"message": "no such key"}}')
        code, steps = check(command, "own", "--route")
        assert code == 6
        assert "provider behind the route refuses" in steps["upstream"]["text"]
    assert upstream.requests == []  # it records what is posted: nothing was


AUTH = ("authorization", "x-api-key", "x-portkey-api-key")


def keys_sent(request: Request) -> dict[str, str | None]:
    return {name: request.header(name) for name in AUTH}


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_key_is_handed_over_just_as_the_client_does_it(
    recorder: Recorder, command: Command, dialect: str, delivery: str
) -> None:
    """Else a check would pass where Claude Code is refused."""
    command.add(
        *("work", "--dialect", dialect, "--provider", "vertex-ai", "--virtual-key", "vk-1"),
        *(
            "--model",
            MODELS[dialect],
            "--key-delivery",
            delivery,
            "--gateway",
            gateway_url(recorder.url, dialect),
        ),
        key=KEY,
    )
    check(command, "work")
    (asked, *_) = recorder.requests
    recorder.clear()
    command.data("switch", "work")
    run_once(command.home, "ping")
    (called, *_) = recorder.model_calls
    assert keys_sent(asked) == keys_sent(called)
    assert re.match(r"/v1/models$", asked.path)


def test_proxies_and_certificates_are_those_of_the_client(command: Command, tmp_path: Path) -> None:
    """Each environment, for the real client and for `check`: both get through, or neither does."""
    authority = make_authority(tmp_path)
    trusting = {"NODE_EXTRA_CA_CERTS": str(authority.path)}
    with Recorder(authority.server_context()) as recorder, Proxy() as proxy:
        command.add(
            "work", "--provider", "@a", "--gateway", recorder.url, "--key-delivery", "settings", key=KEY
        )
        command.data("switch", "work")
        dead = "http://127.0.0.1:9"
        environments = [
            ({}, False, 0),
            (trusting, True, 0),
            ({"SSL_CERT_FILE": str(authority.path)}, True, 0),
            ({**trusting, "HTTPS_PROXY": proxy.url}, True, 1),
            ({**trusting, "HTTP_PROXY": proxy.url}, True, 1),
            ({**trusting, "ALL_PROXY": proxy.url.removeprefix("http://")}, True, 1),
            ({**trusting, "https_proxy": proxy.url, "HTTPS_PROXY": dead}, True, 1),
            ({**trusting, "HTTPS_PROXY": dead}, False, 0),
            ({**trusting, "HTTPS_PROXY": dead, "NO_PROXY": "example.com 127.0.0.1"}, True, 0),
        ]
        for env, through, by_proxy in environments:
            for ask in ("client", "check"):
                recorder.clear()
                proxy.asked.clear()
                if ask == "client":
                    run_once(command.home, "ping", {**env, "CLAUDE_CODE_MAX_RETRIES": "0"})
                else:
                    check(command, "work", env=env)
                assert (bool(recorder.requests), bool(proxy.asked)) == (through, bool(by_proxy)), (ask, env)
