"""JSON Schemas of a policy: one for editors, one for the form that Jamf makes of it."""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy import kinds
from profiles.policy.places import DOMAIN
from profiles.policy.table import TABLE
from profiles.policy.values import ManagedBy
from profiles.portkey.header_names import METADATA_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiles.policy.table import Row

    Schema = dict[str, Any]

_LINE = {"type": "string", "minLength": 1, "maxLength": kinds.LONGEST_TEXT}


def json_schema() -> str:
    """The JSON Schema of policy.json, for editors and for `Test-Json` and the like."""
    properties = {
        row.key: {"title": row.title, "description": row.help, **_value(row), "examples": [row.example]}
        for row in TABLE
    }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pkcc-tray policy",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **properties},
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }
    return json.dumps(document, indent=2) + "\n"


def jamf_schema() -> str:
    """The schema of the same keys as Jamf Pro wants it for its form: each may be left unconfigured."""
    properties = {
        row.spelled: {
            "title": row.title,
            "description": row.help,
            "property_order": 10 * at,
            "anyOf": [
                {"type": "null", "title": "Not configured"},
                {"title": "Configured", **_value(row)},
            ],
        }
        for at, row in enumerate(TABLE, 1)
    }
    document = {
        "title": f"pkcc-tray ({DOMAIN})",
        "description": "What an administrator decides for pkcc-tray, and nobody else can change.",
        "properties": properties,
    }
    return json.dumps(document, indent=2) + "\n"


def _value(row: Row) -> Schema:
    return _VALUES[type(row.kind)](row.kind)


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$"}


def _record(properties: Schema, *required: str) -> Schema:
    needed = {"required": [*required]} if required else {}
    return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def _catalogs(kind: kinds.Catalogs) -> Schema:
    properties = {
        "name": _text(kind.name),
        "source": _LINE,
        "keys": {"type": "array", "items": _text(kind.key)},
        "ref": _text(kind.ref),
    }
    return {"type": "array", "items": _record(properties, "name", "source")}


def _pairs(_: kinds.Pairs) -> Schema:
    text = {"type": "string", "minLength": 1, "maxLength": METADATA_LIMIT}
    return {"type": "object", "additionalProperties": text}


def _words(kind: kinds.Words) -> Schema:
    return {"type": "array", "items": _text(kind.pattern), "maxItems": kinds.LONGEST_LIST}


_VALUES: dict[type, Callable[[Any], Schema]] = {
    kinds.Switch: lambda _: {"type": "boolean"},
    kinds.Choice: lambda kind: {"type": "string", "enum": [*kind.words]},
    kinds.Number: lambda kind: {"type": "integer", "minimum": kind.least, "maximum": kind.most},
    kinds.ProfileName: lambda _: _text(kinds.PROFILE),
    kinds.Words: _words,
    kinds.Pairs: _pairs,
    kinds.Fields: lambda _: _record(dict.fromkeys(ManagedBy._fields, _LINE)),
    kinds.Catalogs: _catalogs,
}
