"""The options of `add`, and the profile's data that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import UsageError
from profiles.base.secret_names import REFERENCE_PREFIXES
from profiles.claude_code.dialects import DELIVERIES, DIALECTS, KEY_PLACES, gateway_meant
from profiles.portkey.editions import NAMED_GATEWAYS, PORTKEY
from profiles.portkey.model_names import slugs_in
from tray.actions.profiles.adding.config_file import config_route
from tray.actions.profiles.adding.place import place_data
from tray.commands import offers
from tray.commands.names import complete_others, completed
from tray.commands.options import flag, pairs, repeatable

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret

_MEANT = {
    "small_fast": "small tasks in the background",
    "subagent": "subagents",
    "custom": "a row more in /model",
}
MODELS = ("sonnet", "opus", "haiku", "fable", "small_fast", "subagent", "custom")
_OPTION_OF = {  # a field of `models`, and what its option is called
    **{field: field for field in MODELS},
    "default": "model",
    "setting": "model_setting",
    "otherwise": "model_otherwise",
}

_ROUTES = (
    "Give --provider @slug, --provider NAME --virtual-key ID, --config pc-… or --config-file FILE (with a "
    "provider besides, if it names none), models with their @slug/, or --no-route."
)


# The options for a profile's fields about the rows of `/model`.
_ROWS = {
    "model_names": "--model-name",
    "model_descriptions": "--model-description",
    "model_capabilities": "--model-capabilities",
}


class Given(NamedTuple):
    """A profile's data, the secrets that a config held, by key name, and notes."""

    data: dict[str, object]
    secrets: dict[str, Secret]
    notes: list[str]


def add_options(parser: argparse.ArgumentParser) -> None:
    """NAME and an option for every field, in groups: help with forty in one row is read by nobody."""
    add = parser.add_argument
    add("name", metavar="NAME", nargs="?", help="letters, digits, '.', '_', '-' (asked for at a terminal)")
    add("--label", default="", help="a free text shown beside the name")
    _route_options(parser.add_argument_group("where requests go"))
    _key_options(parser.add_argument_group("the key"))
    _model_options(parser.add_argument_group("models"))
    _request_options(parser.add_argument_group("what is sent besides"))


def _route_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    completed(
        add("--provider", metavar="P", help="@slug of your workspace, or a plain name with --virtual-key"),
        offers.providers,
    )
    completed(
        add("--virtual-key", metavar="ID", help="a Portkey virtual key's id (the older form of @slug)"),
        offers.virtual_keys,
    )
    completed(add("--config", metavar="ID", help="a saved config: its id, pc-…, or its name"), offers.configs)
    add("--config-file", metavar="FILE", help="a Portkey config in a file, read at every switch")
    add(
        "--config-inline",
        metavar="FILE",
        help="a Portkey config copied into the profile, its secrets into the keyring",
    )
    flag(group, "--no-route", "name no route: the models do (@slug/model), or the key's own default config")
    gateway = add(
        "--gateway", metavar="URL", help="portkey (default), airs (Prisma AIRS), or the base URL of your own"
    )
    completed(gateway, lambda **_: NAMED_GATEWAYS)
    flag(group, "--allow-plain-http", "accept http beyond this machine (the key goes unencrypted)")
    add("--dialect", choices=tuple(DIALECTS), help="the API format of its requests (default: messages)")
    add("--project-id", metavar="ID", help="vertex: the project id (default: a placeholder Portkey ignores)")
    add("--region", metavar="R", help="vertex: the region")
    other = add(
        "--when-unreachable", metavar="P", help="the profile to offer while its gateway is unreachable"
    )
    completed(other, complete_others)


def _key_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    flag(group, "--key-stdin", "read the Portkey key from standard input")
    reference = add(
        "--key-ref",
        metavar="REF",
        help='keyring:NAME, env:VAR, file:PATH, cmd:["argv", …] or op://…, vault-kv://… (docs/keys.md)',
    )
    completed(reference, lambda **_: REFERENCE_PREFIXES)
    add(
        "--key-delivery",
        choices=DELIVERIES,
        help="helper: no secret in settings; settings: write the key there",
    )
    add("--key-in", choices=KEY_PLACES, help="where a written key goes")


def _model_options(group: argparse._ArgumentGroup) -> None:
    for option, meaning in (
        ("--model", "the model of a session"),
        *((f"--{field.replace('_', '-')}", f"the model for {_MEANT.get(field, field)}") for field in MODELS),
        ("--model-setting", "the settings' own `model`, beside or in place of --model"),
        ("--model-otherwise", "the model of a session for which nothing else names one"),
    ):
        completed(group.add_argument(option, metavar="M", help=meaning), offers.models)
    for option in _ROWS.values():
        what = option.removeprefix("--model-")
        repeatable(group, option, "ROW=TEXT", f"the {what} in /model of sonnet, opus, haiku, fable or custom")
    flag(group, "--model-discovery", "have Claude Code ask the gateway for its models (with a helper, too)")


