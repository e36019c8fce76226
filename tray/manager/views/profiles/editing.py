"""What the edit form shows of a profile, and how its fields are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.dialects import DIALECTS
from profiles.portkey.editions import AIRS, PORTKEY
from tray.manager.access.sessions import Flash
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles.overview import Compared, key_place
from tray.manager.views.profiles.rows import State, key_state
from tray.manager.views.times import moment
from tray.manager.views.words import listed
from tray.terminal.words.setting_names import model_name, setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from tray.actions.profiles.editing.field_changes import FieldChange
    from tray.actions.profiles.editing.save import Editable, Meanwhile, Saved, Written
    from tray.manager.views.looking import Look

MODELS = ("opus", "sonnet", "haiku", "fable", "default", "subagent", "small_fast")
MORE_MODELS = ("setting", "otherwise", "custom")
ROWS = ("opus", "sonnet", "haiku", "fable", "custom")
ROW_FIELDS = (
    ("model_names", "Name"),
    ("model_descriptions", "Description"),
    ("model_capabilities", "Capabilities"),
)
GATEWAYS = ("portkey", "airs", "own")

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
    "when_unreachable": ("fallback", "Profile offered instead", ""),
}  # fmt: skip
MODEL_LABELS = {
    **{field: model_name(field) for field in (*MODELS, *MORE_MODELS)},
    "setting": "Model setting",
    "otherwise": "Default model",
    "custom": "Own row’s model",
}
_VERBS = ("must ", "is ", "needs ", "has ", "holds ", "names ")
_WHO = {"command line": "The command line", "tray": "The tray", "manager": "This window"}


class Values(NamedTuple):
    """What the form's fields hold, by their names; `route` by its fields, "" for those that it has not."""

    kind: str
    route: Mapping[str, str]
    has_inline: bool
    gateway: str
    address: str
    models: Mapping[str, str]
    rows: Mapping[str, str]
    vertex: Mapping[str, str]


class Block(NamedTuple):
    """What is said of a conflict: by whom and when, and each field that is otherwise now."""

    text: str
    changes: Sequence[tuple[str, str, str]]


def values_of(shown: Editable) -> Values:
    """What the form shows of that profile."""
    fields: Mapping[str, Any] = shown.fields
    route = fields["route"]
    inline = "inline" in route
    texts = {name: text for name, text in route.items() if isinstance(text, str)}
    texts["config"] = texts.get("path") or texts.get("id") or ""
    gateway = fields.get("gateway") or ""
    rows = {
        f"{field}.{row}": text for field, _ in ROW_FIELDS for row, text in (fields.get(field) or {}).items()
    }
    return Values(
        route["kind"],
        texts,
        inline,
        gateway_choice(gateway, str(fields["dialect"])),
        gateway,
        {name: text or "" for name, text in (fields.get("models") or {}).items()},
        rows,
        {name: text or "" for name, text in (fields.get("vertex") or {}).items()},
    )


def gateway_choice(gateway: str, dialect: str) -> str:
    """Which of the gateways that is: `portkey`, `airs`, or one's `own`."""
    right_url = DIALECTS[dialect].right_url
    if not gateway or gateway.rstrip("/") == right_url(PORTKEY.gateway):
        return "portkey"
    return "airs" if gateway.rstrip("/") == right_url(AIRS.gateway) else "own"


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


def conflict(meanwhile: Meanwhile) -> Block:
    """What something else made of the profile while it was edited."""
    who = _WHO.get(meanwhile.who, "Something else")
    names = changed_names(meanwhile.changes)
    when = moment(meanwhile.at)
    changes = [(field_name(change.field), change.before, change.after) for change in meanwhile.changes]
    what = listed(names) if names else "it"
    return Block(f"{who} changed {what}, at {when}.", changes)


def written_rows(rows: Sequence[Written]) -> list[Compared]:
    """What saving would change of what the profile writes."""
    return [Compared(setting_name(row.slot), spelled(row.slot), row.before, row.after, None) for row in rows]


class KeyBlock(NamedTuple):
    """A profile's key without the key: where it lies, who else uses it, its last test, what else could be."""

    stored_as: str
    place: str
    used_by: Sequence[str]
    state: State | None
    is_there: bool | None
    name: str
    others: Sequence[tuple[str, str]]


def key_block(
    look: Look, name: str, users: Mapping[str, Sequence[str]], stored: Sequence[str]
) -> KeyBlock | None:
    """What is said of the profile's key; None for a profile that cannot be read."""
    each = next((row for row in look.profiles if row.name == name), None)
    if each is None or each.problem:
        return None
    scheme, _, target = each.key.partition(":")
    is_stored = scheme in ("keyring", "vault")
    using = [look.label(other) for other in users.get(each.reference, ()) if other != name]
    others = [(f"keyring:{key}", key) for key in stored if not is_stored or key != target]
    place = key_place(each)
    place = f"{place[:1].lower()}{place[1:]}" if is_stored else place
    return KeyBlock(
        target if is_stored else each.key,
        place,
        using,
        key_state(each, look.checks.get(name)),
        each.key_is_there,
        target if is_stored else "",
        others,
    )


def suggested(look: Look, config_names: Mapping[str, str]) -> dict[str, list[object]]:
    """What the profiles that there are name already, for each kind of field."""
    providers = {
        row.route: None for row in look.profiles if row.route.startswith("@") and " " not in row.route
    }
    models = {model: None for row in look.profiles for _, model in row.models}
    return {"providers": [*providers], "configs": [*config_names.items()], "models": [*models]}


def saved(label: str, done: Saved, notes: Sequence[str]) -> Flash:
    """What is so now, and when it takes effect."""
    if not done.changes:
        return Flash("info", f"{label} is as it was", ("Nothing was changed.",))
    lines = [f"Changed: {listed(changed_names(done.changes))}."]
    if done.applied:
        lines.append("New sessions use it at once, running ones within about 2 seconds.")
    steps = (done.name != done.old) + bool([each for each in done.changes if each.field != "name"])
    return Flash("ok", f"{label} is saved", (*lines, *notes), "Undo" if steps == 1 else "")
