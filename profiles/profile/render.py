"""From a validated profile to what it writes. Pure."""

from __future__ import annotations

import json
import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_markers import marker
from profiles.claude_code.owned_slots import DISCOVERY, MODEL_KEYS, MODEL_ROWS, PROJECT_ID, REGION
from profiles.claude_code.routing_names import API_KEY, AUTH_TOKEN, BASE_URLS, PROVIDERS
from profiles.portkey.header_names import CONFIG, METADATA, PORTKEY_KEY, PROVIDER, TRACE_ID, VIRTUAL_KEY
from profiles.profile.rendering import LOGIN_LINE, Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.profile.schema.model import Profile


def render(profile: Profile, config: Mapping[str, object] | None = None) -> Rendered:
    """What the profile writes; `config` is the content of the file that a config route names, if it does."""
    env: dict[str, str | int] = {BASE_URLS[profile.dialect]: profile.base_url}
    key = marker(profile.api_key)
    helper = profile.delivery == "helper"
    if profile.dialect == "vertex":
        env[PROJECT_ID] = profile.vertex.project_id
        if profile.vertex.region:
            env[REGION] = profile.vertex.region
    if not helper and profile.key_places != "header":
        env[AUTH_TOKEN] = key
    if helper:
        # Blank, not absent: a token from the shell would win over the helper and be sent to the gateway.
        env[AUTH_TOKEN] = ""
    if helper or AUTH_TOKEN in env:
        env[API_KEY] = ""  # would be sent beside it, as x-api-key
    named = profile.models.model_dump(exclude_none=True)
    env |= {name: named[field] for field, name in MODEL_KEYS.items() if field in named}
    for field, names in MODEL_ROWS.items():
        env |= {names[row]: text for row, text in getattr(profile, field).items()}
    if profile.model_discovery:
        env[DISCOVERY] = "1"
    env |= dict.fromkeys(_switches(profile.dialect), 1)
    env |= {name: _maybe_reference(name, value) for name, value in profile.extra_env.items()}
    headers = [] if helper or profile.key_places == "token" else [[PORTKEY_KEY, key]]
    headers += [list(LOGIN_LINE)] if env.get(AUTH_TOKEN) else []
    headers += _route_headers(profile, config)
    if profile.metadata:
        headers.append([METADATA, json.dumps(profile.metadata)])
    if profile.trace_id:
        headers.append([TRACE_ID, profile.trace_id])
    headers += [[name, _maybe_reference(name, value)] for name, value in profile.extra_headers.items()]
    path = profile.route.path if profile.route.kind == "config" else None
    return Rendered(
        profile.name,
        profile.dialect,
        env,
        headers,
        helper,
        profile.api_key,
        profile.label,
        (path or "").replace("\\", "/").rpartition("/")[2],
        profile.trusted,
        profile.models.setting or "",
    )


def _switches(dialect: str) -> list[str]:
    """The variables that turn a provider on; none for `messages`, which is on without."""
    found = [provider for provider in PROVIDERS if provider.name == dialect]
    return [name for provider in found for name in (provider.skip_auth, provider.switch)]


def _maybe_reference(name: str, value: str) -> str:
    """The marker of the reference that a secret's name has; a version before took some of them for plain."""
    from profiles.base.secret_names import is_secret_name
    from profiles.base.secret_references.parse import is_reference

    return marker(value) if is_secret_name(name) and is_reference(value) else value


def _route_headers(profile: Profile, config: Mapping[str, object] | None) -> list[list[str]]:
    route = profile.route
    if route.kind == "none":
        return []
    found = [[PROVIDER, route.provider]] if route.provider else []
    if route.kind != "provider" and route.virtual_key:
        found.append([VIRTUAL_KEY, route.virtual_key])
    if route.kind == "config":
        found.append([CONFIG, route.id or render_config(route.inline if config is None else config)])
    return found


def render_config(config: object) -> str:
    """A config as one header's text: compact ASCII JSON, a marker for each secret reference in it."""
    from profiles.portkey.config.secrets import reference_fields, replace_at

    # json would spell a marker's NUL out, and a NUL in the config itself must not become a marker.
    places: dict[str, str] = {}
    if isinstance(config, dict):
        tag = os.urandom(16).hex()
        for number, (path, reference) in enumerate(reference_fields(config)):
            places[f"{tag}-{number}-"] = marker(reference)
            config = replace_at(config, path, f"{tag}-{number}-")
    text = json.dumps(config, separators=(",", ":"), allow_nan=False)
    for place, mark in places.items():
        text = text.replace(place, mark)
    return text
