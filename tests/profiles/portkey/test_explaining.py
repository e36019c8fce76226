"""What a config does is said in words: right ones, for every config, and with no secret among them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.portkey.config.explaining.failures import failures
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.explaining.strategies import STRATEGIES
from profiles.portkey.config.explaining.tree import Explained, explained
from profiles.portkey.config.model import Strategy

DATA = Path(__file__).parents[2] / "data/portkey"
VALID = [entry["config"] for entry in json.loads((DATA / "configs-valid.json").read_text())]
CANARY = "sk-CANARY-of-a-provider"
A, B = {"provider": "@a"}, {"provider": "@b"}
BY_TEAM = {
    "mode": "conditional",
    "conditions": [
        {"query": {"metadata.team": {"$in": ["eng", "ops"]}}, "then": "a"},
        {"query": {"$or": [{"params.model": {"$regex": "^x"}}, {"metadata.n": {"$gte": 2}}]}, "then": "b"},
    ],
    "default": "b",
}


def levels(one: Explained) -> Iterator[Explained]:
    yield one
    for target in one.targets:
        yield from levels(target)


def named(config: Mapping[str, Any]) -> Iterator[str]:
    """Every provider, virtual key, prompt and model that stands in it."""
    for field in ("provider", "virtual_key", "prompt_id"):
        if field in config and not (field == "provider" and "/" in config[field]):
            yield config[field]
    if isinstance(model := config.get("override_params", {}).get("model"), str):
        yield model.rpartition("/")[2] if model.startswith("@") else model
    for target in config.get("targets", ()):
        yield from named(target)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"strategy": {"mode": "fallback", "on_status_codes": [429, 503]}, "targets": [A, B]},
         "Tries @a, then @b on 429 or 503."),
        ({"strategy": {"mode": "fallback"}, "targets": [A, B]}, "Tries @a, then @b on any failure."),
        ({"strategy": {"mode": "loadbalance"}, "targets": [{**A, "weight": 7}, {**B, "weight": 3}]},
         "Sends 70 % to @a and 30 % to @b."),
        ({"strategy": {"mode": "loadbalance"}, "targets": [A, {**B, "weight": 3}]},
         "Sends 25 % to @a and 75 % to @b."),
        ({"strategy": BY_TEAM, "targets": [{**B, "name": "b"}, {**A, "name": "a"}]},
         "Sends requests where metadata.team is one of eng or ops to @a; requests where params.model matches "
         "^x or metadata.n is at least 2, and all others, to @b."),
        ({"strategy": {**BY_TEAM, "default": "c"}, "targets": [{**A, "name": "a"}, {**B, "name": "b"}]},
         "Sends requests where metadata.team is one of eng or ops to @a; requests where params.model matches "
         "^x or metadata.n is at least 2 to @b. Refuses all other requests, because its default c is none "
         "of its targets."),
        ({"strategy": {"mode": "fallback"}, "targets": [
            {"strategy": {"mode": "loadbalance"}, "targets": [A, B]}, {"virtual_key": "vk-1"}]},
         "Tries (50 % to @a and 50 % to @b), then virtual key vk-1 on any failure."),
        ({"strategy": {"mode": "single"}, "targets": [A, B]}, "Sends every request to @a; never to @b."),
        ({**A, "retry": {"attempts": 3}},
         "Sends every request to @a. Retries up to 3 times on 429, 500, 502, 503, 504 or 529."),
        ({**A, "retry": {"attempts": 1, "on_status_codes": [429], "use_retry_after_headers": True}},
         "Sends every request to @a. Retries once on 429, after as long as the provider says."),
        ({**A, "retry": {"attempts": 0}}, "Sends every request to @a. Never retries."),
        ({"cache": {"mode": "semantic", "max_age": 5400}},
         "Sends every request to the provider that the request names. Caches answers at the gateway for 1 "
         "hour 30 minutes, for a similar request."),
        ({**A, "request_timeout": 30000},
         "Sends every request to @a. Gives up after 30 seconds (status 408)."),
        ({"override_params": {"model": "@a/m", "max_tokens": 64}},
         "Sends every request to @a with model m. Always sets max_tokens 64."),
        ({**A, "forward_headers": ["anthropic-beta"], "drop_params": ["top_k"]},
         "Sends every request to @a. Leaves out top_k. Forwards anthropic-beta."),
        ({"provider": "openai", "custom_host": "https://u:p@h.example/v1?k=1", "api_key": "env:K"},
         "Sends every request to openai at https://h.example/v1. Takes api_key from env:K."),
        ({**A, "cb_config": {"failure_threshold": 5, "cooldown_interval": 60000}},
         "Sends every request to @a. Lets a target rest for 1 minute after 5 failures (circuit breaker)."),
        ({**A, "input_guardrails": [{"id": "g", "deny": True}], "output_guardrails": ["h"]},
         "Sends every request to @a. Checks the request by g (refuses (446) what fails). Checks the answer "
         "by h."),
        ({**A, "something_new": 1}, "Sends every request to @a. Also sets something_new."),
    ],
)  # fmt: skip
def test_a_config_is_said_in_a_sentence(config: dict[str, Any], says: str) -> None:
    assert sentence(config) == says


@pytest.mark.parametrize("config", VALID, ids=str)
def test_every_documented_config_is_explained_with_each_of_its_targets(config: dict[str, Any]) -> None:
    said = sentence(config)
    told = " ".join(f"{one.when} {one.does} {one.details}" for one in levels(explained(config)))
    for name in named(config):
        assert name in said
        assert name in told


@pytest.mark.parametrize(
    ("config", "limited", "broken"),
    [
        (A, "nothing more is tried at the gateway", "nothing more is tried at the gateway"),
        ({"strategy": {"mode": "fallback"}, "targets": [A, B]}, "@b is tried", "@b is tried"),
        ({"strategy": {"mode": "fallback", "on_status_codes": [429]}, "targets": [A, B]},
         "@b is tried", "nothing more is tried at the gateway"),
        ({"strategy": {"mode": "fallback", "on_status_codes": [503]}, "targets": [A, B]},
         "nothing more is tried at the gateway", "@b is tried (only on 503)"),
        ({"strategy": {"mode": "fallback"}, "retry": {"attempts": 2}, "targets": [A, B]},
         "each target is retried up to 2 times, then @b is tried",
         "each target is retried up to 2 times, then @b is tried"),
        ({"strategy": {"mode": "loadbalance"}, "targets": [A, {**B, "retry": {"attempts": 1}}]},
         "it depends on the target, see above", "it depends on the target, see above"),
        ({**A, "retry": {"attempts": 5, "on_status_codes": [429, 500]}},
         "retried up to 5 times", "retried up to 5 times (only on 500)"),
    ],
)  # fmt: skip
def test_what_a_failure_leads_to_is_said(config: dict[str, Any], limited: str, broken: str) -> None:
    found = {failure.on: failure.then for failure in failures(config)}
    both = found.get("429 or 5xx", "")
    assert (found.get("429", both), found.get("5xx", both)) == (limited, broken)


def test_a_target_takes_what_it_does_not_name_from_above() -> None:
    config = {"strategy": {"mode": "fallback"}, **A, "targets": [{"override_params": {"model": "m"}}, B]}
    first, second = explained(config).targets
    assert (first.provider, first.model, first.does) == (
        "@a",
        "m",
        "goes to @a with model m",
    )
    assert (second.provider, second.path) == ("@b", "targets[1]")


@pytest.mark.parametrize(
    "config",
    [
        {"provider": "openai", "api_key": CANARY},
        {**A, "override_params": {"api_key": CANARY}, "default_params": {"x": {"token": CANARY}}},
        {**A, "vertex_service_account_json": {"private_key": CANARY}, "metadata": {"password": CANARY}},
        {**A, "before_request_hooks": [{"id": "h", "credentials": {"apiKey": CANARY}}]},
        {"strategy": {"mode": "fallback"}, "targets": [{"provider": "x", "aws_secret_access_key": CANARY}]},
        {**A, "api_key": f'cmd:["echo", "{CANARY}"]', "some_list": [CANARY]},
    ],
    ids=str,
)
def test_no_secret_is_in_an_explanation(config: dict[str, Any]) -> None:
    assert CANARY not in f"{sentence(config)} {explained(config)} {failures(config)}"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["strategy", "targets", "mode", "conditions", "query", "then", "default", "weight", "retry",
             "attempts", "on_status_codes", "cache", "max_age", "name", "provider", "model",
             "override_params", "input_guardrails", "cb_config", "sticky", "hash_fields", "$or",
             "request_timeout", "default_params"]
        )
        | st.text(),
        inside | st.sampled_from(["fallback", "loadbalance", "conditional", "a"]),
        max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_whatever_an_account_answers_is_explained_on_lines_that_can_be_shown(config: object) -> None:
    texts = [sentence(config), *(failure.then for failure in failures(config))]
    for one in levels(explained(config)):
        texts += [one.does, one.when, one.path, *one.details, one.provider or "", one.model or ""]
    assert all(text.isprintable() for text in texts)
    assert texts[0].endswith(".")


OURS = st.sampled_from(["all others", "never", "first", "where", "prompt x", "retried", "$", "none"])


@given(value=OURS, mode=st.sampled_from([*STRATEGIES]), default=OURS)
def test_values_that_read_like_words_of_an_explanation_change_nothing_of_it(
    value: str, mode: str, default: str
) -> None:
    condition = {"query": {"metadata.team": value}, "then": "a"}
    strategy = {"mode": mode, "conditions": [condition], "default": default}
    targets = [{"name": "a", "provider": f"{value}!", "override_params": {"model": "m"}}, B]
    config = {"strategy": strategy, "targets": targets}
    said = sentence(config)
    assert "@b" in said
    assert f"{value}! with model m" in said
    assert (f"Refuses all other requests, because its default {default} is none of its targets." in said) == (
        mode == "conditional"
    )


def test_a_provider_that_is_called_like_a_retry_is_not_taken_for_one() -> None:
    inner = {"strategy": {"mode": "fallback"}, "targets": [A, {"provider": "retried once"}]}
    config = {"strategy": {"mode": "fallback"}, "targets": [inner, inner]}
    assert failures(config)[0].then.startswith("each target does what it says above")


def test_every_mode_of_a_strategy_has_its_words() -> None:
    assert set(get_args(Strategy.model_fields["mode"].annotation)) == set(STRATEGIES)


def test_a_config_too_deep_or_too_large_is_said_to_be() -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"targets": [deep]}
    assert sentence(deep).startswith("It is no config that can be read")
    assert not explained({"targets": [A] * 20_000}).targets
