"""All of a profile at once, as a window edits it: shown with a version, and saved over that version alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError
from profiles.base.hashing import digest
from profiles.base.light_typing import OMITTED
from profiles.profile.config.file import config_of
from profiles.profile.encode import encode_profile
from profiles.switching.one_file.past_values import ChangedValue, changed_values
from tray.actions.describing.describe import shown_fields, written_by
from tray.actions.profiles.change import store_changed
from tray.actions.profiles.editing.changed_profile import changed_profile
from tray.actions.profiles.editing.field_changes import FieldChange, field_changes, flat_text
from tray.actions.profiles.rename import rename_profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.light_typing import Omitted
    from profiles.profile.schema.model import Profile
    from tray.app import App


class ChangedMeanwhileError(ConflictError):
    """The profile is no longer the one that was edited."""


class Editable(NamedTuple):
    """A profile as it is edited: its version, its fields as JSON data and as texts by their paths, masked."""

    name: str
    version: str
    fields: dict[str, object]
    texts: dict[str, str]
    delivery: str
    key_places: str


class Meanwhile(NamedTuple):
    """What became of a profile since it was shown; `who` is "" for something else than pkcc-tray."""

    at: float
    who: str
    changes: tuple[FieldChange, ...]


class Saved(NamedTuple):
    """A profile that was saved: its name, what differs, whether it is in force and had to be written."""

    name: str
    changes: tuple[FieldChange, ...]
    applied: bool
    written: bool | Omitted


class Preview(NamedTuple):
    """What saving would change: fields of the profile, and slots of the settings that it is written into."""

    changes: tuple[FieldChange, ...]
    writes: tuple[ChangedValue, ...]


def editable(app: App, name: str) -> Editable:
    """The profile as it is now. Raises PkccError for one that cannot be read."""
    text = app.store.text_of(name)
    profile = app.store.load(name)
    return Editable(
        name, _version(text), shown_fields(profile), flat_text(text), profile.delivery, profile.key_places
    )


def since_shown(app: App, name: str, texts: Mapping[str, str]) -> Meanwhile:
    """What became of the profile that was shown with those texts, when, and by whom."""
    text = app.store.text_of(name)
    changes = field_changes(texts, flat_text(text))
    for entry in app.steps.entries(app.switcher):
        pieces = entry.done.pieces if entry.done is not None else []
        if any(piece.name == name and piece.after == text for piece in pieces):
            return Meanwhile(entry.step.at, entry.step.who, changes)
    return Meanwhile(os.stat(app.store.path_of(name)).st_mtime, "", changes)


def save_profile(
    app: App, name: str, changes: Mapping[str, object], version: str
) -> tuple[Saved, tuple[str, ...]]:
    """Give the profile these fields, its short name among them, and put it in force where it is; and notes.

    It is one step: all of it or nothing. A masked text stays what it was. Raises ChangedMeanwhileError where
    the profile is not of that version, and WrongFieldsError.
    """
    if _version(app.store.text_of(name)) != version:
        raise _changed(name)
    old = app.store.load(name)
    new = changed_profile(app, old, changes)
    found = field_changes(_texts(old), _texts(new))

    def edited() -> Profile:
        if app.store.load(name) != old:
            raise _changed(name)
        return new

    if new.name != name:
        is_edited = any(change.field != "name" for change in found)
        renamed, notes = rename_profile(app, name, new.name, edited if is_edited else None)
        return Saved(new.name, found, renamed.applied, renamed.written), notes
    if encode_profile(new) == encode_profile(old):
        return Saved(name, found, False, OMITTED), ()
    done = store_changed(app, name, ("edit", f"edit {name}"), lambda: encode_profile(edited()))
    return Saved(name, found, done.applied, done.written), done.notes


def preview_saving(app: App, name: str, changes: Mapping[str, object]) -> Preview:
    """What saving these fields would change; nothing is done. Raises WrongFieldsError."""
    from profiles.profile.render import render

    old = app.store.load(name)
    new = changed_profile(app, old, changes)
    renderings = [render(each, config_of(each)) for each in (old, new)]
    before, after = (written_by(each, app.switcher.helper_command(each)) for each in renderings)
    return Preview(field_changes(_texts(old), _texts(new)), changed_values(before, after))


def _version(text: str) -> str:
    return digest(text.encode("utf-8", "surrogatepass"))


def _changed(name: str) -> ChangedMeanwhileError:
    return ChangedMeanwhileError(
        f"The profile {name!r} was changed by something else meanwhile", "Look at it, then save again."
    )


def _texts(profile: Profile) -> dict[str, str]:
    return flat_text(encode_profile(profile).decode())
