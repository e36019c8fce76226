"""What of a profile's route can be known without sending a request along it. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from profiles.base.secret_markers import mask
from profiles.gateway.asking.steps import FAILED, OK, REFUSED, WARN, Step
from profiles.portkey.config.config import check_config
from profiles.portkey.config.findings import each_level, shown_path
from profiles.portkey.config.rules.self_hosted import PROVIDERS
from profiles.portkey.header_names import CONFIG, PROVIDER, VIRTUAL_KEY
from profiles.profile.advice import with_provider
from profiles.profile.rendering import slugs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profiles.profile.rendering import Rendered


class Saved(NamedTuple):
    """Something that must be saved at Portkey for the route to work, by the list that names it."""

    listed: Literal["providers", "virtual-keys", "configs"]
    slug: str

    @property
    def shown(self) -> str:
        """Its name as a profile spells it, such as `@anthropic-prod`."""
        return f"@{self.slug}" if self.listed == "providers" else self.slug

    @property
    def what(self) -> str:
        """The kind of it in words, such as "config"."""
        return {"providers": "provider", "virtual-keys": "virtual key", "configs": "config"}[self.listed]


def saved_at_portkey(rendered: Rendered) -> list[Saved]:
    """What the route needs saved: by its headers, and anywhere inside an inline config. Each once."""
    return list(dict.fromkeys(_saved(rendered)))


def _saved(rendered: Rendered) -> Iterator[Saved]:
    headers = dict(rendered.headers)
    for slug in (headers.get(PROVIDER, ""), *slugs_of(rendered)):
        yield from _provider(slug)
    if virtual_key := headers.get(VIRTUAL_KEY, ""):
        yield Saved("virtual-keys", virtual_key)
    config = _config(rendered)
    if isinstance(config, str):
        yield Saved("configs", config)
    elif config is not None:
        yield from _in_config(config)


def providers_in(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The slugs of the providers that a config names, anywhere inside, each once."""
    return tuple(dict.fromkeys(each.slug for each in _in_config(config) if each.listed == "providers"))


def names_no_provider(config: Mapping[str, Any]) -> bool:
    """Whether a config leads nowhere by itself: one that only caches or retries."""
    return not any(
        level.data.get("provider") or level.data.get("virtual_key") for level in each_level(config)
    )


def _in_config(config: Mapping[str, Any]) -> Iterator[Saved]:
    for level in each_level(config):
        if isinstance(slug := level.data.get("provider"), str):
            yield from _provider(slug)
        if isinstance(virtual_key := level.data.get("virtual_key"), str) and virtual_key:
            yield Saved("virtual-keys", virtual_key)


def _provider(slug: str) -> Iterator[Saved]:
    if slug.startswith("@") and slug[1:]:
        yield Saved("providers", slug[1:].partition("/")[0])


def _config(rendered: Rendered) -> dict[str, Any] | str | None:
    """The inline config with its secrets masked, or a saved one's id; None for another route."""
    text = mask(dict(rendered.headers).get(CONFIG, ""))
    if not text.startswith("{"):
        return text or None
    config: dict[str, Any] = json.loads(text)
    return config


def hosted_route(rendered: Rendered) -> Step | None:
    """A warning where only a request can tell whether the organisation allows the route; else None.

    Organisations made since June 2026 are in "saved-only" mode unless changed (Portkey's documentation).
    """
    headers, config = dict(rendered.headers), _config(rendered)
    provider = headers.get(PROVIDER, "")
    if isinstance(config, dict):
        what = "inline configs"
    elif provider and not provider.startswith("@") and VIRTUAL_KEY not in headers:
        what = f"plain provider names ({provider})"
    else:
        return None
    text = f"Organisations made since June 2026 refuse {what} unless set otherwise"
    return Step("route", WARN, text, "`pkcc-tray check --route` asks.")


def self_hosted_route(rendered: Rendered) -> Step:
    """Whether the open-source gateway takes the route: it knows nothing that is saved at Portkey."""
    headers, config = dict(rendered.headers), _config(rendered)
    provider = headers.get(PROVIDER, "")
    if not provider and config is None:
        return _refused(
            "It needs a provider or a config, and no header line names one", "Give the profile one."
        )
    if isinstance(config, str):
        return _refused(
            f"It knows no saved configs, so it refuses {config}", "Give it one in a file (--config-file)."
        )
    if isinstance(config, dict):
        errors = [
            finding
            for finding in check_config(with_provider(config, rendered), self_hosted=True)
            if finding.level == "error"
        ]
        if errors:
            text = f"It refuses the config: {shown_path(errors[0].path)} {errors[0].message}"
            return _refused(text, "`pkcc-tray show NAME` lists all that it would refuse.")
        return Step("route", OK, "the config is of the form it takes")
    if provider.startswith("@"):
        return _refused(
            f"It knows no @slugs, so it refuses {provider}", "Name a plain provider, or a config."
        )
    if provider not in PROVIDERS:
        return _refused(
            f"It knows no provider {provider}", "Is it spelled right? Such as anthropic, vertex-ai."
        )
    if VIRTUAL_KEY in headers:
        text = "It ignores virtual keys: the key it passes on to the provider is the one it is given"
        return Step("route", WARN, text, "Give it a config with an api_key in each target.")
    return Step("route", OK, f"{provider} is a provider it knows")


def _refused(text: str, hint: str) -> Step:
    return Step("route", FAILED, text, hint, exit_code=REFUSED)
