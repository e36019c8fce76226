"""The route that a new session here would take, whoever decides it: the mistakes Portkey's pages know."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from profiles.drift import mask_value
from profiles.field_checks import HEADER_LIMIT
from profiles.rendering import MODEL_KEYS
from profiles.retired import retirement
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.context import Context

_ROUTES = ("provider", "virtual-key", "config")
_ELSEWHERE = ("FOUNDRY", "MANTLE", "ANTHROPIC_AWS", "ANTHROPIC_GOOGLE_CLOUD")


def base_url(context: Context) -> list[Finding]:
    """A `/v1` too much or too few."""
    url = context.base_url.rstrip("/")
    if not context.through_portkey or url.endswith("/v1") is (context.dialect != "messages"):
        return []
    part = "" if context.dialect == "messages" else f"{context.dialect.upper()}_"
    name = f"ANTHROPIC_{part}BASE_URL"
    if context.dialect == "messages":
        what = f"{name} ends in /v1, which Claude Code adds itself in the messages dialect"
    else:
        what = f"{name} does not end in /v1, which the {context.dialect} dialect needs"
    why = "Requests go to an address that is not there: `500 fetch failed`, or 404."
    return [_mended(context, f"env.{name}", Finding("base-url", "problem", what, why))]


def project_id(context: Context) -> list[Finding]:
    """The Vertex dialect without a project id."""
    google = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
    if not context.through_portkey or context.dialect != "vertex" or any(map(context.variable, google)):
        return []
    if context.text("env.ANTHROPIC_VERTEX_PROJECT_ID"):
        return []
    what = "ANTHROPIC_VERTEX_PROJECT_ID is missing in the vertex dialect"
    why = "Claude Code sends nothing without one (`No projectId was given`), though Portkey ignores it."
    return [_mended(context, "env.CLAUDE_CODE_USE_VERTEX", Finding("project-id", "problem", what, why))]


def portkey_route(context: Context) -> list[Finding]:
    """Requests to Portkey that do not say where to go on."""
    if not context.through_portkey or has_route(context):
        return []
    what = "There is a Portkey base URL, but no provider, virtual key or config among the headers"
    why = "The gateway does not know where to send requests: `500 fetch failed`."
    if context.active:
        return [Finding("no-route", "problem", what, why, context.ours("restore"))]
    return [Finding("no-route", "problem", what, why, context.ours("add", free_name(context), "--switch"))]


def has_route(context: Context) -> bool:
    """Whether the headers tell the gateway where to send requests on: what an import needs as well."""
    return any(context.text(f"header.x-portkey-{name}") for name in _ROUTES)


def authentication(context: Context) -> list[Finding]:
    """No key for the gateway, or one too many."""
    if not context.through_portkey:
        return []
    token, key = (context.text(f"env.ANTHROPIC_{name}") for name in ("AUTH_TOKEN", "API_KEY"))
    helper = context.text("apiKeyHelper")
    if context.dialect == "messages" and sum(map(bool, (token and token != key, key, helper))) > 1:
        what = "More than one of ANTHROPIC_AUTH_TOKEN, ANTHROPIC_API_KEY and apiKeyHelper are in force"
        why = "Claude Code sends them side by side: a key for one place goes to another."
        slot = "env.ANTHROPIC_API_KEY" if key else "env.ANTHROPIC_AUTH_TOKEN"
        return [_mended(context, slot, Finding("two-keys", "problem", what, why))]
    if context.dialect != "messages":
        if context.text("header.x-portkey-api-key") or helper:
            return []
        what = "There is no key: neither an x-portkey-api-key header nor an apiKeyHelper"
        why = "The gateway refuses every request (401)."
        return [Finding("no-key", "problem", what, why, *_way_to_a_key(context))]
    login = os.path.join(context.locations.claude_home, ".credentials.json")
    own_login = os.path.exists(login) or context.variable("CLAUDE_CODE_OAUTH_TOKEN") is not None
    if token or key or helper or own_login or context.platform == "darwin":  # there in the keychain
        return []
    what = "There is neither a token nor an apiKeyHelper, nor a login of Claude Code's own"
    why = "Claude Code says `Not logged in` and sends nothing; a key in a header is not enough."
    return [Finding("no-key", "problem", what, why, *_way_to_a_key(context))]


def _way_to_a_key(context: Context) -> tuple[str, str]:
    if context.active:
        return context.ours("restore"), ""
    return "", "Add a profile with a key: `pkcc-tray add NAME`, then switch to it."


def other_places(context: Context) -> list[Finding]:
    """A switch of the client's that takes requests away from the route."""
    found = []
    for name in _ELSEWHERE:
        slot = f"env.CLAUDE_CODE_USE_{name}"
        if context.through_portkey and context.text(slot):
            what = f"CLAUDE_CODE_USE_{name} is set"
            why = "Claude Code sends its requests there, and not through Portkey."
            found.append(_mended(context, slot, Finding("other-place", "problem", what, why)))
    return found


