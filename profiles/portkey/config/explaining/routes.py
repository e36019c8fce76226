"""Where a target sends a request, in a few words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.addresses import shown_address
from profiles.portkey.config.explaining.phrases import shown
from profiles.portkey.config.findings import list_in, object_in


class Route(NamedTuple):
    """`provider` is a slug with its @, a plain name, or "" where none is named.

    `model` is what it always asks for, `fallback_model` what it does where the request names none.
    """

    provider: str
    model: str
    fallback_model: str


class Named(NamedTuple):
    """What levels above a target name for it: a provider in words, and the model that it always asks for."""

    place: str = ""
    model: str = ""


NOTHING = Named()


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


def below(data: Mapping[str, Any], above: Named) -> Named:
    """What a level's targets have where they name nothing themselves."""
    return Named(_place(data) or above.place, route_of(data).model or above.model)


def route_words(data: Mapping[str, Any], above: Named) -> str:
    """Such as `@anthropic-prod with model claude-sonnet-5-5`, or `virtual key vk-1`."""
    place, model = below(data, above)
    found = place or "the request's own provider"
    if host := _text(data, "custom_host"):
        found += f" at {shown_address(host)}"
    return f"{found} with model {shown(model)}" if model and not found.startswith("prompt ") else found


def _place(data: Mapping[str, Any]) -> str:
    """The provider that a level names, in words; "" for one that names none."""
    provider, key = route_of(data).provider, _text(data, "virtual_key")
    if key:
        return f"virtual key {shown(key)}" + (f" of {shown(provider)}" if provider else "")
    if provider:
        return shown(provider)
    if prompt := _text(data, "prompt_id"):
        return f"prompt {shown(prompt)}"
    return "what the request itself names" if data.get("passthrough") is True else ""


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
