"""What Claude Code sends for given settings, by a model of it: hundreds of setups in seconds.

As the real client (2.1.332) was seen to do; `tests/e2e/test_equivalence.py` holds it to that. It knows
nothing of files that the client drops, of proxies, or of what changes in a running session.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

ANTHROPIC = "https://api.anthropic.com"
_HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
_AWS_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"
# The region of one model beats the one of all; the client has such a variable for each.
_REGIONS = {"claude-sonnet-4-5": "VERTEX_REGION_CLAUDE_4_5_SONNET"}
_ON = ("1", "true", "yes", "on")
# In its order: of several that are on, the first counts.
_CLOUDS = {
    "CLAUDE_CODE_USE_BEDROCK": "bedrock",
    "CLAUDE_CODE_USE_FOUNDRY": "foundry",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS": "anthropic aws",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD": "google cloud",
    "CLAUDE_CODE_USE_MANTLE": "mantle",
    "CLAUDE_CODE_USE_VERTEX": "vertex",
}
# What each alias of a model means where no variable says otherwise, and where a cloud has other names.
_TIERS = {"opus": "claude-opus-5-5", "sonnet": "claude-sonnet-5-5", "haiku": "claude-haiku-5-5"}
_TIERS |= {"fable": "claude-fable-5-2"}
_ALIASES = {**{tier: tier for tier in _TIERS}, "best": "opus", "opusplan": "sonnet"}
_OF_CLOUD = {
    "vertex": {"sonnet": "claude-sonnet-4-5@20250929", "haiku": "claude-haiku-4-5@20251001"},
    "bedrock": {
        "opus": "us.anthropic.claude-opus-5-5",
        "sonnet": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "haiku": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    },
}


class Sent(NamedTuple):
    """One request: the whole `url`, the model, and each header that routes, authenticates or is the user's.

    With a `problem` none is sent, and the client says so.
    """

    url: str = ""
    model: str = ""
    headers: Mapping[str, str] = {}
    problem: str = ""


class Login(NamedTuple):
    """What a user has signed in with at Anthropic, beside all settings."""

    oauth: str = ""  # a claude.ai account
    console: str = ""  # `primaryApiKey` of ~/.claude.json


Helper = Callable[[str, Mapping[str, str]], str]


def run_helper(command: str, env: Mapping[str, str]) -> str:
    """What a helper prints; empty when it fails."""
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=dict(env), capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def request_of(
    settings: Sequence[Mapping[str, Any]],
    shell: Mapping[str, str] = {},
    login: Login = Login(),  # noqa: B008 - immutable
    helper: Helper = run_helper,
) -> Sent:
    """The request of `claude -p`; `settings`: the files that it reads, the more general first."""
    env = dict(shell)
    for each in settings:
        env |= {name: _text(value) for name, value in each.get("env", {}).items()}
    env = {name: value for name, value in env.items() if value != ""}
    top = {name: value for each in settings for name, value in each.items() if name != "env"}
    cloud = next((name for switch, name in _CLOUDS.items() if _is_on(env.get(switch))), "")
    model = _model(env, top, cloud)
    url, problem = _address(env, cloud, model)
    command = top.get("apiKeyHelper") or ""
    key = helper(command, env) if command else ""
    headers, signed_in = _authentication(env, cloud, key, login)
    if command and not key:
        problem = "apiKeyHelper failed"  # the client sends an empty key all the same
    if not cloud and not signed_in:
        problem = problem or "Not logged in"
    return Sent(problem=problem) if problem else Sent(url, model, headers)


def _text(value: object) -> str:
    """A value of `env` as JavaScript makes text of it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _is_on(value: str | None) -> bool:
    return value is not None and value.strip().lower() in _ON


