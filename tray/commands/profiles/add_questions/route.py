"""Where requests go: chosen from what the account offers, or typed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from profiles.claude_code.dialects import DIALECTS
from tray.actions.account.choice import Choice
from tray.actions.account.choices import route_choices
from tray.actions.account.offer import leads_of, read_config
from tray.actions.profiles.add import draft_of
from tray.actions.profiles.adding.answers import one_word, provider
from tray.actions.profiles.adding.config_file import load_config
from tray.actions.profiles.adding.models_of_route import Along, along_config, along_models, along_provider
from tray.actions.profiles.adding.saved_config import saved_config
from tray.commands.profiles.add_options import gateway_in, place_in
from tray.commands.profiles.add_questions.provider import ProviderAnswers
from tray.terminal.choosing.choose import choose
from tray.terminal.keyboard.line_editing import paths
from tray.terminal.prompts import ask_valid
from tray.terminal.waiting import waiting

if TYPE_CHECKING:
    from tray.actions.account.offer import AccountOffer, ConfigLeads
    from tray.app import App

_PROVIDER, _CONFIG, _FILE = ":provider", ":config", ":file"
_VIRTUAL, _BY_MODEL, _NONE = ":virtual", ":models", ":none"


def ask_route(app: App, name: str, options: dict[str, Any], offer: AccountOffer | None) -> Along:
    """Ask where requests go, and put that among the options of `add`."""
    listed = [] if offer is None else route_choices(offer)
    configs = () if offer is None else tuple(each.slug for each in offer.configs)
    providers = ProviderAnswers(gateway_in(options), offer)

    def typed(answer: str) -> str:
        return answer if answer.startswith("pc-") else providers.any(answer)

    chosen = choose(
        app.environ, "Where do requests go?", [*listed, *_others(beside=bool(listed))], check=typed
    )
    providers.tell()
    if chosen in configs or chosen.startswith("pc-"):
        options["config"] = one_word(chosen)
        return _of_saved(app, options, offer, providers)
    if not chosen.startswith(":"):
        options["provider"] = chosen
        return along_provider(offer, chosen)
    return _otherwise(app, name, options, chosen, offer, providers)


def _others(*, beside: bool) -> list[Choice]:
    """What no list has: with names that are typed, or none."""
    other = "another" if beside else "a"
    rows = [
        (_PROVIDER, f"{other} provider of your workspace", "by its @slug"),
        (_BY_MODEL, "each model names its provider", "@slug/model, what Portkey recommends"),
        (_CONFIG, f"{other} saved config", "by its name or id: fallbacks, load balancing, caching"),
        (_FILE, "a config in a file of yours", ""),
        (_VIRTUAL, "a virtual key", "the older form of a provider"),
        (_NONE, "none of these", "the key's own config at Portkey decides"),
    ]
    return [Choice(key, label, detail, group="Otherwise" if beside else "") for key, label, detail in rows]


def _otherwise(
    app: App,
    name: str,
    options: dict[str, Any],
    chosen: str,
    offer: AccountOffer | None,
    providers: ProviderAnswers,
) -> Along:
    if chosen == _PROVIDER:
        question = "Provider slug, such as @anthropic-prod"
        options["provider"] = ask_valid(question, providers.slug, required=True)
        providers.tell()
        return along_provider(offer, options["provider"])
    if chosen == _VIRTUAL:
        default = DIALECTS[options["dialect"] or "messages"].provider
        options["provider"] = ask_valid("Provider", provider, default, required=True)
        options["virtual_key"] = ask_valid("Virtual key id", one_word, required=True)
        return Along()
    if chosen in (_BY_MODEL, _NONE):
        options["no_route"] = True
        return along_models(offer) if chosen == _BY_MODEL else Along()
    if chosen == _CONFIG:
        _ask_saved(app, name, options, offer)
        return _of_saved(app, options, offer, providers)
    return _of_file(app, name, options, offer, providers)


def _ask_saved(app: App, name: str, options: dict[str, Any], offer: AccountOffer | None) -> None:
    """A saved config, by its id or its name."""

    def meant(answer: str) -> str:
        return saved_config(app, answer, draft_of(place_in(name, options)), offer)

    options["config"] = ask_valid("Saved config, by its name or its id, pc-…", meant, required=True)


def _of_saved(
    app: App, options: dict[str, Any], offer: AccountOffer | None, providers: ProviderAnswers
) -> Along:
    """The models of the providers in the saved config, or of the one asked for where it names none."""
    leads = None
    if offer is not None and offer.refused is None:
        with waiting(app, "Reading the config"):
            leads = read_config(app, offer, options["config"])
    return _of_config(app, options, leads, offer, providers)


def _of_file(
    app: App, name: str, options: dict[str, Any], offer: AccountOffer | None, providers: ProviderAnswers
) -> Along:
    """The same for a config in a file, which is asked for."""
    found: list[dict[str, Any]] = []

    def readable(answer: str) -> str:
        found.append(load_config(os.path.abspath(os.path.expanduser(answer)), name)[0])
        return answer

    options["config_file"] = ask_valid("Path of the config file", readable, required=True, complete=paths)
    return _of_config(app, options, leads_of(found[-1]), offer, providers)


def _of_config(
    app: App,
    options: dict[str, Any],
    leads: ConfigLeads | None,
    offer: AccountOffer | None,
    providers: ProviderAnswers,
) -> Along:
    """The models that a config leads to; what it does not say is asked."""
    if leads is not None and not leads.nowhere:
        return along_config(offer, leads, None)
    rows = [] if offer is None else [row for row in route_choices(offer) if row.key.startswith("@")]
    if leads is not None and rows:
        rows.append(Choice(_NONE, "none", "the key's own default config names one"))
        chosen = choose(app.environ, "Which provider? This config names none.", rows, check=providers.any)
        options["provider"] = None if chosen == _NONE else chosen
    elif leads is not None or offer is None or options["config"] not in {each.slug for each in offer.configs}:
        question = "Provider, where the config names none (may be empty)"
        options["provider"] = ask_valid(question, providers.any) or None
    providers.tell()
    return along_config(offer, leads, options["provider"])
