"""One field of a stored profile changes."""

from __future__ import annotations

import json
from difflib import get_close_matches

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import named
from profiles.claude_code.dialects import gateway_meant
from profiles.claude_code.owned_slots import MODEL_ROWS
from profiles.profile.encode import encode_profile
from profiles.profile.together.fallback import FIELD as FALLBACK
from tray.actions.account.config_names import config_id, is_config_name
from tray.actions.profiles.change import store_changed
from tray.actions.profiles.fallbacks import check_fallback

if TYPE_CHECKING:
    from typing import Any

    from profiles.base.light_typing import Omitted
    from profiles.profile.schema.model import Profile
    from tray.app import App

# All that `set` takes; the groups take further names. A test holds them to the model.
FIELDS = (
    "label", "dialect", "gateway", "allow_plain_http", "trace_id", "api_key", "key_delivery", "key_in",
    "when_unreachable",
    "route", "route.provider", "route.virtual_key", "route.id", "route.path", "route.inline",
    "models", "models.default", "models.sonnet", "models.opus", "models.haiku", "models.fable",
    "models.small_fast", "models.subagent", "models.custom", "models.otherwise", "models.setting",
    "model_names", "model_descriptions", "model_capabilities", "model_discovery",
    "vertex", "vertex.project_id", "vertex.region",
    "metadata", "extra_headers", "extra_env",
)  # fmt: skip
OPEN = {  # whose own fields are the user's, or too many to list
    "metadata": "KEY",
    "extra_headers": "NAME",
    "extra_env": "NAME",
    **dict.fromkeys(MODEL_ROWS, "ROW"),
}
SWITCHES = ("allow_plain_http", "model_discovery")
OBJECTS = ("route", "route.inline", "models", "vertex", *OPEN)

# What people type first for the fields that say where requests go.
SHORT = {"provider": "route.provider", "virtual_key": "route.virtual_key", "config": "route.id"}

_LISTED = "`pkcc-tray set --help` lists the fields."


class FieldSet(NamedTuple):
    """A field that was changed; `applied` where the profile is in use, `written` where the settings were."""

    name: str
    field: str
    applied: bool
    written: bool | Omitted


def set_field(app: App, name: str, field: str, text: str | None) -> tuple[FieldSet, tuple[str, ...]]:
    """Change one field, `a.b` for one inside another, and put it in force when the profile is in use.

    The text is JSON for a field with fields of its own; with None the field is taken out. Raises UsageError
    for a field that no profile has and for a value that does not fit it.
    """
    field = SHORT.get(field, field)
    _check_field(field)
    name = app.store.meant(name)
    app.store.check_own(name)
    value = None if text is None else _typed(field, text)
    value, notes = _with_config_id(app, name, field, value)
    words = f"{'unset' if text is None else 'set'} {field} of {name}"
    done = store_changed(
        app,
        name,
        ("set", words),
        lambda: encode_profile(_with_field(app, app.store.load(name), field, value)),
    )
    return FieldSet(name, field, done.applied, done.written), (*notes, *done.notes)


def _with_config_id(app: App, name: str, field: str, value: object) -> tuple[object, tuple[str, ...]]:
    """The value, with the id in the place of a config's name, and which it is."""
    route: Any = {"id": value} if field == "route.id" else value
    if field not in ("route", "route.id") or not isinstance(route, dict):
        return value, ()
    text = route.get("id")
    if not isinstance(text, str) or not is_config_name(text):
        return value, ()
    found = config_id(app, text, app.store.rendered(name))
    notes = (f"{text!r} is the config {found}",) if found != text else ()
    return (found if field == "route.id" else {**route, "id": found}), notes


def _with_field(app: App, profile: Profile, field: str, value: object) -> Profile:
    from profiles.profile.schema.parse import FieldError, parse_profile

    data = profile.model_dump(mode="json", exclude_unset=True)
    if field == "route.id" and profile.route.kind != "config" and value is not None:
        field, value = "route", {"kind": "config", "id": value}
    if field == "route.provider" and profile.route.kind == "none" and value is not None:
        field, value = "route", {"kind": "provider", "provider": value}
    first, dot, rest = field.partition(".")
    # Only the first dot divides: metadata keys and header names may hold dots themselves.
    owner, key = (data.setdefault(first, {}), rest) if dot else (data, first)
    if field == "gateway" and isinstance(value, str):
        value = gateway_meant(value, profile.dialect)
    if value is None:
        owner.pop(key, None)
    else:
        owner[key] = value
    try:
        _check_new_text(field, value)
        changed = parse_profile(data, stored=field not in OPEN)
    except FieldError as error:
        if field.startswith("route.") and "is not a field" in error.text():
            raise UsageError(
                f"A route of the kind {profile.route.kind} has no {field.removeprefix('route.')}",
                "Set the whole route, such as `pkcc-tray set "
                f'{profile.name} route \'{{"kind": "config", "id": "pc-…"}}\'`.',
            ) from None
        raise UsageError(error.text(), "Nothing was changed. " + _LISTED) from None
    if field == FALLBACK:
        check_fallback(app, changed)
    return changed


def _check_field(field: str) -> None:
    """Raises UsageError for a field that no profile has, with the nearest one."""
    first, dot, rest = field.partition(".")
    if first in ("name", "schema_version"):
        raise UsageError(f"{field} cannot be set", "`pkcc-tray rename` gives a profile another name.")
    if first == "trusted":
        raise UsageError("What a profile trusts cannot be set", "`pkcc-tray trust add` allows one more.")
    if field in FIELDS or (first in OPEN and rest):
        return
    if first in FIELDS and dot and first not in ("route", "models", "vertex", *OPEN):
        raise UsageError(f"{first} has no fields of its own", "Give it a value of its own.")
    last = {known.rpartition(".")[2]: known for known in reversed(FIELDS)}  # `sonnet` means models.sonnet
    near = get_close_matches(field, FIELDS, n=1) or [
        last[part] for part in get_close_matches(field.rpartition(".")[2], last, n=1)
    ]
    hint = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(f"A profile has no {named('field', field)}", hint + _LISTED)


def _typed(field: str, value: str) -> object:
    if field in SWITCHES:
        if value not in ("true", "false"):
            raise UsageError(f"{field} must be true or false", "Write it in small letters.")
        return value == "true"
    if field not in OBJECTS:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise UsageError(f"{field} must be a JSON object", "Put it in single quotes for the shell.") from None


def _check_new_text(field: str, value: object) -> None:
    """Raises FieldError where plain text is given for what is a secret by its name."""
    from profiles.profile.schema.fields import check_secret_or_text
    from profiles.profile.schema.parse import FieldError

    group, dot, name = field.partition(".")
    if dot and group in ("extra_headers", "extra_env") and isinstance(value, str):
        try:
            check_secret_or_text(name, value)
        except ValueError as error:
            raise FieldError([(group, str(error))]) from None
