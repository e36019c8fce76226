"""The questions of a guided `add`: each answer is checked where it is given, so that none is for nothing."""

from __future__ import annotations

import os
from typing import Any

from profiles.base.errors import UsageError
from profiles.claude_code.dialects import DIALECTS, gateway_meant
from profiles.portkey.editions import PORTKEY, is_portkey_url
from tray.commands.profiles.add_options import MODELS, load_config
from tray.terminal.prompts import ask, ask_valid, choose, say


def ask_fields(name: str, options: dict[str, Any]) -> None:
    """Ask for what the options of `add` do not say yet, and put the answers among them."""
    say(f"A new profile {name!r}. Ctrl-C stops; nothing is stored before you have seen it.")
    say("(`pkcc-tray add --help` lists options for everything that is not asked here.)\n")
    options["label"] = options["label"] or ask("Label, for lists (may be empty)")
    if options["dialect"] is None:
        options["dialect"] = choose(
            "Which API format?",
            [
                ("messages", "messages: ANTHROPIC_BASE_URL, what Portkey recommends; any provider"),
                ("vertex", "vertex: ANTHROPIC_VERTEX_BASE_URL, for Google Vertex AI"),
                ("bedrock", "bedrock: ANTHROPIC_BEDROCK_BASE_URL, for Amazon Bedrock"),
            ],
        )
    _ask_delivery(options)
    _ask_route(name, options)
    _ask_models(options)
    _ask_metadata(options)


def _ask_delivery(options: dict[str, Any]) -> None:
    """Only where the two differ in what is the default: `messages` has the helper."""
    if DIALECTS[options["dialect"]].delivery == "helper" or options["key_delivery"] or options["key_in"]:
        return
    options["key_delivery"] = choose(
        "How does Claude Code get the key?",
        [
            ("helper", "from a helper, as a bearer token: no key in the settings file"),
            (
                "settings",
                "written into the settings file in clear text, as Portkey documents it: "
                "hooks and MCP servers see it",
            ),
        ],
    )


def _ask_route(name: str, options: dict[str, Any]) -> None:
    route = choose(
        "Where do requests go?",
        [
            ("provider", "a provider of your workspace (@slug)"),
            ("virtual_key", "a virtual key: the older form of a provider"),
            ("config", "a saved config (pc-…): fallbacks, load balancing, caching"),
            ("config_file", "a config in a file of yours"),
            ("no_route", "where each model's name says (@slug/model), or the key's own default config"),
        ],
    )
    check = _slug if is_portkey_url(_gateway(options)) else _provider
    if route == "no_route":
        options["no_route"] = True
    elif route == "provider":
        options["provider"] = ask_valid("Provider slug, such as @anthropic-prod", check, required=True)
    elif route == "virtual_key":
        default = DIALECTS[options["dialect"]].provider
        options["provider"] = ask_valid("Provider", _provider, default, required=True)
        options["virtual_key"] = ask_valid("Virtual key id", _one_word, required=True)
    elif route == "config":
        options["config"] = ask_valid("Config id, such as pc-fallback-1a2b3c", _config_id, required=True)
        options["provider"] = ask_valid("Provider, where the config names none (may be empty)", check)
    else:

        def readable(answer: str) -> str:
            load_config(os.path.abspath(os.path.expanduser(answer)), name)
            return answer

        options["config_file"] = ask_valid("Path of the config file", readable, required=True)
        options["provider"] = ask_valid("Provider, where the config names none (may be empty)", check)


def _ask_models(options: dict[str, Any]) -> None:
    if any(options[field] for field in ("model", *MODELS)):
        return
    if not DIALECTS[options["dialect"]].pins_models:
        options["sonnet"] = ask_valid("Model for sonnet (may be empty: Claude Code's own)", _one_word)
        options["opus"] = ask_valid("Model for opus (may be empty)", _one_word)
        options["haiku"] = ask_valid("Model for haiku (may be empty)", _one_word)
    else:
        example = DIALECTS[options["dialect"]].example
        question = f"Model, as the provider spells it (such as {example})"
        options["model"] = ask_valid(question, _one_word, required=True)


def _ask_metadata(options: dict[str, Any]) -> None:
    question = "Metadata, such as team=engineering (may be empty)"
    while answer := ask_valid(question, _metadata):
        options["metadata"] = [*options["metadata"], answer]
        question = "More metadata (empty: no more)"


def _one_word(answer: str) -> str:
    if not answer.isascii() or not answer.isprintable() or " " in answer:
        raise UsageError("That must be one word of plain letters, digits and marks", "Copy it from Portkey.")
    return answer


def _gateway(options: dict[str, Any]) -> str:
    return gateway_meant(options["gateway"] or PORTKEY.name, options["dialect"])


def _provider(answer: str) -> str:
    if answer == "@":
        raise UsageError("There is no slug after the @", "Copy it from Portkey.")
    return _one_word(answer)


def _slug(answer: str) -> str:
    """Of the hosted gateway: a plain name is a provider only for a gateway of one's own."""
    if not answer.startswith("@"):
        raise UsageError("A provider of your workspace begins with @", f"Did you mean @{_one_word(answer)}?")
    return _provider(answer)


def _config_id(answer: str) -> str:
    if answer.startswith("{"):
        raise UsageError("That is a config, not the id of a saved one", "Put it into a file, and name that.")
    return _one_word(answer)


def _metadata(answer: str) -> str:
    from profiles.profile.fields import METADATA_LIMIT

    key, equals, value = answer.partition("=")
    if not equals or not key:
        raise UsageError("Metadata takes NAME=VALUE", "For example: team=engineering")
    if not answer.isprintable() or len(value) > METADATA_LIMIT:
        raise UsageError(f"A value is at most {METADATA_LIMIT} plain characters", "Shorten it.")
    return answer