def models(context: Context) -> list[Finding]:
    """Models that are no more, named by whatever but a profile: of profiles `profile_files` tells."""
    rendered = None if context.reading is None else context.reading.state.current.rendered
    found = []
    for slot in (*(f"env.{key}" for key in MODEL_KEYS.values()), "model"):
        value = context.values.get(slot)
        retired = retirement(value.text, context.dialect) if value else ""
        if value is None or not retired:
            continue
        name = slot.removeprefix("env.")
        if value.source == "user" and rendered is not None and name in rendered.env:
            continue
        what = f"{name}: {mask_value(slot, value.text)} {retired}"
        why = "It is sent all the same, and refused where it is really gone."
        finding = Finding("retired-model", "warning", what, why)
        if value.source == "shell":
            found.append(finding._replace(command=context.unset(name)))
        else:
            found.append(finding._replace(advice=f"Name a newer one in {value.path}."))
    return found


def bedrock_models(context: Context) -> list[Finding]:
    """Models of others on Bedrock, which refuse what Claude Code adds for its own."""
    needed = ("DISABLE_PROMPT_CACHING", "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS")
    model = context.text("env.ANTHROPIC_MODEL")
    missing = [name for name in needed if context.variable(name) is None]
    if context.dialect != "bedrock" or not model or "anthropic" in model or "claude" in model or not missing:
        return []
    shown, names = mask_value("env.ANTHROPIC_MODEL", model), " and ".join(missing)
    what = f"{shown} is no Claude model, and there is no {names}"
    why = "Bedrock refuses Claude Code's own additions for other models (403)."
    sets = [context.ours("set", context.active or "NAME", f"extra_env.{name}", "1") for name in missing]
    if context.active:
        return [Finding("bedrock-model", "warning", what, why, " && ".join(sets))]
    return [Finding("bedrock-model", "warning", what, why, "", f"Set {names} to 1.")]


def headers(context: Context) -> list[Finding]:
    """Headers that are too long together, or that no request can carry."""
    lines = {slot[7:]: value for slot, value in context.values.items() if slot.startswith("header.")}
    found = []
    size = sum(len(name) + len(value.text.encode("utf-8", "replace")) + 4 for name, value in lines.items())
    slot = next((f"header.{name}" for name in lines), "")
    if size > HEADER_LIMIT:
        what = f"The Portkey headers take {size:,} bytes"
        why = f"Gateways refuse more than about {HEADER_LIMIT:,} (431)."
        advice = "Save the config at Portkey and use its id (config pc-…), or shorten the metadata."
        found.append(Finding("header-size", "problem", what, why, "", advice))
    odd = [name for name, value in lines.items() if not value.text.isascii()]
    if odd:
        what = f"A character outside ASCII stands in {', '.join(odd)}"
        why = "Every request fails (`invalid value`), or arrives garbled. A profile's metadata is escaped."
        found.append(_mended(context, slot, Finding("header-text", "problem", what, why)))
    metadata = context.text("header.x-portkey-metadata")
    if metadata and not _is_object(metadata):
        what = "x-portkey-metadata is not a JSON object"
        why = "The gateway refuses or ignores it."
        mended = _mended(context, "header.x-portkey-metadata", Finding("metadata", "warning", what, why))
        found.append(mended)
    return found


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _mended(context: Context, slot: str, finding: Finding) -> Finding:
    """The finding with what mends the value of a slot, where it was set."""
    value = context.values.get(slot)
    if value is None or value.source == "user":
        if context.active:
            return finding._replace(command=context.ours("restore"))
        if not has_route(context):
            return finding._replace(command=context.ours("add", free_name(context), "--switch"))
        name = free_name(context)
        importing = context.ours("import", "--name", name)
        return finding._replace(
            command=f"{importing} && {context.ours('switch', name)}",
            advice="A profile made of these settings puts them right.",
        )
    if value.source == "shell":
        name = slot.removeprefix("env.") if slot.startswith("env.") else "ANTHROPIC_CUSTOM_HEADERS"
        return finding._replace(
            command=context.unset(name), advice="Take it out of your shell's start-up files."
        )
    return finding._replace(advice=f"Change it in {value.path}.")


def free_name(context: Context) -> str:
    """A name for a profile made of the settings that is not taken."""
    names = {name.lower() for name in context.profiles}
    return next(name for name in ("portkey", *(f"portkey-{n}" for n in range(2, 999))) if name not in names)
