"""The text of the settings file after an edit: which members change, and how they are spelled. Pure."""

from __future__ import annotations

from profiles.base.light_json import dumps
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, MODEL, STATUS_LINE
from profiles.claude_code.settings.client_reading import as_text, loads
from profiles.claude_code.settings.json_edit import (
    Splice,
    apply_splices,
    edit_object,
    indent_unit,
    newline_of,
)
from profiles.claude_code.settings.json_text import JsonObject
from profiles.claude_code.settings.parse import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Filled(NamedTuple):
    """A rendering with its secrets in it, ready to be written."""

    env: dict[str, str | int]
    headers: str
    helper_command: str | None
    model: str = ""
    status_line: str = ""  # raw JSON


NOTHING = Filled({}, "", None)


def _would_stay(owner: JsonObject, changes: Mapping[str, str | None]) -> bool:
    """Whether any member is left in the object after the changes."""
    keys = {member.key for member in owner.members}
    return any(changes.get(key, "") is not None for key in keys | set(changes))


def raw_values(new: Filled | None) -> dict[str, str]:
    """Slot → raw JSON value, in the order in which new keys are added: base URL, headers, the rest."""
    if new is None:
        return {}
    raw = {f"env.{name}": dumps(value) for name, value in new.env.items()}
    base_url = [*raw][:1]  # none where only a part of a profile is wanted
    ordered = {**{slot: raw[slot] for slot in base_url}, HEADERS_SLOT: "", **raw}
    if new.helper_command:
        ordered[HELPER_KEY] = dumps(new.helper_command)
    if new.model:
        ordered[MODEL] = dumps(new.model)
    if new.status_line:
        ordered[STATUS_LINE] = new.status_line
    return ordered


class NewText(NamedTuple):
    """`text` is None when the file itself goes. `changed`: slots whose raw value changes."""

    text: str | None
    splices: list[Splice]
    changed: list[str]
    shells: dict[str, str | None]


def new_text(
    settings: Settings, wanted: Mapping[str, str | None], shells: Mapping[str, str | None], *, empties: bool
) -> NewText:
    """What the file says once each slot has its wanted raw value (None: is gone), not yet proven to be JSON.

    `shells` is what is remembered so far. `empties`: nothing of ours stays, so an object that was empty at
    first is as it was found.
    """
    shells = dict(shells)
    changes = {slot: raw for slot, raw in wanted.items() if _differs(settings, slot, raw)}
    if settings.blank or not settings.root.members:
        shells.setdefault("root", None if settings.absent else settings.original)
    if settings.env is None or not settings.env.members:
        member = settings.root.find("env")
        shells.setdefault("env", None if member is None else settings.raw(member))
    env_changes = {slot[4:]: raw for slot, raw in changes.items() if slot.startswith("env.")}
    root_changes = _root_changes(settings, changes, env_changes, shells)
    splices = _splices(settings, root_changes, env_changes)
    text: str | None = apply_splices(settings.text, splices)
    if settings.blank and not splices:
        text = None if settings.absent else settings.original
    if empties and "root" in shells and not _would_stay(settings.root, root_changes):
        text = shells["root"]
        shells = {}  # it is as it was found
    return NewText(text, splices, list(changes), shells)


def _differs(settings: Settings, slot: str, raw: str | None) -> bool:
    member = settings.member(slot)
    return raw is not None if member is None else raw != settings.raw(member)


def _root_changes(
    settings: Settings,
    changes: Mapping[str, str | None],
    env_changes: Mapping[str, str | None],
    shells: Mapping[str, str | None],
) -> dict[str, str | None]:
    """The changes of top-level members; that of `env` itself only when it comes, goes, or is emptied."""
    root_changes = {slot: raw for slot, raw in changes.items() if not slot.startswith("env.")}
    if settings.env is None:
        if any(raw is not None for raw in env_changes.values()):
            root_changes = {"env": _new_env(settings, env_changes), **root_changes}
    elif env_changes and not _would_stay(settings.env, env_changes) and "env" in shells:
        root_changes["env"] = shells["env"]
    return root_changes


def _splices(
    settings: Settings, root_changes: Mapping[str, str | None], env_changes: Mapping[str, str | None]
) -> list[Splice]:
    unit = indent_unit(settings.text, settings.root)
    splices = edit_object(settings.text, settings.root, root_changes, unit)
    if settings.env is not None and "env" not in root_changes:
        splices += edit_object(settings.text, settings.env, env_changes, unit)
    return splices


def _new_env(settings: Settings, changes: Mapping[str, str | None]) -> str:
    items = [f"{dumps(key)}: {raw}" for key, raw in changes.items() if raw is not None]
    text, root = settings.text, settings.root
    if root.members and "\n" not in text[root.start : root.end]:
        return "{" + ", ".join(items) + "}"
    unit, newline = indent_unit(text, root), newline_of(text)
    return "{" + newline + f",{newline}".join(unit * 2 + item for item in items) + newline + unit + "}"


def decoded(raw: str) -> str:
    """What a raw value says as text, numbers as they are spelled."""
    return as_text(loads(raw))
