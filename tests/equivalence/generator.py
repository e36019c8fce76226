"""Setups made up: API format x address x route x where the key stands x models x other headers x the file."""

from __future__ import annotations

import json
from typing import Any

from equivalence.setup import Setup
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

KEY = "pk-of-the-gateway-0815"
CONFIG = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}, {"virtual_key": "vk-2"}]}
ADDRESSES = ("https://api.portkey.ai", "https://aigw.portkey.ai", "http://127.0.0.1:8787")
ROUTES: dict[str, list[str]] = {
    "provider": ["x-portkey-provider: @anthropic-prod"],
    "plain provider": ["x-portkey-provider:anthropic"],
    "virtual key": ["x-portkey-provider: vertex-ai", "x-portkey-virtual-key: vk-1"],
    "virtual key alone": ["x-portkey-virtual-key: vk-1"],
    "config": ["x-portkey-config: pc-work-1a2b3c"],
    "inline config": [f"x-portkey-config: {json.dumps(CONFIG)}"],
    "config and provider": ["x-portkey-provider: @a", "x-portkey-config: pc-cache-1a2b3c"],
    "inline and provider": ["x-portkey-config: " + '{"cache":{"mode":"simple"}}', "x-portkey-provider: @a"],
    "models": [],
    "key": [],
}
_HEADER = f"x-portkey-api-key: {KEY}"
_LINE = f"Authorization: Bearer {KEY}"
# variables, header lines, helper
PLACES: dict[str, tuple[dict[str, str], list[str], str]] = {
    "token": ({"ANTHROPIC_AUTH_TOKEN": KEY}, [], ""),
    "header": ({}, [_HEADER], ""),
    "both": ({"ANTHROPIC_AUTH_TOKEN": KEY}, [_HEADER], ""),
    "line": ({}, [_LINE], ""),
    "token and line": ({"ANTHROPIC_AUTH_TOKEN": KEY}, [_LINE], ""),
    "api key": ({"ANTHROPIC_API_KEY": KEY}, [], ""),
    "api key line": ({}, [f"x-api-key: {KEY}"], ""),
    "key beside a login": ({}, [_HEADER], ""),
    "helper beside the header": ({}, [_HEADER], "echo dummy"),
    "dummy token beside the header": ({"ANTHROPIC_AUTH_TOKEN": "dummy"}, [_HEADER], ""),
    "dummy line beside the header": ({}, [_HEADER, "x-api-key: dummy"], ""),
    "dummy bearer beside the header": ({}, [_HEADER, "Authorization: Bearer -"], ""),
    "dummy key beside the header": ({"ANTHROPIC_API_KEY": "dummy"}, [_HEADER], ""),
}
_BOTH_CLOUDS = {name: PLACES[name] for name in ("header", "token", "both", "line")}
CLOUD_PLACES = {
    "vertex": {**_BOTH_CLOUDS, "api key": PLACES["api key"]},
    "bedrock": {**_BOTH_CLOUDS, "bearer token": ({"AWS_BEARER_TOKEN_BEDROCK": KEY}, [], "")},
}
OTHERS = (
    "X-Corp: 1",
    "x-team:  tools ",
    'x-portkey-metadata: {"_user": "jane", "n": "1"}',
    'x-portkey-metadata: {"_user":"jos\\u00e9"}',
    "x-portkey-trace-id: session-1",
    "x-portkey-cache-namespace: jane",
    "X-Portkey-Request-Timeout: 30000",
    "x-portkey-forward-headers: anthropic-beta",
    "",
)
OVERRIDES = {"claude-opus-5-5": "us.anthropic.claude-opus-4-6-v1"}
IDS = {
    "messages": ("claude-sonnet-5-5", "claude-opus-5-5[1m]", "gpt-4o", "us.anthropic.claude-opus-4-6-v1"),
    "vertex": ("claude-sonnet-4-5@20250929", "claude-opus-4-6@20260101"),
    "bedrock": (
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
    ),
}
MODELS = (
    *(
        "ANTHROPIC_MODEL",
        "ANTHROPIC_DEFAULT_MODEL",
        "ANTHROPIC_SMALL_FAST_MODEL",
        "CLAUDE_CODE_SUBAGENT_MODEL",
    ),
    *(f"ANTHROPIC_DEFAULT_{tier}_MODEL" for tier in ("SONNET", "OPUS", "HAIKU", "FABLE")),
    "ANTHROPIC_CUSTOM_MODEL_OPTION",
)
ROWS = {
    "ANTHROPIC_DEFAULT_OPUS_MODEL_NAME": "Ours",
    "ANTHROPIC_DEFAULT_SONNET_MODEL_SUPPORTED_CAPABILITIES": "effort,thinking",
    "ANTHROPIC_CUSTOM_MODEL_OPTION_DESCRIPTION": "for tests",
    "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
    "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1",
}


