"""How the fields of a profile are called, and what is wrong with them, beside the form's fields. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.manager.views.fields import FieldError
from tray.terminal.words.setting_names import model_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tray.actions.profiles.editing.field_changes import FieldChange

MODELS = ("opus", "sonnet", "haiku", "fable", "default", "subagent", "small_fast")
MORE_MODELS = ("setting", "otherwise", "custom")
ROWS = ("opus", "sonnet", "haiku", "fable", "custom")
ROW_FIELDS = (
    ("model_names", "Name"),
    ("model_descriptions", "Description"),
    ("model_capabilities", "Capabilities"),
)

# Of a profile's field, in the order of the page: the form's, its name, and what to do where it is empty.
_FIELDS = {
    "label": ("label", "Name", ""),
    "name": ("name", "Short name", "Type a short name"),
    "api_key": ("key", "Key", ""),
    "route": ("kind", "Route", ""),
    "route.kind": ("kind", "Route", ""),
    "route.provider": ("provider", "Provider", "Choose a provider, or type its name"),
    "route.virtual_key": ("virtual_key", "Virtual key", "Type the virtual key"),
    "route.id": ("config", "Config", "Choose a config, or type its id"),
    "route.path": ("config", "Config file", ""),
    "route.inline": ("config", "Config", ""),
    "gateway": ("address", "Gateway", "Type the gateway’s address"),
    "allow_plain_http": ("plain_http", "Unencrypted address", ""),
    "models": ("models.opus", "Models", ""),
    "model_discovery": ("discovery", "List of models", ""),
    "metadata": ("metadata", "Metadata", ""),
    "dialect": ("dialect", "API format", ""),
    "vertex.project_id": ("project", "Project id", ""),
    "vertex.region": ("region", "Region", ""),
    "key_delivery": ("delivery", "How Claude Code gets the key", ""),
    "key_in": ("key_in", "Where a written key goes", ""),
    "trace_id": ("trace", "Trace id", ""),
    "extra_headers": ("headers", "Header", ""),
    "extra_env": ("variables", "Variable", ""),
    "trusted": ("trusted", "What else may see the key", ""),
    "when_unreachable": ("fallback", "Profile offered instead", ""),
}  # fmt: skip
MODEL_LABELS = {
    **{field: model_name(field) for field in (*MODELS, *MORE_MODELS)},
    "setting": "Model setting",
    "otherwise": "Default model",
    "custom": "Own row’s model",
}
_VERBS = ("must ", "is ", "needs ", "has ", "holds ", "names ")


def field_name(path: str) -> str:
    """Such as `Sonnet model` for `models.sonnet`, or `Metadata team`."""
    first, _, rest = path.partition(".")
    if first == "models" and rest:
        return MODEL_LABELS[rest] if rest in MORE_MODELS else f"{MODEL_LABELS.get(rest, rest)} model"
    if path in _FIELDS:
        return _FIELDS[path][1]
    row = dict(ROW_FIELDS).get(first)
    if row is not None and rest:
        return f"{row} of {model_name(rest)}"
    known = _FIELDS.get(first)
    return path if known is None else f"{known[1]} {rest}"


def errors_of(problems: Sequence[tuple[str, str]], typed: Callable[[str], str]) -> list[FieldError]:
    """What is wrong, beside the form's fields; `typed` gives their texts."""
    found = []
    for path, text in problems:
        first = path.partition(".")[0]
        field, _, instruction = _FIELDS.get(path) or _FIELDS.get(first) or ("", "", "")
        if first in ("models", *dict(ROW_FIELDS)) and path != first:
            field, instruction = path, ""
        if field == "provider" and typed("kind") != "provider":
            field = f"{typed('kind')}_provider"
        if field == "address" and typed("gateway") != "own":
            field = "gateway"
        empty = instruction and not typed(field)
        found.append(FieldError(field, instruction if empty else _told(path, text)))
    one_each = {error.field: error for error in reversed(found)}
    return sorted(one_each.values(), key=lambda error: _place(error.field))


def _place(field: str) -> int:
    """Where the field stands in the form."""
    first = field.partition(".")[0]
    return next(
        (at for at, (known, *_) in enumerate(_FIELDS.values()) if known.partition(".")[0] == first), 0
    )


def _told(path: str, text: str) -> str:
    text = text.replace("set allow_plain_http to true", "allow it below")
    if path and text.startswith(_VERBS):
        return f"{field_name(path)} {text}"
    return f"{text[:1].upper()}{text[1:]}"


def changed_names(changes: Sequence[FieldChange]) -> list[str]:
    """What the fields that differ are called, each once."""
    return list(dict.fromkeys(field_name(change.field) for change in changes))
