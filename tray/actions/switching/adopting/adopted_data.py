"""A profile's data with what was found in the settings: what `adopt` stores. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.claude_code.owned_slots import HELPER_KEY, MODEL_ROWS, ROUTE_SLOTS, WAYS_TO_A_KEY
from profiles.portkey.header_names import CONFIG

if TYPE_CHECKING:
    from profiles.importing.recognition import Recognised
    from profiles.profile.schema.model import Profile


def merged(old: Profile, found: Recognised, values: dict[str, str], changed: set[str]) -> dict[str, object]:
    """The old profile's data with what was changed; what was not stays as it is spelled in the profile."""
    data: dict[str, object] = {**old.model_dump(mode="json", exclude_unset=True), **found.data}
    for field in ("models", *MODEL_ROWS, "model_discovery", "metadata", "trace_id", "gateway", "vertex"):
        if field not in found.data:
            data.pop(field, None)
    data |= {"label": old.label, "api_key": old.api_key}
    if old.dialect == found.data["dialect"]:
        data["route"] = _route(old, found.data["route"], changed)
    if changed.isdisjoint(WAYS_TO_A_KEY):
        data |= {"key_delivery": old.key_delivery, "key_in": old.key_in}
    elif found.key is None and HELPER_KEY in values:
        data["key_delivery"] = "helper"
        data.pop("key_in", None)
    data["extra_env"] = _extra(old.extra_env, "env.", values, changed)
    new_headers = {
        name: text
        for name, text in found.data.get("extra_headers", {}).items()
        if f"header.{name}" in changed and name not in map(str.lower, old.extra_headers)
    }
    data["extra_headers"] = _extra(old.extra_headers, "header.", values, changed) | new_headers
    return data


def _route(old: Profile, found: dict[str, object], changed: set[str]) -> dict[str, object]:
    """The route with what was changed; a config that was not stays as the profile has it."""
    route: dict[str, object] = old.model_dump(mode="json", exclude_unset=True)["route"]
    if changed.isdisjoint(ROUTE_SLOTS):
        return route
    if f"header.{CONFIG}" in changed or route["kind"] != "config" or found["kind"] != "config":
        return found
    beside = ("provider", "virtual_key")
    return {key: route[key] for key in route if key not in beside} | {
        key: found[key] for key in beside if key in found
    }


def _extra(old: dict[str, str], prefix: str, values: dict[str, str], changed: set[str]) -> dict[str, str]:
    """Extra variables or headers: a changed one as the settings say now, a removed one not at all."""
    slots = {name: prefix + (name.lower() if prefix == "header." else name) for name in old}
    now = {name: values.get(slot, "") if slot in changed else old[name] for name, slot in slots.items()}
    return {name: text for name, text in now.items() if text}
