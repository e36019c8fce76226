"""What the open-source gateway (`@portkey-ai/gateway` 1.15.2) refuses; each rule was tried against it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from profiles.portkey.addresses import LOOPBACK
from profiles.portkey.config.findings import Finding, Level, each_level, near

# Every provider name that release knows, as its own error message lists them.
_PROVIDER_NAMES = """
302ai ai21 aibadgr anthropic anyscale azure-ai azure-openai bedrock bytez cerebras cohere cometapi cortex
dashscope deepbricks deepinfra deepseek featherless-ai fireworks-ai github google groq huggingface
hyperbolic inference-net iointelligence jina kluster-ai krutrim lambda lemonfox-ai lepton lingyi matterai
meshy milvus mistral-ai modal monsterapi moonshot ncompass nebius nextbit nomic novita-ai nscale ollama
openai openrouter oracle ovhcloud palm perplexity-ai portkey predibase qdrant recraft-ai reka-ai
replicate sagemaker sambanova segmind siliconflow stability-ai together-ai tripo3d triton upstage
vertex-ai voyage workers-ai x-ai z-ai zhipu
"""
PROVIDERS = frozenset(_PROVIDER_NAMES.split())
# With one of these a target passes without credentials.
_INSTEAD_OF_KEY = (
    "cache", "retry", "request_timeout", "after_request_hooks", "before_request_hooks", "input_guardrails",
    "output_guardrails",
)  # fmt: skip
_TRUSTED_HOSTS = (*LOOPBACK, "host.docker.internal")
_PRIVATE_ENDINGS = (
    ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".corp", ".test", ".invalid",
    ".onion",
)  # fmt: skip


def self_hosted_findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What the open-source gateway answers 400 or 500, and what it ignores."""
    for level in each_level(data):
        if "strategy" in level.data or "targets" in level.data:
            yield from _branch(level)
        else:
            yield from _leaf(level)
        yield from _host(level)
        for field in ("input_guardrails", "output_guardrails"):
            guardrails = level.data.get(field)
            if isinstance(guardrails, list) and len({isinstance(item, str) for item in guardrails}) > 1:
                yield level.error("must be all ids or all objects, not both", field)


def _branch(level: Level) -> Iterator[Finding]:
    targets = level.data.get("targets")
    if not targets:
        yield level.error("must name at least one target", "targets")
        return
    if "strategy" not in level.data:
        yield level.error("is required beside targets by the open-source gateway", "strategy")
    strategy = level.data.get("strategy")
    if isinstance(targets, list) and isinstance(strategy, Mapping) and strategy.get("mode") == "loadbalance":
        weights = [target.get("weight", 1) for target in targets if isinstance(target, Mapping)]
        if all(weight == 0 for weight in weights):
            yield level.error("all have weight 0: one must have more", "targets")


def _leaf(level: Level) -> Iterator[Finding]:
    data = level.data
    provider = data.get("provider")
    if "virtual_key" in data:
        yield level.warning("is ignored by the open-source gateway: it keeps no keys", "virtual_key")
    if provider is None:
        yield level.error("is required by the open-source gateway, such as anthropic", "provider")
    elif isinstance(provider, str) and provider.startswith("@"):
        yield level.error(
            "must be a plain name such as anthropic: the open-source gateway has no slugs", "provider"
        )
    elif isinstance(provider, str) and provider not in PROVIDERS:
        hint = near(provider, PROVIDERS)
        yield level.warning(
            f"is unknown to the open-source gateway 1.15.2, which refuses it{hint}", "provider"
        )
    elif provider == "vertex-ai" and not (data.get("vertex_region") and _vertex_account(data)):
        yield level.error(
            "is required for vertex-ai, with vertex_project_id or a service account", "vertex_region"
        )
    elif not _has_credentials(data):
        yield level.error("is required by the open-source gateway", "api_key")
    account = data.get("vertex_service_account_json")
    if isinstance(account, Mapping) and not all(isinstance(value, str) for value in account.values()):
        yield level.error("must hold only text", "vertex_service_account_json")


def _vertex_account(data: Mapping[str, Any]) -> bool:
    return bool(data.get("vertex_project_id") or data.get("vertex_service_account_json"))


def _has_credentials(data: Mapping[str, Any]) -> bool:
    provider = data.get("provider")
    return bool(
        "api_key" in data
        or provider in ("ollama", "triton", "vertex-ai")
        or (data.get("aws_access_key_id") and data.get("aws_secret_access_key"))
        or (provider == "azure-openai" and data.get("azure_auth_mode"))
        or any(data.get(field) for field in _INSTEAD_OF_KEY)
    )


def _host(level: Level) -> Iterator[Finding]:
    custom_host = level.data.get("custom_host")
    try:
        host = urlsplit(custom_host).hostname if isinstance(custom_host, str) else None
    except ValueError:
        return  # no web address at all: reported by the common rules
    if not host or host in _TRUSTED_HOSTS or host.endswith(".localhost"):
        return
    if "api.portkey" in host:
        yield level.error("must not be Portkey itself", "custom_host")
    elif not re.fullmatch(r"[a-z0-9.:-]+", host):
        yield level.error("has a host name with characters the open-source gateway refuses", "custom_host")
    elif _is_private(host):
        yield level.warning(
            "is private: refused unless the gateway's TRUSTED_CUSTOM_HOSTS names it", "custom_host"
        )


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(_PRIVATE_ENDINGS)
