"""What requests carry: models and headers, whoever names them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from profiles.drift import mask_value
from profiles.field_checks import HEADER_LIMIT
from profiles.owned import METADATA_SLOT, MODEL_SLOTS
from profiles.portkey_headers import METADATA
from profiles.retired import retirement
from profiles.routing_names import is_on
from tray.doctor.finding import Finding
from tray.doctor.remedies import mended

if TYPE_CHECKING:
    from tray.doctor.context import Context


def models(context: Context) -> list[Finding]:
    """Models that are no more, named by whatever but a profile: of profiles `profile_files` tells."""
    rendered = None if context.reading is None else context.reading.state.current.rendered
    found = []
    for slot in (*MODEL_SLOTS.values(), "model"):
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
    model = context.text(MODEL_SLOTS["default"])
    values = {name: context.variable(name) for name in needed}
    missing = [name for name, value in values.items() if value is None or not is_on(value.text)]
    if context.dialect != "bedrock" or not model or "anthropic" in model or "claude" in model or not missing:
        return []
    shown, names = mask_value(MODEL_SLOTS["default"], model), " and ".join(missing)
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
        found.append(mended(context, slot, Finding("header-text", "problem", what, why)))
    metadata = context.text(METADATA_SLOT)
    if metadata and not _is_object(metadata):
        what = f"{METADATA} is not a JSON object"
        why = "The gateway refuses or ignores it."
        put_right = mended(context, METADATA_SLOT, Finding("metadata", "warning", what, why))
        found.append(put_right)
    return found


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
