"""Profiles that were removed in the last 30 days, and the way back of each."""

from __future__ import annotations

import time

from profiles.base.errors import NotFoundError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import json_or_none
from profiles.undo.removed import removed_lately
from tray.actions.notes import missing_key_notes

if TYPE_CHECKING:
    from profiles.undo.removed import RemovedProfile
    from tray.app import App


class Returnable(NamedTuple):
    """A profile that can be brought back: when it was removed, in seconds since 1970, and by whom."""

    name: str
    label: str
    at: float
    who: str


class BroughtBack(NamedTuple):
    """A profile that is there again, and its file."""

    name: str
    label: str
    file: str


def returnable(app: App) -> tuple[Returnable, ...]:
    """The profiles that can be brought back, the latest removed first: none whose name is taken again."""
    taken = {name.lower() for name in app.store.names()}
    return tuple(
        Returnable(each.name, _label(each), each.at, each.who)
        for each in removed_lately(app.locations, time.time())
        if each.name.lower() not in taken
    )


def bring_back(app: App, name: str) -> tuple[BroughtBack, tuple[str, ...]]:
    """Store a removed profile again as it was, as one step; and notes.

    It is not in use then, and no project is pinned to it. Raises NotFoundError where it is kept no longer.
    """
    found = next((each for each in removed_lately(app.locations, time.time()) if each.name == name), None)
    if found is None:
        raise NotFoundError(
            f"The profile {name!r} cannot be brought back", "A removed profile is kept for 30 days."
        )
    with app.steps.doing("bring back", f"bring back {name}", name) as doing:
        app.store.check_free(name)
        doing.write({name: found.text.encode("utf-8", "surrogateescape")})
    rendered = app.store.rendered(name)
    notes = missing_key_notes(app, name, rendered.key_ref)
    return BroughtBack(name, rendered.label or name, app.store.path_of(name)), tuple(notes)


def _label(removed: RemovedProfile) -> str:
    plain = json_or_none(removed.text)
    label = plain.get("label") if isinstance(plain, dict) else None
    return label if isinstance(label, str) and label else removed.name
