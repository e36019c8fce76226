"""Where a target sends a request, in a few words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles.portkey.addresses import shown_address
from profiles.portkey.config.explaining.phrases import shown
from profiles.portkey.config.findings import object_in


class Route(NamedTuple):
    """`provider` is a slug with its @, a plain name, or "" where none is named.

    `model` is what it always asks for, `fallback_model` what it does where the request names none.
    """

    provider: str
    model: str
    fallback_model: str


class Named(NamedTuple):
    """What levels above a target name for it: a provider in words, and the model that it always asks for.

    Of a saved prompt (`is_prompt`) the model is its own.
    """

    place: str = ""
    model: str = ""
    is_prompt: bool = False


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
    model = route_of(data).model or above.model
    return (_place(data) or above)._replace(model=model)


def route_words(data: Mapping[str, Any], above: Named) -> str:
    """Such as `@anthropic-prod with model claude-sonnet-5-5`, or `virtual key vk-1`."""
    place, model, is_prompt = below(data, above)
    found = place or "the provider that the request names"
    if host := _text(data, "custom_host"):
        found += f" at {shown_address(host)}"
    return f"{found} with model {shown(model)}" if model and not is_prompt else found


def _place(data: Mapping[str, Any]) -> Named | None:
    """The provider that a level names; None for one that names none."""
    provider, key = route_of(data).provider, _text(data, "virtual_key")
    if key:
        return Named(f"virtual key {shown(key)}" + (f" of {shown(provider)}" if provider else ""))
    if provider:
        return Named(shown(provider))
    if prompt := _text(data, "prompt_id"):
        return Named(f"prompt {shown(prompt)}", is_prompt=True)
    return Named("what the request itself names") if data.get("passthrough") is True else None


def _text(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    return value.strip() if isinstance(value, str) else ""
