"""What two texts of a profile differ in, field by field, as it may be shown. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_references.parse import is_reference
from profiles.claude_code.settings.masked import mask_value
from profiles.files.json_documents import compact, json_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPEN = ("metadata", "model_names", "model_descriptions", "model_capabilities", "models", "vertex", "route")
_MASKED = {"extra_headers": "header", "extra_env": "env"}


class FieldChange(NamedTuple):
    """One field, such as `models.sonnet`, and its texts; "" where it is not there."""

    field: str
    before: str
    after: str


def flat_text(text: str | None) -> dict[str, str]:
    """A profile's fields as texts that may be shown, of its file's text; none of what is no profile."""
    plain = None if text is None else json_or_none(text)
    return flat(plain) if isinstance(plain, dict) else {}


def flat(profile: Mapping[str, object]) -> dict[str, str]:
    """A profile's fields as texts that may be shown: `models.sonnet` to its text."""
    found: dict[str, str] = {}
    for field, value in profile.items():
        if field == "schema_version" or value in (None, "", {}, [], False):
            continue
        if isinstance(value, dict) and field in (*_OPEN, *_MASKED):
            kind = _MASKED.get(field, "")
            found |= {f"{field}.{name}": _shown(kind, name, each) for name, each in value.items()}
        elif field == "trusted" and isinstance(value, list):
            found[field] = ", ".join(map(str, value))
        else:
            found[field] = _shown("", field, value)
    return {field: text for field, text in found.items() if text}


def _shown(kind: str, name: str, value: object) -> str:
    if name == "inline" and isinstance(value, dict):
        from profiles.portkey.config.explaining.difference import masked

        return compact(masked(value)[0]).decode()
    text = value if isinstance(value, str) else "" if value is None else compact(value).decode()
    if text.startswith("cmd:"):
        return "cmd:[…]"
    return mask_value(f"{kind}.{name}", text) if kind and not is_reference(text) else text


def field_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that differ, those of the later text first."""
    return tuple(
        FieldChange(field, before.get(field, ""), after.get(field, ""))
        for field in dict.fromkeys([*after, *before])
        if before.get(field, "") != after.get(field, "")
    )
