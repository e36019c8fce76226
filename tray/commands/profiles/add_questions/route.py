"""Where requests go: chosen from what the account offers, or typed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.claude_code.dialects import DIALECTS
from profiles.portkey.editions import is_portkey_url
from tray.actions.account.choice import Choice
from tray.actions.account.choices import models_along, route_choices
from tray.actions.account.offer import read_config
from tray.commands.profiles.add_options import gateway_in, load_config
from tray.commands.profiles.add_questions.answers import config_id, one_word, provider, slug
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import ask_valid
from tray.terminal.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.gateway.account.records.offered import Model
    from tray.actions.account.offer import AccountOffer
    from tray.app import App

_PROVIDER, _CONFIG, _FILE = ":provider", ":config", ":file"
_VIRTUAL, _BY_MODEL, _NONE = ":virtual", ":models", ":none"


class Along(NamedTuple):
    """The models that the route leads to, as far as they are known.

    `whole_id`: a model names its provider, too, as nothing else does.
    """

    models: tuple[Model, ...] = ()
    whole_id: bool = False


def ask_route(app: App, name: str, options: dict[str, Any], offer: AccountOffer | None) -> Along:
    """Ask where requests go, and put that among the options of `add`."""
    listed = [] if offer is None else route_choices(offer)
    configs = () if offer is None else tuple(each.slug for each in offer.configs)
    check = slug if is_portkey_url(gateway_in(options)) else provider

    def typed(answer: str) -> str:
        return answer if answer.startswith("pc-") else check(answer)

    chosen = choose(
        app.environ, "Where do requests go?", [*listed, *_others(beside=bool(listed))], check=typed
    )
    if chosen in configs or chosen.startswith("pc-"):
        options["config"] = one_word(chosen)
        return Along(_of_config(app, options, offer, check))
    if not chosen.startswith(":"):
        options["provider"] = chosen
        return Along(() if offer is None else models_along(offer, [chosen.removeprefix("@")]))
    everything = () if offer is None else offer.models
    return _otherwise(name, options, chosen, everything, check)


def _others(*, beside: bool) -> list[Choice]:
    """What no list has: with names that are typed, or none."""
    other = "another" if beside else "a"
    rows = [
        (_PROVIDER, f"{other} provider of your workspace", "by its @slug"),
        (_BY_MODEL, "each model names its provider", "@slug/model, what Portkey recommends"),
        (_CONFIG, f"{other} saved config", "by its id, pc-…: fallbacks, load balancing, caching"),
        (_FILE, "a config in a file of yours", ""),
        (_VIRTUAL, "a virtual key", "the older form of a provider"),
        (_NONE, "nothing of these", "the key's own default config says it"),
    ]
    return [Choice(key, label, detail, group="Otherwise" if beside else "") for key, label, detail in rows]


def _of_config(
    app: App, options: dict[str, Any], offer: AccountOffer | None, check: Callable[[str], str]
) -> tuple[Model, ...]:
    """The models of the providers in the saved config, or of the one asked for where it names none."""
    if offer is None or offer.refused is not None:
        return ()
    with waiting(app.environ, "Reading the config"):
        leads = read_config(app, offer, options["config"])
    if leads is None or not leads.nowhere:
        return models_along(offer, leads.providers or None if leads else None)
    providers = [row for row in route_choices(offer) if row.key.startswith("@")]
    rows = [*providers, Choice(_NONE, "none", "the key's own default config names one")]
    chosen = choose(app.environ, "Which provider? This config names none.", rows, check=check)
    if chosen == _NONE:
        return offer.models
    options["provider"] = chosen
    return models_along(offer, [chosen.removeprefix("@")])


def _otherwise(
    name: str,
    options: dict[str, Any],
    chosen: str,
    everything: tuple[Model, ...],
    check: Callable[[str], str],
) -> Along:
    if chosen == _PROVIDER:
        options["provider"] = ask_valid("Provider slug, such as @anthropic-prod", check, required=True)
        asked = options["provider"].removeprefix("@")
        return Along(tuple(model for model in everything if model.provider == asked))
    if chosen == _VIRTUAL:
        default = DIALECTS[options["dialect"] or "messages"].provider
        options["provider"] = ask_valid("Provider", provider, default, required=True)
        options["virtual_key"] = ask_valid("Virtual key id", one_word, required=True)
        return Along()
    if chosen in (_BY_MODEL, _NONE):
        options["no_route"] = True
        return Along(everything, whole_id=True) if chosen == _BY_MODEL else Along()
    if chosen == _CONFIG:
        options["config"] = ask_valid("Config id, such as pc-fallback-1a2b3c", config_id, required=True)
    else:

        def readable(answer: str) -> str:
            load_config(os.path.abspath(os.path.expanduser(answer)), name)
            return answer

        options["config_file"] = ask_valid("Path of the config file", readable, required=True)
    options["provider"] = ask_valid("Provider, where the config names none (may be empty)", check)
    return Along(everything)
