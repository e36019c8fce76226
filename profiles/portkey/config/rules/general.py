"""What a well-typed Portkey config can still get wrong: routes, conditions, leaks, size. Pure rules.

Every rule accepts wrongly typed data (the model reports that) and ignores it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from profiles.base.errors import UsageError
from profiles.base.secret_references.parse import parse_reference
from profiles.portkey.config.findings import (
    WHOLE,
    Finding,
    Kind,
    Level,
    each_level,
    list_in,
    object_in,
    path_text,
    value_at,
)
from profiles.portkey.config.rules.conditions import conditions
from profiles.portkey.config.secret_texts import hidden_texts
from profiles.portkey.config.secrets import REFERENCES, reference_fields, secret_fields
from profiles.portkey.header_names import CLIENT_KEYS, LEFT_BYTES, MOST_BYTES, PORTKEY_KEY, WARNED_BYTES

# Any of these makes a config do something by itself (the documentation's JSON schema).
_EFFECTS = (
    "virtual_key", "cache", "retry", "prompt_id", "forward_headers", "request_timeout", "after_request_hooks",
    "before_request_hooks", "input_guardrails", "output_guardrails", "passthrough", "default_params",
    "drop_params", "override_params",
)  # fmt: skip
_PROVIDER_NEEDS = (
    ("api_key",),
    ("custom_host",),
    ("aws_access_key_id", "aws_secret_access_key"),
    ("vertex_region", "vertex_service_account_json"),
    ("vertex_region", "vertex_project_id"),
    ("azure_deployment_name", "azure_deployment_type", "azure_region", "azure_api_version"),
    ("azure_endpoint_name", "azure_deployment_type"),
)
_THRESHOLDS = ("failure_threshold", "failure_threshold_percentage")
_ROUTES = ("provider", "virtual_key", "prompt_id", "passthrough")
# Names in a slug or model that tell another API than Anthropic's own, where the beta header has no use.
_NOT_ANTHROPIC = re.compile(r"vertex|bedrock|azure|openai|gpt|gemini|google|mistral", re.IGNORECASE)


def common_findings(data: Mapping[str, Any], *, self_hosted: bool) -> Iterator[Finding]:
    """What is true of every gateway."""
    for level in each_level(data):
        yield from conditions(level, self_hosted=self_hosted)
        yield from _custom_host(level)
        yield from _circuit_breakers(level)
        yield from _forwarded_headers(level, self_hosted=self_hosted)
    yield from _secrets(data)
    size = len(json.dumps(data, separators=(",", ":")))
    if size > WARNED_BYTES:
        kind: Kind = "error" if self_hosted and size > MOST_BYTES else "warning"
        message = (
            f"takes {size} bytes as a header; gateways refuse about {LEFT_BYTES:,} for all headers (431): "
            "shorten it"
        )
        yield Finding(kind, WHOLE, message)


def _secrets(data: Mapping[str, Any]) -> Iterator[Finding]:
    for path, _ in secret_fields(data):
        message = f"holds a secret in clear text: write {REFERENCES} instead"
        yield Finding("warning", path_text(path), message)
    for path, _ in hidden_texts(data):
        if path[-1] != "custom_host" or "@" not in str(value_at(data, path)):  # that is an error of its own
            yield Finding("warning", path_text(path), "holds a login or token in clear text: take it out")
    for path, reference in reference_fields(data):
        try:
            parse_reference(reference)
        except UsageError as error:
            yield Finding("warning", path_text(path), error.title)


def hosted_findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What Portkey's own service refuses, or refuses in some organisations."""
    yield Finding(
        "warning",
        WHOLE,
        "organisations created since 2026-06-19 refuse an inline config (400) unless they allow it: "
        "save it at Portkey and use its pc- id",
    )
    for level in each_level(data):
        yield from _route(level)
        provider = level.data.get("provider")
        if isinstance(provider, str) and not provider.startswith("@"):
            yield level.warning(
                "saved-only organisations refuse a plain provider name: use an @slug", "provider"
            )
        if "custom_host" in level.data:
            yield level.warning("saved-only organisations refuse a custom host", "custom_host")


