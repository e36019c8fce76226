"""Where a target sends a request, in a few words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.addresses import shown_address
from profiles.portkey.config_findings import list_in, object_in
from profiles.portkey.explaining.phrases import shown


class Route(NamedTuple):
    """`provider` is a slug with its @, a plain name, or "" where none is named.

    `model` is what it always asks for, `fallback_model` what it does where the request names none.
    """

    provider: str
    model: str
    fallback_model: str


def route_of(data: Mapping[str, Any]) -> Route:
    """What a level names by itself; `@slug/model` is taken apart."""
    model, preset = (
        _text(object_in(data, field), "model") for field in ("override_params", "default_params")
    )
    provider = _text(data, "provider")
    named = model or preset
    if not provider and named[:1] == "@" and "/" in named[2:]:
        provider, _, bare = named.partition("/")
        model, preset = (bare, "") if model else ("", bare)
    return Route(provider, model, preset)


def route_words(data: Mapping[str, Any], *, inherits: bool = False) -> str:
    """Such as `@anthropic-prod with model claude-sonnet-5-5`, or `virtual key vk-1`.

    `inherits` says whether a level above names a provider for those that name none.
    """
    route = route_of(data)
    key, prompt = _text(data, "virtual_key"), _text(data, "prompt_id")
    if key:
        found = f"virtual key {shown(key)}" + (f" of {shown(route.provider)}" if route.provider else "")
    elif route.provider:
        found = shown(route.provider)
    elif prompt:
        return f"prompt {shown(prompt)}"
    elif data.get("passthrough") is True:
        found = "what the request itself names"
    else:
        found = "the provider named above" if inherits else "the request's own provider"
    if host := _text(data, "custom_host"):
        found += f" at {shown_address(host)}"
    return f"{found} with model {shown(route.model)}" if route.model else found


def names_provider(data: Mapping[str, Any]) -> bool:
    """Whether a level names one, by its slug or a virtual key."""
    return bool(route_of(data).provider or _text(data, "virtual_key"))


def targets_of(data: Mapping[str, Any]) -> list[Mapping[str, object]]:
    """The targets of a level, those that are objects."""
    return [target for target in list_in(data, "targets") if isinstance(target, Mapping)]


def mode_of(data: Mapping[str, Any]) -> str:
    """`fallback`, `loadbalance`, `conditional`, or `single`; "" for a target without others below it."""
    if not targets_of(data):
        return ""
    mode = object_in(data, "strategy").get("mode")
    return mode if mode in ("fallback", "loadbalance", "conditional") else "single"


def _text(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    return value.strip() if isinstance(value, str) else ""
