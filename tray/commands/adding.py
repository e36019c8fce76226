"""add: a new profile from options, or from answers to questions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError, UsageError
from profiles.names import DEFAULT_PROVIDERS, DELIVERIES, DIALECTS, check_name
from tray.commands._shared import describe_rendered, ensure_place, store_all, written_by
from tray.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_MODEL_EXAMPLES = {
    "vertex": "claude-sonnet-4-5@20250929",
    "bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
}
_MODELS = ("sonnet", "opus", "haiku", "fable", "small_fast", "subagent")


def arguments_add(parser: argparse.ArgumentParser) -> None:
    """NAME and an option for every field."""
    add = parser.add_argument
    add("name", metavar="NAME", help="letters, digits, '.', '_', '-'")
    add("--label", default="", help="a free text shown beside the name")
    add("--dialect", choices=DIALECTS, help="the form of settings that carries it (default: messages)")
    add("--provider", metavar="P", help="@slug of your workspace, or a plain name with --virtual-key")
    add("--virtual-key", metavar="ID", help="a Portkey virtual key's id")
    add("--config", metavar="ID", help="a saved config's id, pc-…")
    add("--config-file", metavar="FILE", help="a Portkey config in a file, read at every switch")
    add(
        "--config-inline",
        metavar="FILE",
        help="a Portkey config copied into the profile, its secrets into the keyring",
    )
    add("--gateway", metavar="URL", help="base URL of a self-hosted gateway")
    add(
        "--allow-plain-http",
        action="store_true",
        help="accept http beyond this machine (the key goes unencrypted)",
    )
    add("--project-id", metavar="ID", help="vertex: the project id (default: a placeholder Portkey ignores)")
    add("--region", metavar="R", help="vertex: the region")
    add("--model", metavar="M", help="the model of a session")
    for field in _MODELS:
        add(f"--{field.replace('_', '-')}", metavar="M", help=f"the model for {field.replace('_', ' ')}")
    add("--metadata", metavar="K=V", action="append", default=[], help="request metadata (repeatable)")
    add("--trace-id", metavar="ID", help="the trace id of every request")
    add("--header", metavar="NAME=VALUE", action="append", default=[], help="one more header (repeatable)")
    add("--env", metavar="NAME=VALUE", action="append", default=[], help="one more variable (repeatable)")
    add("--key-stdin", action="store_true", help="read the Portkey key from standard input")
    add("--key-ref", metavar="REF", help='keyring:NAME, env:VAR, file:PATH, op://… or cmd:["argv", …]')
    add(
        "--key-delivery",
        choices=DELIVERIES,
        help="helper: no secret in settings; settings: write the key there",
    )
    add("--key-in", choices=("token_and_header", "token", "header"), help="where a written key goes")
    add("--switch", action="store_true", help="switch to it at once")


def add(app: App, name: str, *, key_stdin: bool, switch: bool, **options: Any) -> Result:
    """Store a new profile and its key: both, or with a wrong field or a refused key neither."""
    from profiles.model import FieldError, parse_profile

    check_name(name)
    _check_free(app, name)
    asked = app.interactive and not _has_route(options)
    if asked:
        _ask(name, options)
    data, secrets, notes = _profile_data(name, options)
    try:
        profile = parse_profile(data)
    except FieldError as error:
        raise UsageError(
            error.text(), "Nothing was stored. `pkcc-tray add --help` lists the options."
        ) from None
    key_name = profile.api_key.removeprefix("keyring:") if profile.api_key.startswith("keyring:") else None
    if key_name is not None and options["key_ref"] is None:
        key = _new_key(app, key_name, from_stdin=key_stdin)
        if key is not None:
            secrets = {key_name: key, **secrets}
        elif app.secrets.where(key_name) is None:
            notes.append(f"no key is stored yet: `pkcc-tray key set {name}` asks for it")
    elif key_stdin:
        raise UsageError("--key-stdin does not go with --key-ref", "Give one of the two.")
    if asked and not _confirmed(app, profile):
        raise ConflictError("Nothing was stored", f"`pkcc-tray add {name}` starts again.")
    store_all(app, [profile], secrets, replace=False)
    from profiles.advice import advise

    rendered = app.store.rendered(name)
    notes += advise(profile, rendered)
    data = {
        **describe_rendered(rendered),
        "file": app.store.path_of(name),
        "writes": written_by(rendered, app.switcher.helper_command(rendered)),
        "keys_stored": sorted(secrets),
        "switched": switch,
    }
    if switch:
        try:
            app.switcher.switch(name)
        except PkccError as error:
            raise type(error)(f"{name!r} is stored, but not active: {error.title}", error.hint) from None
    return Result("added", data, tuple(notes))


def _check_free(app: App, name: str) -> None:
    taken = {known.lower(): known for known in app.store.names()}
    if name.lower() in taken:
        raise ConflictError(
            f"There is a profile {taken[name.lower()]!r} already",
            f"Choose another name, or change it: `pkcc-tray edit {taken[name.lower()]}`.",
        )


def _has_route(options: dict[str, Any]) -> bool:
    return any(
        options[part] for part in ("provider", "virtual_key", "config", "config_file", "config_inline")
    )


def _new_key(app: App, key_name: str, *, from_stdin: bool) -> Any:
    from profiles.secrets import check_secret
    from tray.prompts import ask_secret, confirm, read_piped_secret

    if from_stdin:
        return check_secret(read_piped_secret(), "The key on standard input")
    if not app.interactive:
        return None
    if app.secrets.where(key_name) is not None and confirm(f"Use the stored key {key_name!r}?", default=True):
        return None
    ensure_place(app)
    return ask_secret("Portkey API key (hidden; empty to give it later)", "The key")


# From options to a profile's data ------------------------------------------------------------------------


def _profile_data(name: str, options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    secrets: dict[str, Any] = {}
    notes: list[str] = []
    dialect = options["dialect"] or "messages"
    data: dict[str, Any] = {
        "name": name,
        "label": options["label"],
        "dialect": dialect,
        "route": _route(name, dialect, options, secrets, notes),
        "api_key": options["key_ref"] or f"keyring:{name}",
        "allow_plain_http": options["allow_plain_http"],
    }
    models = {field: options[field] for field in _MODELS if options[field]}
    if options["model"]:
        models["default"] = options["model"]
    vertex = {"project_id": options["project_id"], "region": options["region"]}
    if any(vertex.values()) and dialect != "vertex":
        raise UsageError("--project-id and --region are for --dialect vertex", "Leave them out.")
    optional = {
        "models": models,
        "vertex": {key: value for key, value in vertex.items() if value},
        "metadata": _pairs("--metadata", options["metadata"]),
        "extra_headers": _pairs("--header", options["header"]),
        "extra_env": _pairs("--env", options["env"]),
        "gateway": options["gateway"],
        "trace_id": options["trace_id"],
        "key_delivery": options["key_delivery"],
        "key_in": options["key_in"],
    }
    return data | {key: value for key, value in optional.items() if value}, secrets, notes


def _route(
    name: str, dialect: str, options: dict[str, Any], secrets: dict[str, Any], notes: list[str]
) -> dict[str, Any]:
    given = [part for part in ("config", "config_file", "config_inline") if options[part]]
    if options["virtual_key"] or options["provider"]:
        given.append("provider")
    if len(given) != 1:
        title = "A profile needs a route" if not given else "A profile has one route, and more were given"
        raise UsageError(
            title,
            "Give --provider @slug, --provider NAME --virtual-key ID, --config pc-…, or --config-file FILE.",
        )
    if options["config"]:
        return {"kind": "config", "id": options["config"]}
    if options["config_file"] or options["config_inline"]:
        return _config_route(name, options, secrets, notes)
    if options["virtual_key"]:
        provider = options["provider"] or DEFAULT_PROVIDERS[dialect]
        return {"kind": "virtual_key", "provider": provider, "virtual_key": options["virtual_key"]}
    return {"kind": "provider", "provider": options["provider"]}


def _config_route(
    name: str, options: dict[str, Any], secrets: dict[str, Any], notes: list[str]
) -> dict[str, Any]:
    from profiles.config_secrets import secret_fields
    from profiles.recognition import move_config_secrets
    from profiles.secret_text import Secret
    from profiles.store import load_json

    path = os.path.abspath(os.path.expanduser(options["config_file"] or options["config_inline"]))
    config = load_json(path)
    if not isinstance(config, dict):
        raise UsageError(f"{path} holds no Portkey config", "A config is a JSON object.")
    if options["config_file"] and not secret_fields(config):
        return {"kind": "config", "path": path}
    config, found = move_config_secrets(config, name)
    secrets |= {key_name: Secret(text) for key_name, text in found.items()}
    if found:
        notes.append(
            f"the config was copied into the profile, and {len(found)} secret(s) in it into the key store"
        )
    return {"kind": "config", "inline": config}


def _pairs(option: str, items: list[str]) -> dict[str, str]:
    pairs = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} takes NAME=VALUE", f"For example: {option} TEAM=engineering")
        pairs[key] = value
    return pairs


# Asking --------------------------------------------------------------------------------------------------


def _ask(name: str, options: dict[str, Any]) -> None:
    from tray.prompts import ask, ask_valid, choose, say

    say(f"A new profile {name!r}. Ctrl-C stops; nothing is stored before you have seen it.\n")
    options["label"] = options["label"] or ask("Label, for lists (may be empty)")
    if options["dialect"] is None:
        options["dialect"] = choose(
            "Which form of Claude Code's settings?",
            [
                ("messages", "messages: ANTHROPIC_BASE_URL, what Portkey documents today; any provider"),
                ("vertex", "vertex: ANTHROPIC_VERTEX_BASE_URL, for Google Vertex AI"),
                ("bedrock", "bedrock: ANTHROPIC_BEDROCK_BASE_URL, for Amazon Bedrock"),
            ],
        )
    dialect = options["dialect"]
    route = choose(
        "Where do requests go?",
        [
            ("provider", "a provider of your workspace (@slug)"),
            ("virtual_key", "a virtual key"),
            ("config", "a saved config (pc-…): fallbacks, load balancing, caching"),
            ("config_file", "a config in a file of yours"),
        ],
    )
    if route == "provider":
        options["provider"] = ask_valid("Provider slug, such as @anthropic-prod", _one_word, required=True)
    elif route == "virtual_key":
        options["provider"] = ask_valid("Provider", _one_word, DEFAULT_PROVIDERS[dialect], required=True)
        options["virtual_key"] = ask_valid("Virtual key id", _one_word, required=True)
    elif route == "config":
        options["config"] = ask_valid("Config id, such as pc-fallback-1a2b3c", _one_word, required=True)
    else:
        options["config_file"] = ask_valid("Path of the config file", _readable, required=True)
    _ask_models(dialect, options)
    answer = ask_valid("Metadata, as team=engineering _user=me (may be empty)", _metadata)
    options["metadata"] = options["metadata"] + answer.split()


def _one_word(answer: str) -> str:
    if not answer.isascii() or not answer.isprintable() or " " in answer:
        raise UsageError("That must be one word of plain letters, digits and marks", "Copy it from Portkey.")
    return answer


def _readable(answer: str) -> str:
    from profiles.store import load_json

    load_json(os.path.abspath(os.path.expanduser(answer)))
    return answer


def _metadata(answer: str) -> str:
    _pairs("Metadata", answer.split())
    return answer


def _ask_models(dialect: str, options: dict[str, Any]) -> None:
    from tray.prompts import ask_valid

    if any(options[field] for field in ("model", *_MODELS)):
        return
    if dialect == "messages":
        options["sonnet"] = ask_valid("Model for sonnet (may be empty: Claude Code's own)", _one_word)
        options["opus"] = ask_valid("Model for opus (may be empty)", _one_word)
        options["haiku"] = ask_valid("Model for haiku (may be empty)", _one_word)
    else:
        question = f"Model, as the provider spells it (such as {_MODEL_EXAMPLES[dialect]})"
        options["model"] = ask_valid(question, _one_word, required=True)


def _confirmed(app: App, profile: Any) -> bool:
    from profiles.rendering import render
    from profiles.store import config_path, read_config_file
    from tray.prompts import confirm, say

    path = config_path(profile)
    rendered = render(profile, None if path is None else read_config_file(path))
    say("\nWhat a switch to it will write into Claude Code's settings:")
    for slot, value in written_by(rendered, app.switcher.helper_command(rendered)).items():
        say(f"  {slot} = {value}")
    return confirm("\nStore this profile?", default=True)
