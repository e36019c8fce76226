"""What was typed into the edit form, as a profile's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.claude_code.dialects import delivery_meant
from profiles.portkey.editions import AIRS
from tray.manager.views.profiles.editing import gateway_choice
from tray.manager.views.profiles.field_names import MODELS, MORE_MODELS, ROW_FIELDS, ROWS

if TYPE_CHECKING:
    from tray.actions.profiles.editing.save import Editable
    from tray.manager.answering.form import Form


def typed_profile(fields: Form, shown: Editable) -> dict[str, object]:
    """The profile's fields as they are to be; None for one that it has not (any more)."""
    dialect = fields.text("dialect")
    typed: dict[str, object] = {
        "name": fields.text("name"),
        "label": fields.text("label"),
        "dialect": dialect,
        "allow_plain_http": fields.is_ticked("plain_http"),
        "models": {name: fields.pasted(f"models.{name}") or None for name in (*MODELS, *MORE_MODELS)},
        "model_discovery": fields.is_ticked("discovery"),
        "metadata": dict(fields.pairs("metadata")),
        "trace_id": fields.pasted("trace") or None,
        "extra_headers": dict(fields.pairs("headers")),
        "extra_env": dict(fields.pairs("variables")),
        "when_unreachable": fields.text("fallback") or None,
        "vertex": _vertex(fields),
        "trusted": [line.strip() for line in fields.text("trusted").splitlines() if line.strip()],
    }
    for field, _ in ROW_FIELDS:
        texts = {row: fields.text(f"{field}.{row}") for row in ROWS}
        typed[field] = {row: text for row, text in texts.items() if text}
    if fields.text("key"):
        typed["api_key"] = fields.text("key")
    return typed | _route(fields, shown) | _gateway(fields, shown) | _delivery(fields, shown, dialect)


def _vertex(fields: Form) -> dict[str, str]:
    found = {"project_id": fields.pasted("project"), "region": fields.pasted("region")}
    return {name: text for name, text in found.items() if text}


def _route(fields: Form, shown: Editable) -> dict[str, object]:
    kind = fields.text("kind")
    provider = fields.pasted("provider" if kind == "provider" else f"{kind}_provider")
    route: dict[str, object] = {"kind": kind}
    if kind == "provider":
        route["provider"] = provider
    elif kind == "virtual_key":
        route |= {"virtual_key": fields.pasted("virtual_key"), "provider": provider or None}
    elif kind == "config":
        text = fields.pasted("config")
        if not text and "inline" in _stored_route(shown):
            return {}  # its own config stays, with all that is beside it
        is_path = text.startswith(("/", "~")) or text[1:3] in (":\\", ":/")
        beside = fields.pasted("config_virtual_key") or None
        route |= {"path" if is_path else "id": text, "provider": provider or None, "virtual_key": beside}
    return {"route": route}


def _stored_route(shown: Editable) -> dict[str, object]:
    route = shown.fields["route"]
    return route if isinstance(route, dict) else {}


def _gateway(fields: Form, shown: Editable) -> dict[str, object]:
    chosen, stored = fields.text("gateway"), shown.fields.get("gateway")
    if chosen == "own":
        return {"gateway": fields.pasted("address")}
    same = chosen == gateway_choice(str(stored or ""), str(shown.fields["dialect"]))
    if same and fields.text("dialect") == shown.fields["dialect"]:
        return {}  # as it is spelled in the profile
    return {"gateway": AIRS.name if chosen == AIRS.name else None}


def _delivery(fields: Form, shown: Editable, dialect: str) -> dict[str, object]:
    """How the key gets there: what is the API format's own way is not said in the profile unless it was."""
    chosen, place = fields.text("delivery"), fields.text("key_in")
    if dialect == shown.fields["dialect"] and chosen == shown.delivery and place in ("", shown.key_places):
        return {}
    has_place = chosen == "settings" and dialect == "messages" and place not in ("", "token_and_header")
    return {"key_delivery": delivery_meant(chosen, dialect), "key_in": place if has_place else None}
