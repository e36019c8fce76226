"""From what a settings file says back to a profile: what `import` and `adopt` are made of. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.base.hashing import digest
from profiles.base.secret_names import is_secret_name
from profiles.claude_code.dialects import DIALECTS, PLACEHOLDER_PROJECT_ID, dialect_meant, stray_ending
from profiles.claude_code.owned_slots import (
    BASE_URL_SLOTS,
    DISCOVERY,
    HELPER_KEY,
    METADATA_SLOT,
    MODEL_ROWS,
    MODEL_SLOTS,
    PORTKEY_KEY_SLOT,
    PROFILE_HEADERS,
    PROJECT_ID,
    REGION,
    ROUTE_SLOTS,
    TOKEN_SLOT,
    slugs_by,
)
from profiles.claude_code.routing_names import V1
from profiles.claude_code.variable_values import is_on
from profiles.files.json_documents import json_or_none
from profiles.importing.placeholder_keys import is_placeholder
from profiles.portkey.header_names import CONFIG, PORTKEY_KEY, PREFIX, TRACE_ID

if TYPE_CHECKING:
    from collections.abc import Mapping


class Recognised(NamedTuple):
    """A profile's data without its key: `key` is its text, None when the settings hold none.

    `secrets` are more secrets found, by the key name that the data refers to. `notes` say in plain words
    what differs from the settings, or should be looked at.
    """

    data: dict[str, Any]
    key: str | None
    secrets: dict[str, str]
    notes: list[str]


def recognise(values: Mapping[str, str], name: str, source: str, *, unrouted: bool = False) -> Recognised:
    """The profile that the values (by slot, see `settings.parse.actual_values`) amount to.

    `unrouted`: no header line need name a route. Raises PkccError when they hold no Portkey route,
    ConflictError when they hold two keys.
    """
    dialect = dialect_of(values)
    secrets: dict[str, str] = {}
    notes: list[str] = []
    data: dict[str, Any] = {"schema_version": 1, "name": name, "dialect": dialect}
    data["route"] = _route(values, name, source, secrets, unrouted=unrouted)
    gateway = _gateway(values, dialect, notes)
    if gateway != DIALECTS[dialect].gateway:
        data["gateway"] = gateway
    if dialect == "vertex":
        project_id = values.get(f"env.{PROJECT_ID}")
        region = values.get(f"env.{REGION}")
        data["vertex"] = {"project_id": project_id or PLACEHOLDER_PROJECT_ID} | (
            {"region": region} if region else {}
        )
        if not project_id:
            notes.append("a project id is added: Claude Code sends nothing in the vertex format without one")
    data |= _models(values)
    if metadata := _metadata(values, notes):
        data["metadata"] = metadata
    if trace_id := values.get(f"header.{TRACE_ID}"):
        data["trace_id"] = trace_id
    if extra := _extra_headers(values, name, secrets):
        data["extra_headers"] = extra
    data["api_key"] = f"keyring:{name}"
    key = _key(values, dialect, data, notes)
    return Recognised(data, key, secrets, notes)


def _models(values: Mapping[str, str]) -> dict[str, Any]:
    """The fields about models, those that are said."""
    fields = {"models": MODEL_SLOTS} | {
        field: {row: f"env.{name}" for row, name in names.items()} for field, names in MODEL_ROWS.items()
    }
    found = {
        field: {row: text for row, slot in slots.items() if (text := values.get(slot))}
        for field, slots in fields.items()
    }
    discovery = {"model_discovery": True} if is_on(values.get(f"env.{DISCOVERY}")) else {}
    return {field: texts for field, texts in found.items() if texts} | discovery


def dialect_of(values: Mapping[str, str]) -> str:
    """The dialect that a settings file is meant to speak."""
    return dialect_meant(lambda name: values.get(f"env.{name}"))


def _route(
    values: Mapping[str, str], name: str, source: str, secrets: dict[str, str], *, unrouted: bool
) -> dict[str, Any]:
    config, virtual_key, provider = map(values.get, ROUTE_SLOTS)
    if config:
        inline = config.startswith("{")
        what = {"inline": _inline(config, name, source, secrets)} if inline else {"id": config}
        beside = {"provider": provider, "virtual_key": virtual_key}
        return {"kind": "config", **what, **{field: text for field, text in beside.items() if text}}
    if virtual_key:
        beside = {"provider": provider} if provider else {}
        return {"kind": "virtual_key", **beside, "virtual_key": virtual_key}
    if provider:
        return {"kind": "provider", "provider": provider}
    if unrouted or slugs_by(values):
        return {"kind": "none"}
    raise PkccError(
        f"{source} holds no Portkey route: no provider, virtual key or config among its headers",
        "Make a profile by hand with `pkcc-tray add NAME`.",
    )


def _inline(text: str, name: str, source: str, secrets: dict[str, str]) -> dict[str, Any]:
    from profiles.portkey.config.secrets import reference_fields

    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise PkccError(
            f"{source}: the config in {CONFIG} is not valid JSON", "Fix it there, then import again."
        ) from None
    if reference_fields(config):
        # There it was mere text: taken for a reference, a file could make us send any secret of the user's.
        raise PkccError(
            f"{source}: the config in {CONFIG} holds a text such as env:NAME where a secret goes",
            "Take it out there, then import again.",
        )
    cleaned, found = move_config_secrets(config, name)
    secrets |= found
    return cleaned


def derived_key_name(name: str, suffix: str) -> str:
    """The name of a key that a profile has beside its main one: unlike any other's, at most 64 long."""
    full = f"{name}.{suffix}"
    fitting = re.sub(r"[^A-Za-z0-9._-]", "-", full)
    return (
        fitting if fitting == full and len(full) <= 64 else f"{fitting[:55]}-{digest(full.encode(), size=4)}"
    )


