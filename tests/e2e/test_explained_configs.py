"""What `explain` says of failures is what the real open-source gateway does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.gateway.real_gateway import FakeAnthropic, Gateway

from profiles.portkey.config.explaining.failures import failures
from profiles.portkey.config.explaining.matching import target_for

ONCE = {"attempts": 1}
SINGLE = {"mode": "single"}
NOTHING = "nothing more is tried at the gateway"
NEXT = "anthropic at {second} is tried"
BY_TEAM = {
    "mode": "conditional",
    "conditions": [{"query": {"metadata.a": {"$eq": "b"}}, "then": "x"}],
    "default": "y",
}


@pytest.mark.parametrize(
    ("whole", "weights", "status", "asked", "answered", "says"),
    [
        ({"strategy": {"mode": "fallback"}}, (1, 1), 429, (1, 1), 200, NEXT),
        ({"strategy": {"mode": "fallback"}}, (1, 1), 503, (1, 1), 200, NEXT),
        ({"strategy": {"mode": "fallback", "on_status_codes": [429]}}, (1, 1), 503, (1, 0), 503, NOTHING),
        ({"strategy": {"mode": "fallback"}, "retry": ONCE}, (1, 1), 500, (2, 1), 200,
         f"each target is retried once, then {NEXT}"),
        ({"strategy": SINGLE, "retry": ONCE}, (1, 1), 503, (2, 0), 503, "retried once"),
        ({"strategy": SINGLE, "retry": {**ONCE, "on_status_codes": [429]}}, (1, 1), 503, (1, 0), 503,
         NOTHING),
        ({"strategy": {"mode": "loadbalance"}}, (1, 0), 503, (1, 0), 503, NOTHING),
        ({"strategy": BY_TEAM}, (1, 1), 503, (1, 0), 503, NOTHING),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_said_of_a_failure_is_what_happens(
    gateway: Gateway,
    upstream: FakeAnthropic,
    whole: dict[str, Any],
    weights: tuple[int, int],
    status: int,
    asked: tuple[int, int],
    answered: int,
    says: str,
) -> None:
    with FakeAnthropic(status) as failing:
        names = ("y", "x")  # no metadata: the default
        hosts = (failing.base_url, upstream.base_url)
        targets = [
            {"name": name, "provider": "anthropic", "api_key": "k", "custom_host": host, "weight": weight}
            for name, host, weight in zip(names, hosts, weights, strict=True)
        ]
        config = {**whole, "targets": targets}
        answer = gateway.messages_with_config(config)
        happened = (len(failing.requests), len(upstream.requests))
    assert (happened, answer.status) == (asked, answered)
    found = {failure.on: failure.then for failure in failures(config)}
    kind = "429" if status == 429 else "5xx"
    assert found.get(kind, found.get("429 or 5xx")) == says.format(second=upstream.base_url)


@pytest.mark.parametrize(
    "query",
    [{"$eq": "b"}, {"$ne": "b"}, {"$in": ["a", "b"]}, {"$nin": ["b"]}, {"$in": []}, {"$eq": ""}],
    ids=str,
)
@pytest.mark.parametrize("metadata", ['{"a": "b"}', '{"a": "c"}', "{}"])
def test_the_target_that_metadata_lead_to_is_the_one_that_answers(
    gateway: Gateway, upstream: FakeAnthropic, query: dict[str, Any], metadata: str
) -> None:
    strategy = {**BY_TEAM, "conditions": [{"query": {"metadata.a": query}, "then": "x"}]}
    targets = [
        {"name": name, "provider": "anthropic", "api_key": "k", "custom_host": upstream.base_url}
        for name in ("y", "x")
    ]
    config = {"strategy": strategy, "targets": targets}
    answer = gateway.messages_with_config(config, {"x-portkey-metadata": metadata})
    used = answer.headers["x-portkey-last-used-option-index"]
    assert used == f"config.{target_for(config, json.loads(metadata))}"
