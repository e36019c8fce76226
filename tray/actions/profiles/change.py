"""A stored profile changes, and the settings with it when it is the one in use."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from tray.actions.keys.hand_out import references_of
from tray.actions.profiles.fallbacks import fallback_notes
from tray.actions.put_in_force import put_in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.light_typing import Omitted
    from tray.actions.put_in_force import InForce
    from tray.app import App


class Edited(NamedTuple):
    """A profile whose text was edited: whether it is another one now, and whether it is in force."""

    name: str
    changed: bool
    applied: bool
    written: bool | Omitted


def store_changed(app: App, name: str, step: tuple[str, str], text: Callable[[], bytes]) -> InForce:
    """Store what a profile's file says from now on, as one step, and put it in force.

    `step` is the step's action and its words; `text` is asked for inside the step.
    """
    with app.steps.doing(*step, name) as doing:
        before = references_of(app, name)
        doing.write({name: text()})
        return put_in_force(app.within(doing.id), name, anew=references_of(app, name) != before)


def store_edited(app: App, name: str, text: str, base: str) -> tuple[Edited, tuple[str, ...]]:
    """Store the text as it was typed. Raises ConflictError where the file is no longer what `base` says."""

    def checked() -> bytes:
        app.store.check_text(name, text, base)
        return text.encode()

    done = store_changed(app, name, ("edit", f"edit {name}"), checked)
    notes = (*done.notes, *fallback_notes(app, app.store.load(name)))
    return Edited(name, True, done.applied, done.written), notes


def check_edited(name: str, text: str) -> None:
    """Raises PkccError that says what is wrong in the edited text."""
    from profiles.files.json_documents import parse_json
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        profile = parse_profile(parse_json("The edited text", text.encode(), unique_keys=True), stored=True)
    except FieldError as error:
        raise PkccError(f"The edited text: {error.text()}") from None
    if profile.name != name:
        raise PkccError(
            f"The edited text: name: is {profile.name!r}, but the profile is {name!r}",
            f"`pkcc-tray rename {name} {profile.name}` gives it another name.",
        )