def move_config_secrets(config: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The config with a reference for each clear-text secret, and those secrets by key name."""
    from profiles.portkey.config.secrets import replace_at, secret_fields

    found: dict[str, str] = {}
    for number, (path, value) in enumerate(secret_fields(config), start=1):
        if not isinstance(value, str):
            raise PkccError(
                f"The config holds a secret object at {'.'.join(map(str, path))}",
                "Save that config at Portkey and use its id: a header is no place for it.",
            )
        key_name = derived_key_name(name, f"config-{number}")
        found[key_name] = value
        config = replace_at(config, path, f"keyring:{key_name}")
    return config, found


def _gateway(values: Mapping[str, str], dialect: str, notes: list[str]) -> str:
    url = values.get(BASE_URL_SLOTS[dialect], "").rstrip("/")
    if not url:
        notes.append("there is no base URL: the hosted gateway is assumed")
        return DIALECTS[dialect].gateway
    right = DIALECTS[dialect].right_url(url)
    if stray := stray_ending(url):
        notes.append(f"{stray} is dropped from the base URL: no request to the gateway works with it")
    elif len(right) < len(url):
        notes.append(f"{V1} is dropped from the base URL: Claude Code adds it itself in this format")
    elif len(right) > len(url):
        notes.append(f"{V1} is added to the base URL: the {dialect} format needs it")
    return right


def _metadata(values: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    text = values.get(METADATA_SLOT, "")
    if not text:
        return {}
    data = json_or_none(text)
    if not isinstance(data, dict):
        notes.append("the metadata header is not a JSON object: it is left out")
        return {}
    if any(not isinstance(value, str) for value in data.values()):
        notes.append("metadata values that are not text are written as text: Portkey takes only text")
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}


def _extra_headers(values: Mapping[str, str], name: str, secrets: dict[str, str]) -> dict[str, str]:
    extra = {}
    for slot, value in values.items():
        header = slot.removeprefix("header.")
        if slot == header or not header.startswith(PREFIX) or header in PROFILE_HEADERS:
            continue
        extra[header] = without_secret(header, value, name, secrets)
    return extra


def without_secret(header: str, value: str, name: str, secrets: dict[str, str]) -> str:
    """What a profile of that name says for a header: a reference, where the value is one of its `secrets`."""
    if not is_secret_name(header):
        return value
    key_name = derived_key_name(name, header.removeprefix(PREFIX))
    secrets[key_name] = value
    return f"keyring:{key_name}"


def _key(values: Mapping[str, str], dialect: str, data: dict[str, Any], notes: list[str]) -> str | None:
    header = values.get(PORTKEY_KEY_SLOT)
    token = values.get(TOKEN_SLOT)
    if token and not header and not DIALECTS[dialect].token:
        notes.append(f"the key stood in ANTHROPIC_AUTH_TOKEN: it is sent as {PORTKEY_KEY} from now on")
        header = token
    if header and DIALECTS[dialect].token and (is_placeholder(token) if token else HELPER_KEY in values):
        # A key in a header alone would not do: without a key or login of its own the client sends nothing.
        notes.append(
            f"the key in {PORTKEY_KEY} is the token too from now on: what stood there only let it start"
        )
        token = header
    if header and token and header != token:
        raise ConflictError(
            f"The settings hold two different keys, as {PORTKEY_KEY} and as ANTHROPIC_AUTH_TOKEN",
            "Take out the one that is not your Portkey key, then import again.",
        )
    if header or (token and DIALECTS[dialect].token):
        data["key_delivery"] = "settings"
        if DIALECTS[dialect].token and not (header and token):  # both is what the dialect does anyway
            data["key_in"] = "header" if header else "token"
        if "YOUR" in (header or token or "").upper():
            rotate = f"`pkcc-tray key rotate {data['name']}`"
            notes.append(f"the key is the documentation's placeholder: replace it with {rotate}")
        return header or token
    if HELPER_KEY in values:
        notes.append("the key comes from a command (apiKeyHelper), which is not taken over")
    data["key_delivery"] = "helper" if HELPER_KEY in values else DIALECTS[dialect].delivery
    return None