def _request_options(group: argparse._ArgumentGroup) -> None:
    repeatable(group, "--metadata", "K=V", "request metadata")
    group.add_argument("--trace-id", metavar="ID", help="the trace id of every request")
    repeatable(group, "--header", "NAME=VALUE", "one more header")
    repeatable(group, "--env", "NAME=VALUE", "one more variable")


def _slugs(options: dict[str, Any]) -> list[str]:
    return slugs_in(options[option] or "" for option in _OPTION_OF.values())


def has_route(options: dict[str, Any]) -> bool:
    """Whether the options say where requests go: then nothing is asked."""
    parts = ("provider", "virtual_key", "config", "config_file", "config_inline", "no_route")
    return any(options[part] for part in parts) or bool(_slugs(options))


def profile_data(name: str, options: dict[str, Any]) -> Given:
    """What the options say. Raises UsageError for those that do not go together."""
    secrets: dict[str, Secret] = {}
    notes: list[str] = []
    dialect = options["dialect"] or "messages"
    data: dict[str, object] = {
        "name": name,
        "label": options["label"],
        "dialect": dialect,
        "route": _route(name, dialect, options, secrets, notes),
        "api_key": options["key_ref"] or f"keyring:{name}",
        "allow_plain_http": options["allow_plain_http"],
    }
    vertex = {"project_id": options["project_id"], "region": options["region"]}
    if any(vertex.values()) and dialect != "vertex":
        raise UsageError("--project-id and --region are for --dialect vertex", "Leave them out.")
    optional = {
        "models": {field: options[option] for field, option in _OPTION_OF.items() if options[option]},
        "vertex": {key: value for key, value in vertex.items() if value},
        "metadata": pairs("--metadata", options["metadata"], "team=engineering"),
        "extra_headers": pairs("--header", options["header"], "X-Team=engineering"),
        "extra_env": pairs("--env", options["env"], "DEBUG=1"),
        **{
            field: pairs(option, options[option[2:].replace("-", "_")], "opus=Opus")
            for field, option in _ROWS.items()
        },
        "gateway": gateway_meant(options["gateway"] or "", dialect),
        "trace_id": options["trace_id"],
        "model_discovery": options["model_discovery"],
        "key_delivery": options["key_delivery"],
        "key_in": options["key_in"],
        "when_unreachable": options["when_unreachable"],
    }
    return Given(data | {key: value for key, value in optional.items() if value}, secrets, notes)


def gateway_in(options: dict[str, Any]) -> str:
    """The base URL that the options lead to."""
    return gateway_meant(options["gateway"] or PORTKEY.name, options["dialect"] or "messages")


def place_in(name: str, options: dict[str, Any]) -> dict[str, object]:
    """A profile's data as far as the options lead to an account."""
    return place_data(
        name,
        options["gateway"] or "",
        options["key_ref"] or f"keyring:{name}",
        allow_plain_http=options["allow_plain_http"],
        extra_headers=pairs("--header", options["header"], "X-Team=engineering"),
        extra_env=pairs("--env", options["env"], "DEBUG=1"),
    )


def _route(
    name: str, dialect: str, options: dict[str, Any], secrets: dict[str, Secret], notes: list[str]
) -> dict[str, object]:
    configs = [part for part in ("config", "config_file", "config_inline") if options[part]]
    beside = {part: options[part] for part in ("provider", "virtual_key") if options[part]}
    if len(configs) > 1 or (options["no_route"] and (configs or beside)):
        raise UsageError("A profile has one route, and more were given", _ROUTES)
    if configs:
        if options["config"]:
            return {"kind": "config", "id": options["config"], **beside}
        path, copied = options["config_file"], False
        if not path:
            path, copied = options["config_inline"], True
        made = config_route(path, name, copied=copied)
        secrets |= made.secrets
        notes += made.notes
        return made.route | beside
    if not beside:
        if options["no_route"] or _slugs(options):
            return {"kind": "none"}
        raise UsageError("A profile needs a route", _ROUTES)
    if options["virtual_key"]:
        provider = options["provider"] or DIALECTS[dialect].provider
        return {"kind": "virtual_key", "provider": provider, "virtual_key": options["virtual_key"]}
    return {"kind": "provider", "provider": options["provider"]}
