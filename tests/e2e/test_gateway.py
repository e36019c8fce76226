"""What this project says of the open-source Portkey gateway is true of the real one, and its routes work."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from support.gateway.real_gateway import FakeAnthropic, Gateway, dead_port, require_gateway, running_gateway

from profiles.portkey.config.config import check_config
from profiles.portkey.config.rules.self_hosted import PROVIDERS


def target(url: str, **more: Any) -> dict[str, Any]:
    return {"provider": "anthropic", "api_key": "sk-target", "custom_host": url, **more}


def fallback(*targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"strategy": {"mode": "fallback"}, "targets": list(targets), **more}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_when_the_first_target_is_dead_the_second_answers(
    gateway: Gateway, upstream: FakeAnthropic, stream: bool
) -> None:
    with dead_port() as port:
        config = fallback(target(f"http://127.0.0.1:{port}/v1"), target(upstream.base_url))
        answer = gateway.messages_with_config(config, stream=stream)
    assert (answer.status, answer.headers["x-portkey-last-used-option-index"]) == (200, "config.targets[1]")
    if stream:
        events = [json.loads(line[6:]) for line in answer.body.splitlines() if line.startswith("data: ")]
        assert [event["type"] for event in events][-2:] == ["message_delta", "message_stop"]
        assert events[2]["delta"]["text"] == upstream.text
    else:
        assert answer.json["content"][0]["text"] == upstream.text


@pytest.mark.parametrize("status", [500, 429])
def test_when_the_first_target_refuses_the_second_answers(
    gateway: Gateway, upstream: FakeAnthropic, status: int
) -> None:
    with FakeAnthropic(status) as refusing:
        answer = gateway.messages_with_config(fallback(target(refusing.base_url), target(upstream.base_url)))
    assert (answer.status, answer.headers["x-portkey-last-used-option-index"]) == (200, "config.targets[1]")
    assert (len(refusing.requests), len(upstream.requests)) == (1, 1)


def test_a_nested_fallback_tells_which_inner_target_answered(
    gateway: Gateway, upstream: FakeAnthropic
) -> None:
    with FakeAnthropic(500) as refusing:
        inner = fallback(target(refusing.base_url), target(upstream.base_url))
        answer = gateway.messages_with_config(fallback(target(refusing.base_url), inner))
    assert answer.headers["x-portkey-last-used-option-index"] == "config.targets[1].targets[1]"


def test_a_condition_on_metadata_chooses_the_target(gateway: Gateway, upstream: FakeAnthropic) -> None:
    config = conditional(upstream.base_url, {"metadata.plan": {"$eq": "paid"}})
    assert check_config(config, self_hosted=True)[0].level == "warning"
    for plan, index in (("paid", 1), ("free", 0)):
        answer = gateway.messages_with_config(config, {"x-portkey-metadata": json.dumps({"plan": plan})})
        assert answer.headers["x-portkey-last-used-option-index"] == f"config.targets[{index}]"


def conditional(url: str, query: object, then: str = "second", default: str = "first") -> dict[str, Any]:
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": then}],
            "default": default,
        },
        "targets": [target(url, name="first"), target(url, name="second")],
    }


def test_hosted_ids_are_refused_with_400(gateway: Gateway) -> None:
    saved = gateway.messages({"x-portkey-config": "pc-abc-123"})
    slug = gateway.messages({"x-portkey-provider": "@anthropic-prod"})
    virtual = gateway.messages({"x-portkey-virtual-key": "vk-1"})
    assert [answer.status for answer in (saved, slug, virtual)] == [400, 400, 400]
    assert "valid json" in saved.json["message"]
    assert "Invalid provider" in slug.json["message"]


def test_the_provider_names_we_know_are_the_ones_it_knows(gateway: Gateway) -> None:
    answer = gateway.messages_with_config({"provider": "no-such-provider", "api_key": "k"})
    assert answer.status == 400
    assert set(answer.json["errors"][0].split("Must be one of: ")[1].split(", ")) == PROVIDERS


# A loopback address that is never asked: every one of these is refused before.
NOWHERE = "http://127.0.0.1:9/v1"
T = target(NOWHERE)
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("provider", {"cache": {"mode": "simple"}}),
    ("provider", {"virtual_key": "vk"}),
    ("provider", {"prompt_id": "p"}),
    ("provider", {"provider": "@slug", "api_key": "k"}),
    ("api_key", {"provider": "anthropic"}),
    ("api_key", {"provider": "anthropic", "custom_host": NOWHERE}),
    ("strategy", {"targets": [T]}),
    ("strategy", {"targets": [T], "retry": {"attempts": 0}}),
    ("targets", fallback()),
    ("targets", {"strategy": {"mode": "single"}, "targets": []}),
    ("targets", {"strategy": {"mode": "single"}, **T}),
    ("targets", {"strategy": {"mode": "loadbalance"}, "targets": [{**T, "weight": 0}]}),
    ("targets[0].weight", {"strategy": {"mode": "loadbalance"}, "targets": [{**T, "weight": -1}]}),
    ("targets[0].provider", fallback({"override_params": {"model": "@slug/claude"}})),
    ("targets[0].provider", fallback({"retry": {"attempts": 0}})),
    ("targets[0].api_key", fallback({"provider": "anthropic", "virtual_key": "vk", "custom_host": NOWHERE})),
    ("targets[0].targets[0].provider", fallback(fallback({"virtual_key": "vk"}))),
    ("vertex_region", {"provider": "vertex-ai", "api_key": "k", "vertex_project_id": "p"}),
    ("vertex_region", {"provider": "vertex-ai", "api_key": "k", "vertex_region": "r"}),
    (
        "vertex_service_account_json",
        {"provider": "vertex-ai", "vertex_region": "r", "vertex_service_account_json": {"a": 1}},
    ),
    ("input_guardrails", {**T, "input_guardrails": ["a", {"id": "b"}]}),
    ("custom_host", target("no-address")),
    ("custom_host", target("ftp://127.0.0.1/v1")),
    ("custom_host", target("http://me:pw@127.0.0.1/v1")),
    ("custom_host", target("https://api.portkey.ai/v1")),
    ("custom_host", target("https://under_score.example/v1")),
    ("retry.attempts", {**T, "retry": {"attempts": "3"}}),
    ("strategy.default", conditional(NOWHERE, {"metadata.a": {"$eq": "x"}}, default="third")),
    ("strategy.conditions[0].then", conditional(NOWHERE, {}, then="third")),
    (
        'strategy.conditions[0].query["metadata.a"].$like',
        conditional(NOWHERE, {"metadata.a": {"$like": "x"}}),
    ),
    ("$", {**T, "metadata": {"a": "x" * 17_000}}),
]


@pytest.mark.parametrize(("path", "config"), REFUSED, ids=range(len(REFUSED)))
def test_what_we_call_an_error_it_refuses(gateway: Gateway, path: str, config: dict[str, Any]) -> None:
    errors = [finding.path for finding in check_config(config, self_hosted=True) if finding.level == "error"]
    assert path in errors
    answer = gateway.messages_with_config(config)
    assert answer.status in (400, 431, 500)
    # Refused by the gateway itself: no target was tried.
    assert "x-portkey-last-used-option-index" not in answer.headers


PASSING: list[dict[str, Any]] = [
    {},
    {"weight": 0},
    {"retry": {"attempts": 0}, "cache": {"mode": "simple", "max_age": 60}},
    {"retry": {"attempts": 1, "on_status_codes": [429], "use_retry_after_headers": True}},
    {"override_params": {"temperature": 0.5}, "request_timeout": 9000, "forward_headers": ["anthropic-beta"]},
    {"virtual_key": "ignored"},
    {"a_field_of_the_future": [1]},
]


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "as target"])
@pytest.mark.parametrize("more", PASSING, ids=range(len(PASSING)))
def test_what_we_let_pass_it_accepts(
    gateway: Gateway, upstream: FakeAnthropic, more: dict[str, Any], wrapped: bool
) -> None:
    config = target(upstream.base_url, **more)
    config = fallback(config) if wrapped else config
    assert [f for f in check_config(config, self_hosted=True) if f.level == "error"] == []
    assert gateway.messages_with_config(config).status == 200


@pytest.mark.parametrize(
    "host", ["http://10.1.2.3/v1", "https://llm.internal/v1", "http://192.168.1.5:8080/v1"]
)
def test_a_private_host_is_refused_by_default_as_we_warn(gateway: Gateway, host: str) -> None:
    config = target(host)
    assert "custom_host" in [finding.path for finding in check_config(config, self_hosted=True)]
    answer = gateway.messages_with_config(config)
    assert (answer.status, "Invalid custom host" in answer.body) == (400, True)


@pytest.mark.parametrize("field", ["metadata.plan.kind", "headers.plan"])
def test_a_condition_never_matches_where_we_warn(
    gateway: Gateway, upstream: FakeAnthropic, field: str
) -> None:
    config = conditional(upstream.base_url, {field: {"$eq": "paid"}})
    assert any(field in finding.path for finding in check_config(config, self_hosted=True))
    metadata = {"x-portkey-metadata": '{"plan": {"kind": "paid"}}', "plan": "paid"}
    answer = gateway.messages_with_config(config, metadata)
    assert answer.headers["x-portkey-last-used-option-index"] == "config.targets[0]"


BETA_PLACES = [
    lambda url: target(url),
    lambda url: target(url, forward_headers=["anthropic-beta"]),
    lambda url: fallback(target(url)),
    lambda url: fallback(target(url), forward_headers=["Anthropic-Beta"]),
    lambda url: fallback(target(url, forward_headers=["anthropic-beta"])),
    lambda url: fallback(target(url, forward_headers=["x-other"]), forward_headers=["anthropic-beta"]),
]


@pytest.mark.parametrize("place", BETA_PLACES, ids=range(len(BETA_PLACES)))
def test_the_beta_header_is_lost_exactly_where_we_warn(
    gateway: Gateway, upstream: FakeAnthropic, place: Any
) -> None:
    config = place(upstream.base_url)
    warned = any("anthropic-beta" in finding.message for finding in check_config(config, self_hosted=True))
    gateway.messages_with_config(config, {"anthropic-beta": "the-clients"})
    assert (upstream.requests[0].headers["anthropic-beta"] != "the-clients") == warned


CLIENT_KEYS = {
    "authorization": "Bearer sk-client",
    "x-api-key": "sk-client-too",
    "x-portkey-api-key": "pk-client",
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_with_a_targets_own_key_no_key_of_the_clients_reaches_the_upstream(
    gateway: Gateway, upstream: FakeAnthropic, stream: bool
) -> None:
    for config in (target(upstream.base_url), fallback(target(upstream.base_url))):
        gateway.messages_with_config(config, CLIENT_KEYS, stream=stream)
    for received in upstream.requests:
        assert received.headers["x-api-key"] == "sk-target"
        assert "client" not in json.dumps(received)
        assert not any(name.startswith("x-portkey") for name in received.headers)
    assert len(upstream.requests) == 2


def test_forward_headers_sends_the_clients_key_on_as_we_warn(
    gateway: Gateway, upstream: FakeAnthropic
) -> None:
    config = target(upstream.base_url, forward_headers=["authorization"])
    assert any("client's own key" in finding.message for finding in check_config(config, self_hosted=True))
    gateway.messages_with_config(config, CLIENT_KEYS)
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-client"
    assert upstream.requests[0].headers["x-api-key"] == "sk-target"


def test_without_a_config_the_clients_key_becomes_the_providers(
    gateway: Gateway, upstream: FakeAnthropic
) -> None:
    route = {"x-portkey-provider": "anthropic", "x-portkey-custom-host": upstream.base_url}
    gateway.messages({**route, **CLIENT_KEYS})
    assert upstream.requests[0].headers["x-api-key"] == "sk-client"


def test_it_is_reachable_on_loopback_only_and_gone_afterwards(tmp_path: Path) -> None:
    require_gateway()
    with running_gateway(tmp_path) as running:
        port, pid = running.port, running.pid
        with pytest.raises(OSError, match=r"refused|assign|unreachable"):
            socket.create_connection(("127.0.0.2", port), timeout=5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