def _of(names: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([*names])


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """One of them."""
    dialect = draw(_of(("messages", "vertex", "bedrock")))
    place = draw(_of(PLACES if dialect == "messages" else CLOUD_PLACES[dialect]))
    route = draw(_of(ROUTES))
    env, lines, helper = (PLACES | CLOUD_PLACES.get(dialect, {}))[place]
    env = {**env, **_address(draw, dialect, route)}
    env |= _models(draw, dialect, route)
    given_lines = draw(
        st.permutations([*lines, *ROUTES[route], *draw(st.lists(st.sampled_from(OTHERS), max_size=3))])
    )
    if given_lines:
        end = draw(st.sampled_from(("\n", "\n", "\r\n")))
        env["ANTHROPIC_CUSTOM_HEADERS"] = end.join(draw(_spelled(line)) for line in given_lines)
    file = "" if helper else draw(st.sampled_from(("", "", "rc.sh", ".env")))
    name = f"{dialect}, {route}, {place}, {file or 'settings.json'}"
    if file:
        return Setup(name, exports=env, file=file)
    top = draw(st.sampled_from(({}, {}, {"model": "sonnet"}, {"model": IDS[dialect][0]})))
    top |= draw(
        st.sampled_from(({}, {}, {"modelOverrides": OVERRIDES}, {"availableModels": ["opus", "sonnet"]}))
    )
    numbered: dict[str, Any] = {k: 1 if v == "1" and draw(st.booleans()) else v for k, v in env.items()}
    helped = {"apiKeyHelper": helper} if helper else {}
    kept = {"env": {**numbered, "USER_OWN": "kept"}, **top, "cleanupPeriodDays": 30}
    return Setup(name, {**helped, **kept}, oauth=place == "key beside a login")


def _spelled(line: str) -> st.SearchStrategy[str]:
    name, colon, value = line.partition(":")
    return st.sampled_from((line, line, f"{name.title()}{colon}{value} "))


def _address(draw: st.DrawFn, dialect: str, route: str) -> dict[str, str]:
    # Where nothing but the key or the models route, only Portkey's own hosts are known for a gateway.
    hosts = ADDRESSES[:2] if route in ("models", "key") else ADDRESSES
    base = draw(st.sampled_from(hosts))
    if dialect == "messages":
        return {"ANTHROPIC_BASE_URL": base + draw(st.sampled_from(("", "", "/", "/v1")))}
    cloud = dialect.upper()
    env = {f"ANTHROPIC_{cloud}_BASE_URL": f"{base}/v1"}
    env |= {f"CLAUDE_CODE_USE_{cloud}": "1", f"CLAUDE_CODE_SKIP_{cloud}_AUTH": "1"}
    if dialect == "vertex":
        env["ANTHROPIC_VERTEX_PROJECT_ID"] = draw(st.sampled_from(("portkey", "my-project")))
        env |= draw(st.sampled_from(({}, {"CLOUD_ML_REGION": "europe-west1"})))
    return env


def _models(draw: st.DrawFn, dialect: str, route: str) -> dict[str, str]:
    ids = st.sampled_from(IDS[dialect])
    fewest = 1 if route == "models" or dialect != "messages" else 0
    named = draw(st.dictionaries(st.sampled_from(MODELS), ids, min_size=fewest, max_size=len(MODELS)))
    named |= dict(draw(st.lists(st.sampled_from([*ROWS.items()]), max_size=2)))
    if route != "models":
        return named
    slugs = st.sampled_from(("@anthropic-prod", "@bedrock-prod"))
    return {name: model if name in ROWS else f"{draw(slugs)}/{model}" for name, model in named.items()}


def drawn(count: int, seed: int) -> list[Setup]:
    """So many, unlike each other, always the same for the same seed."""
    found: dict[str, Setup] = {}
    for each in _stream(4 * count, seed):
        found.setdefault(repr(each), each)
    return list(found.values())[:count]


def _stream(count: int, number: int) -> list[Setup]:
    found: list[Setup] = []

    @seed(number)
    @settings(
        max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
    )
    @given(setups())
    def keep(setup: Setup) -> None:
        found.append(setup)

    keep()
    return found