def _route(level: Level) -> Iterator[Finding]:
    data = level.data
    named = any(field in data for field in _ROUTES) or _catalog_model(data)
    inherited = any(field in upper for upper in level.above for field in ("provider", "virtual_key"))
    if data.get("targets") == [] and not named:
        yield level.error("is empty: name at least one target", "targets")
    elif level.path and not (named or inherited or "targets" in data):
        if "override_params" in data:
            yield level.warning("has no route of its own: the request must name a provider")
        else:
            yield level.error("has no route: give provider, virtual_key, targets or a model like @slug/model")
    elif not (_says_enough(data) or inherited):
        if "provider" in data:
            yield level.error("needs api_key or custom_host beside it, or must be an @slug", "provider")
        else:
            yield level.error(
                "has no route: give provider, virtual_key or targets, or settings such as cache"
            )


def _says_enough(data: Mapping[str, Any]) -> bool:
    provider = data.get("provider")
    return (
        "targets" in data
        or any(field in data for field in _EFFECTS)
        or (
            isinstance(provider, str)
            and (provider.startswith("@") or any(all(f in data for f in needs) for needs in _PROVIDER_NEEDS))
        )
    )


def _catalog_model(data: Mapping[str, Any]) -> bool:
    """True when the model's name (`@slug/model`) says the provider."""
    return any(isinstance(model, str) and model.startswith("@") for model in _models(data))


def _models(data: Mapping[str, Any]) -> list[object]:
    return [object_in(data, field).get("model") for field in ("override_params", "default_params")]


def _circuit_breakers(level: Level) -> Iterator[Finding]:
    """One needs a number of failures or a share of them."""
    for at in (("cb_config",), ("strategy", "cb_config")):
        breaker = value_at(level.data, at)
        if isinstance(breaker, Mapping) and not any(name in breaker for name in _THRESHOLDS):
            yield level.error(f"needs {' or '.join(_THRESHOLDS)}", *at)


def _custom_host(level: Level) -> Iterator[Finding]:
    host = level.data.get("custom_host")
    if not isinstance(host, str):
        return
    try:
        parts = urlsplit(host)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        with_user = "@" in parts.netloc
    except ValueError:
        usable = with_user = False
    if not usable:
        yield level.error("must be a web address such as https://host/v1", "custom_host")
    elif with_user:
        yield level.error("must not hold a user name or password: use api_key", "custom_host")


def _forwarded_headers(level: Level, *, self_hosted: bool) -> Iterator[Finding]:
    """The client's beta header that gets lost, and the client's key that gets out."""
    own = list_in(level.data, "forward_headers")
    for index, name in enumerate(own):
        if isinstance(name, str) and name.lower() in (*CLIENT_KEYS, PORTKEY_KEY):
            yield level.warning("sends the client's own key on to this provider", "forward_headers", index)
    # Targets inherit the list unless they have their own. The open-source gateway drops the header
    # from a config without targets too.
    lists = [list_in(upper, "forward_headers") for upper in level.above if "forward_headers" in upper]
    forwarded = own if "forward_headers" in level.data else lists[0] if lists else []
    kept = any(isinstance(name, str) and name.lower() == "anthropic-beta" for name in forwarded)
    if (
        (level.above or self_hosted)
        and "targets" not in level.data
        and not kept
        and may_be_anthropic(level.data)
    ):
        message = 'loses the client\'s anthropic-beta header: add "anthropic-beta" to the list'
        yield level.warning(message, "forward_headers")


def may_be_anthropic(data: Mapping[str, Any]) -> bool:
    """True when this target may be Anthropic's own API, as far as its names tell."""
    provider = data.get("provider")
    if isinstance(provider, str) and not provider.startswith("@"):
        return provider == "anthropic"
    named = [name for name in (provider, data.get("virtual_key"), *_models(data)) if isinstance(name, str)]
    return bool(named) and not any(_NOT_ANTHROPIC.search(name) for name in named)
