"""add: a new profile from options, or from answers to questions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, PkccError, SecretUnavailableError, UsageError
from profiles.base.names import check_name
from profiles.base.secret_names import REFERENCE_PREFIXES
from profiles.claude_code.dialects import DELIVERIES, DIALECTS
from profiles.profile.config_file import config_of
from tray.actions.describe import clear_text_notes, describe, written_by
from tray.actions.notes import missing_key_notes
from tray.actions.store_profiles import beside_stored, check_not_anothers, store_all
from tray.commands.key_place import ensure_place
from tray.commands.pairs import pairs
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from profiles.profile.model import Profile
    from tray.app import App

MODELS = ("sonnet", "opus", "haiku", "fable", "small_fast", "subagent")


def arguments_add(parser: argparse.ArgumentParser) -> None:
    """NAME and an option for every field."""
    add = parser.add_argument
    add("name", metavar="NAME", help="letters, digits, '.', '_', '-'")
    add("--label", default="", help="a free text shown beside the name")
    add("--dialect", choices=tuple(DIALECTS), help="the API format of its requests (default: messages)")
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
    for field in MODELS:
        add(f"--{field.replace('_', '-')}", metavar="M", help=f"the model for {field.replace('_', ' ')}")
    add("--metadata", metavar="K=V", action="append", default=[], help="request metadata (repeatable)")
    add("--trace-id", metavar="ID", help="the trace id of every request")
    add("--header", metavar="NAME=VALUE", action="append", default=[], help="one more header (repeatable)")
    add("--env", metavar="NAME=VALUE", action="append", default=[], help="one more variable (repeatable)")
    add("--key-stdin", action="store_true", help="read the Portkey key from standard input")
    reference = add(
        "--key-ref", metavar="REF", help='keyring:NAME, env:VAR, file:PATH, op://… or cmd:["argv", …]'
    )
    reference.completer = lambda **_: REFERENCE_PREFIXES  # type: ignore[attr-defined]
    add(
        "--key-delivery",
        choices=DELIVERIES,
        help="helper: no secret in settings; settings: write the key there",
    )
    add("--key-in", choices=("token_and_header", "token", "header"), help="where a written key goes")
    add("--switch", action="store_true", help="switch to it at once")


def add(app: App, name: str, *, key_stdin: bool, switch: bool, **options: Any) -> Result:
    """Store a new profile and its key: both, or with a wrong field or a refused key neither."""
    from profiles.profile.advice import advise
    from profiles.profile.parse import FieldError, parse_profile
    from profiles.profile.rendering import render

    check_name(name)
    app.store.check_free(name)
    asked = app.interactive and not _has_route(options)
    if asked:
        from tray.commands.profiles.add_questions import ask_fields

        ask_fields(name, options)
    data, secrets, notes = _profile_data(name, options)
    try:
        profile = parse_profile(data)
    except FieldError as error:
        raise UsageError(
            error.text(), "Nothing was stored. `pkcc-tray add --help` lists the options."
        ) from None
    if key_stdin and options["key_ref"] is not None:
        raise UsageError("--key-stdin does not go with --key-ref", "Give one of the two.")
    config = config_of(profile)
    rendered = render(profile, config)
    key_name = name if options["key_ref"] is None else None
    key = None if key_name is None else _new_key(app, key_name, from_stdin=key_stdin)
    if key_name is not None and key is not None:
        secrets = {key_name: key, **secrets}
    check_not_anothers(app, secrets)
    (profile,), secrets, moved = beside_stored(app, [profile], secrets)
    if moved:
        rendered = render(profile, config_of(profile))
        notes += moved
    writes = written_by(rendered, app.switcher.helper_command(rendered))
    if asked and not _confirmed(app, profile, writes, given=key is not None):
        raise ConflictError("Nothing was stored", f"`pkcc-tray add {name}` starts again.")
    if secrets:
        ensure_place(app)
    store_all(app, [profile], secrets, step=("add", f"add {name}"))
    app.store.rendered(name)  # is kept from now on: the first switch, too, need not load the model
    left_out = key_name is not None and key is None
    notes += missing_key_notes(app, name, profile.api_key, left_out=left_out)
    notes += clear_text_notes(profile)
    notes += advise(profile, rendered, config)
    data = {
        **describe(rendered)._asdict(),
        "file": app.store.path_of(name),
        "writes": writes,
        "keys_stored": sorted(secrets),
        "switched": switch,
    }
    if switch:
        try:
            app.switcher.switch(name)
        except PkccError as error:
            raise type(error)(f"{name!r} is stored, but not active: {error.title}", error.hint) from None
    return Result("added", data, tuple(notes))


def _has_route(options: dict[str, Any]) -> bool:
    return any(
        options[part] for part in ("provider", "virtual_key", "config", "config_file", "config_inline")
    )


def _new_key(app: App, key_name: str, *, from_stdin: bool) -> Secret | None:
    from profiles.secrets.store import check_secret
    from tray.terminal.prompts import ask_secret, confirm, read_piped_secret

    if from_stdin:
        return check_secret(read_piped_secret(), "The key on standard input")
    if not app.interactive:
        return None
    if app.secrets.where(key_name) is not None and confirm(f"Use the stored key {key_name!r}?", default=True):
        return None
    try:
        ensure_place(app)
    except SecretUnavailableError:
        # Without --key-stdin a key can be given later: what was answered so far is not for nothing.
        if not confirm("Go on without a key?", default=True):
            raise
        return None
    return ask_secret("Portkey API key (hidden; empty to give it later)", "The key")


def _confirmed(app: App, profile: Profile, writes: dict[str, str], *, given: bool) -> bool:
    from tray.terminal.prompts import confirm, say

    say("\nWhat a switch to it will write into Claude Code's settings:")
    for slot, value in writes.items():
        say(f"  {slot} = {value}")
    say(_key_sentence(app, profile, given=given))
    return confirm("\nStore this profile?", default=True)


def _key_sentence(app: App, profile: Profile, *, given: bool) -> str:
    """Where the key lies, or will."""
    scheme, _, key_name = profile.api_key.partition(":")
    if scheme != "keyring":
        return f"The key is taken from {'a command' if scheme == 'cmd' else profile.api_key}."
    where = app.secrets.where(key_name)
    if given:
        stored = f"The key goes into the {where or app.secrets.backend_for_new()}, as {key_name!r}."
        if profile.delivery == "helper":
            return f"{stored} The settings file holds none."
        return f"{stored} A switch also writes it into the settings file, in clear text."
    if app.secrets.present(profile.api_key):
        return f"The key is the one stored in the {where}, as {key_name!r}."
    return f"No key was given: `pkcc-tray key set {profile.name}` asks for it later."


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
    models = {field: options[field] for field in MODELS if options[field]}
    if options["model"]:
        models["default"] = options["model"]
    vertex = {"project_id": options["project_id"], "region": options["region"]}
    if any(vertex.values()) and dialect != "vertex":
        raise UsageError("--project-id and --region are for --dialect vertex", "Leave them out.")
    optional = {
        "models": models,
        "vertex": {key: value for key, value in vertex.items() if value},
        "metadata": pairs("--metadata", options["metadata"], "team=engineering"),
        "extra_headers": pairs("--header", options["header"], "X-Team=engineering"),
        "extra_env": pairs("--env", options["env"], "DEBUG=1"),
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
        provider = options["provider"] or DIALECTS[dialect].provider
        return {"kind": "virtual_key", "provider": provider, "virtual_key": options["virtual_key"]}
    return {"kind": "provider", "provider": options["provider"]}


def _config_route(
    name: str, options: dict[str, Any], secrets: dict[str, Any], notes: list[str]
) -> dict[str, Any]:
    from profiles.base.secret import Secret

    path = os.path.abspath(os.path.expanduser(options["config_file"] or options["config_inline"]))
    config, found = load_config(path, name)
    if options["config_file"] and not found:
        return {"kind": "config", "path": path}
    secrets |= {key_name: Secret(text) for key_name, text in found.items()}
    if found:
        kept = "the secret in it went" if len(found) == 1 else f"the {len(found)} secrets in it went"
        notes.append(f"the config was copied into the profile, and {kept} into the key store")
    return {"kind": "config", "inline": config}


def load_config(path: str, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The config in a file, checked, with references for the secrets in it; and those by key name.

    `name` is the profile's, for the key names. Raises PkccError that names file and field.
    """
    from profiles.profile.config_file import load_json
    from profiles.profile.fields import check_inline_config
    from profiles.profile.recognition import move_config_secrets

    config = load_json(path)
    if not isinstance(config, dict):
        raise PkccError(f"{path} holds no Portkey config: a config is a JSON object", "Name another file.")
    try:
        config, found = move_config_secrets(config, name)
        return check_inline_config(config, from_file=True), found
    except ValueError as error:
        raise PkccError(f"{path}: {error}", f"See all of it with `pkcc-tray config check {path}`.") from None