def _address(env: Mapping[str, str], cloud: str, model: str) -> tuple[str, str]:
    """Where the request goes; or why there is none."""
    if not cloud:
        return env.get("ANTHROPIC_BASE_URL", ANTHROPIC).rstrip("/") + "/v1/messages?beta=true", ""
    base = env.get(f"ANTHROPIC_{cloud.upper()}_BASE_URL", "").rstrip("/")
    if cloud not in ("vertex", "bedrock") or not base:
        return "", f"to {cloud} itself"
    by_token = cloud == "bedrock" and env.get(_AWS_TOKEN)
    if not (by_token or _is_on(env.get(f"CLAUDE_CODE_SKIP_{cloud.upper()}_AUTH"))):
        return "", "Could not load credentials"
    if cloud == "bedrock":
        return f"{base}/model/{quote(model, safe=':@')}/invoke-with-response-stream", ""
    project = env.get("ANTHROPIC_VERTEX_PROJECT_ID")
    if not project:
        return "", "No projectId was given"
    of_model = env.get(_REGIONS.get(model.partition("@")[0], ""))
    place = f"{base}/projects/{project}/locations/{of_model or env.get('CLOUD_ML_REGION', 'us-east5')}"
    return f"{place}/publishers/anthropic/models/{model.replace(' ', '%20')}:streamRawPredict", ""


def _authentication(
    env: Mapping[str, str], cloud: str, helped: str, login: Login
) -> tuple[dict[str, str], bool]:
    """The headers beside the client's own; whether it thinks itself signed in."""
    lines = {}
    for line in env.get(_HEADERS, "").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            lines[name.strip().lower()] = value.strip()
    bearer = env.get("ANTHROPIC_AUTH_TOKEN", "").strip() or helped
    key = "" if cloud == "bedrock" else env.get("ANTHROPIC_API_KEY", "").strip()
    if cloud == "bedrock":
        bearer = env.get(_AWS_TOKEN) or bearer
    elif not cloud:
        key = key or helped
        if not (bearer or key or lines.get("authorization") or lines.get("x-api-key")):
            bearer = login.oauth
        if not (helped or key or (bearer and bearer == login.oauth)):
            key = login.console
    headers = ({"x-api-key": key} if key else {}) | lines
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    return headers, bool(headers.get("authorization") or headers.get("x-api-key"))


def _model(env: Mapping[str, str], top: Mapping[str, Any], cloud: str) -> str:
    asked = env.get("ANTHROPIC_MODEL") or top.get("model") or env.get("ANTHROPIC_DEFAULT_MODEL")
    if not asked:
        asked = "opus"
        if cloud and "ANTHROPIC_DEFAULT_SONNET_MODEL" in env and "ANTHROPIC_DEFAULT_OPUS_MODEL" not in env:
            asked = "sonnet"  # of a cloud's models the client prefers one that is named
    model = _resolved(asked.strip(), env, cloud)
    allowed = top.get("availableModels")
    if allowed is not None and not _is_allowed(asked.strip(), model, allowed):
        model = _resolved(env.get("ANTHROPIC_DEFAULT_MODEL", "opus"), env, cloud)
    overrides = top.get("modelOverrides") or {}
    return str(overrides.get(model, model)).removesuffix("[1m]")


def _is_allowed(asked: str, model: str, allowed: Sequence[str]) -> bool:
    families = [each for each in allowed if each in _TIERS]
    return (
        asked in allowed
        or model in allowed
        or ("claude" in model and any(each in model for each in families))
    )


def _resolved(asked: str, env: Mapping[str, str], cloud: str) -> str:
    tier = _ALIASES.get(asked.lower().removesuffix("[1m]"))
    if tier is None:
        return asked.removesuffix("[1m]")
    own = (_TIERS | _OF_CLOUD.get(cloud, {}))[tier]
    return env.get(f"ANTHROPIC_DEFAULT_{tier.upper()}_MODEL", own).removesuffix("[1m]")


def understood(sent: Sent) -> tuple[str, str, dict[str, str], str, frozenset[str]]:
    """The request as Portkey's hosted gateway takes it: address, model, route, the Portkey key, other keys.

    Its key is `x-portkey-api-key`, else the bearer, else what its pages let stand in `x-api-key`; the same
    key in another place says nothing more.
    """
    headers = dict(sent.headers)
    bearer = headers.pop("authorization", "").removeprefix("Bearer ").strip()
    other = headers.pop("x-api-key", "")
    key = headers.pop("x-portkey-api-key", "") or bearer or other
    others = frozenset({bearer, other} - {key, ""})
    parts = urlsplit(sent.url)
    path = parts.path.replace("/v1/v1/", "/v1/")  # a base URL with one `/v1` too many
    return (
        f"{parts.scheme}://{parts.netloc}{path}",
        sent.model,
        {name: value for name, value in headers.items() if value},
        key,
        others,
    )
