"""What requests carry: models and headers, whatever names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.claude_code.glued_lines import glued_words
from profiles.claude_code.owned_slots import METADATA_SLOT, MODEL_SLOTS, is_owned
from profiles.claude_code.routing_names import HEADERS_KEY
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.variable_values import is_on
from profiles.files.json_documents import json_or_none
from profiles.portkey.header_names import LEFT_BYTES, METADATA, PROVIDER
from profiles.portkey.model_names import NEEDED_ON_BEDROCK, is_refused_by_bedrock
from profiles.portkey.retired_models import retirement
from profiles.profile.rendering import slots_of
from profiles.routes.overridden_models import overridden_models
from tray.doctor.finding import note, problem, warning
from tray.doctor.remedies import RETIRED, RETIRING, for_slot, imported, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def models(context: Context) -> Iterator[Finding]:
    """Retired models, named anywhere but in a profile: `profile_files` reports those."""
    for slot in MODEL_SLOTS.values():
        value = context.values.get(slot)
        retired = retirement(value.text, context.dialect) if value else None
        if value is None or retired is None:
            continue
        name = slot.removeprefix("env.")
        if value.source == "user" and slot in slots_of(context.rendered):
            continue
        what = f"{name}: {mask_value(slot, value.text)} {retired.text}"
        unset = context.unset(name) if value.source == "shell" else ""
        advice = "" if unset else f"Name {retired.successor} in {value.path}."
        kind, why = (warning, RETIRED) if retired.is_past else (note, RETIRING)
        yield kind("retired-model", what, why, unset, advice)


def other_models(context: Context) -> Iterator[Finding]:
    """Settings that have another model asked for than the active profile's."""
    rendered = context.rendered
    for row in overridden_models(context.sources, rendered) if rendered is not None else ():
        why = "The profile's own choice does not count; a gateway without that model refuses requests."
        advice = f"Take `{row.key}` out of {row.path} where that is not meant."
        yield warning("bent-model", f"{row.text}: {row.path}", why, advice=advice)


def bedrock_models(context: Context) -> Iterator[Finding]:
    """Models of others on Bedrock, which refuse what Claude Code adds for its own."""
    values = {name: context.variable(name) for name in NEEDED_ON_BEDROCK}
    missing = [name for name, value in values.items() if value is None or not is_on(value.text)]
    provider = context.text(f"header.{PROVIDER}")
    others = [
        mask_value(slot, context.text(slot))
        for slot in MODEL_SLOTS.values()
        if is_refused_by_bedrock(context.text(slot), context.dialect, provider)
    ]
    if not others or not missing:
        return
    shown, names = others[0], " and ".join(missing)
    what = f"{shown} is no Claude model, and there is no {names}"
    why = "Bedrock refuses Claude Code's own additions for other models (403)."
    advice = f"Set {names} to 1."
    if context.active:
        sets = [with_field(context, context.active, f"extra_env.{name}", "1") for name in missing]
        advice = next((advice for command, advice in sets if not command), "")
        command = "" if advice else context.in_turn(*(command for command, _ in sets))
        yield warning("bedrock-model", what, why, command, advice)
    else:
        yield warning("bedrock-model", what, why, advice=advice)


def glued_lines(context: Context) -> Iterator[Finding]:
    """Header lines that stand in one, and are sent as one."""
    for slot, meant in context.glued.items():
        why = "Claude Code sends them as one header: the gateway refuses it, or does not know the route."
        yield problem("glued-headers", f"The {glued_words(meant)}", why, *_lines_apart(context, slot))


def _lines_apart(context: Context, slot: str) -> tuple[str, str]:
    source = context.header_source
    by_hand = "Let each begin on a line of its own, by a real line end"
    if source is None or not source.path:
        return "", f"{by_hand}, where your shell sets {HEADERS_KEY}."
    advice = f"{by_hand}: \\n with one backslash, in {source.path}."
    if source.kind != "user" or not is_owned(slot):
        return "", advice
    return context.ours("restore") if context.active else imported(context), advice


def not_texts(context: Context) -> Iterator[Finding]:
    """Variables whose value is an object or a list, in any file that is read."""
    for source in context.sources:
        for name in source.not_texts:
            what = f"{name} in {source.path} is an object or a list"
            why = "Claude Code makes a text of it, such as [object Object]: what is in it does not count."
            advice = f"Write it as one text in quotes; between the lines of {HEADERS_KEY} stands \\n."
            yield problem("not-text", what, why, advice=advice)


def headers(context: Context) -> Iterator[Finding]:
    """Headers that are too long together, or that no request can carry."""
    lines = {slot[7:]: value for slot, value in context.values.items() if slot.startswith("header.")}
    size = sum(len(name) + len(value.text.encode("utf-8", "replace")) + 4 for name, value in lines.items())
    if size > LEFT_BYTES:
        what = f"The Portkey headers take {size:,} bytes"
        why = f"Gateways refuse more than about {LEFT_BYTES:,} (431)."
        advice = "Save the config at Portkey and use its id (config pc-…), or shorten the metadata."
        yield problem("header-size", what, why, advice=advice)
    odd = [name for name, value in lines.items() if not value.text.isascii()]
    if odd:
        what = f"A character outside ASCII is in {', '.join(odd)}"
        why = "Every request fails (`invalid value`), or arrives garbled. A profile's metadata is escaped."
        yield problem("header-text", what, why, *for_slot(context, f"header.{odd[0]}"))
    metadata = context.text(METADATA_SLOT)
    if metadata and not isinstance(json_or_none(metadata), dict):
        what = f"{METADATA} is not a JSON object"
        why = "The gateway refuses or ignores it."
        yield warning("metadata", what, why, *for_slot(context, METADATA_SLOT))
