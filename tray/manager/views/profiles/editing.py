"""What the edit form shows of a profile, and how its fields are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.dialects import DIALECTS
from profiles.portkey.editions import AIRS, PORTKEY
from profiles.portkey.retired_models import retirement
from tray.manager.access.sessions import Flash
from tray.manager.views.profiles.add.offered import retires
from tray.manager.views.profiles.field_names import ROW_FIELDS, changed_names, field_name
from tray.manager.views.profiles.overview import Compared, key_place
from tray.manager.views.profiles.rows import State, key_state
from tray.manager.views.times import moment
from tray.manager.views.words import listed, within
from tray.terminal.words.setting_names import setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from profiles.switching.one_file.past_values import ChangedValue
    from tray.actions.profiles.editing.save import Editable, Meanwhile, Saved
    from tray.manager.views.look import Look

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
    retiring: Mapping[str, Retiring]


class Retiring(NamedTuple):
    """What is said of a model that retires, and what takes its place, "" for nothing that is known."""

    text: str
    instead: str


class Conflict(NamedTuple):
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
    dialect = str(fields["dialect"])
    models = {name: text or "" for name, text in (fields.get("models") or {}).items()}
    rows = {
        f"{field}.{row}": text for field, _ in ROW_FIELDS for row, text in (fields.get(field) or {}).items()
    }
    return Values(
        route["kind"],
        texts,
        inline,
        gateway_choice(gateway, dialect),
        gateway,
        models,
        rows,
        {name: text or "" for name, text in (fields.get("vertex") or {}).items()},
        {name: said for name, text in models.items() if (said := _retiring(text, dialect)) is not None},
    )


def _retiring(model: str, dialect: str) -> Retiring | None:
    ends = retirement(model, dialect) if model else None
    return None if ends is None else Retiring(f"{retires(ends)}.", ends.successor)


def gateway_choice(gateway: str, dialect: str) -> str:
    """Which of the gateways that is: `portkey`, `airs`, or one's `own`."""
    right_url = DIALECTS[dialect].right_url
    if not gateway or gateway.rstrip("/") == right_url(PORTKEY.gateway):
        return PORTKEY.name
    return AIRS.name if gateway.rstrip("/") == right_url(AIRS.gateway) else "own"


def conflict(meanwhile: Meanwhile) -> Conflict:
    """What something else made of the profile while it was edited."""
    who = _WHO.get(meanwhile.who, "Something else")
    names = changed_names(meanwhile.changes)
    when = moment(meanwhile.at)
    changes = [(field_name(change.field), change.before, change.after) for change in meanwhile.changes]
    what = listed(names) if names else "it"
    return Conflict(f"{who} changed {what}, at {when}.", changes)


def written_rows(rows: Sequence[ChangedValue]) -> list[Compared]:
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
    each = look.profile(name)
    if each is None or each.problem:
        return None
    scheme, _, target = each.key.partition(":")
    is_stored = scheme in ("keyring", "vault")
    using = [look.label(other) for other in users.get(each.reference, ()) if other != name]
    others = [(f"keyring:{key}", key) for key in stored if not is_stored or key != target]
    place = key_place(each)
    return KeyBlock(
        target if is_stored else each.key,
        within(place) if is_stored else place,
        using,
        key_state(each, look.checks.get(name)),
        each.key_is_there,
        target if is_stored else "",
        others,
    )


def saved(label: str, done: Saved, notes: Sequence[str], *, starred: bool) -> Flash:
    """What is so now, and when it takes effect; `starred`: whether it is among the favourites changed too."""
    if not done.changes and starred:
        return Flash("ok", f"{label} is saved", ("Changed: Favourite.",))
    if not done.changes:
        return Flash("info", f"{label} is as it was", tuple(notes) or ("Nothing was changed.",))
    lines = [f"Changed: {listed(changed_names(done.changes))}."]
    if done.applied:
        lines.append("New sessions use it at once, running ones within about 2 seconds.")
    return Flash("ok", f"{label} is saved", (*lines, *notes), "Undo")
