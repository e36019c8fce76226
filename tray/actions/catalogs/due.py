"""Profiles of an administrator's catalog that are not there yet: it was never fetched, or asks something."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError
from profiles.base.names import catalog_of
from profiles.catalogs.kept.looking import look_at_one
from profiles.catalogs.managed import managed_catalogs
from profiles.policy.in_force import policy_in_force

if TYPE_CHECKING:
    from profiles.catalogs.kept.looking import Looked
    from tray.app import App


def due_notes(app: App) -> tuple[str, ...]:
    """A sentence on each of which nobody has a profile here yet, with what to type."""
    managed = managed_catalogs()
    there = {catalog_of(name) for name in app.store.names()} if managed else set()
    found = []
    for name in managed.keys() - there:
        with suppress(PkccError):  # it is left out, or `catalog list` says what cannot be read
            found.append(_line(look_at_one(app.locations, name, managed)))
    return tuple(sorted(filter(None, found)))


def _line(looked: Looked) -> str:
    name, state = looked.subscription.name, looked.standing.state
    if state == "unfetched":
        who = policy_in_force().managed_by.who
        return f"{who} gives you the catalog {name}: `pkcc-tray catalog update {name}` fetches it"
    if state == "asks":
        return f"{name} asks you: {looked.standing.reason}: `pkcc-tray catalog accept {name}`"
    return ""


def take_in(app: App, profile: str) -> tuple[str, ...]:
    """Fetch the administrator's catalog of a profile that is not there, where it never was; and notes.

    Raises PkccError where it cannot be, ConflictError where the profile waits for an answer.
    """
    from tray.actions.catalogs.updating import update_catalogs

    name, managed = catalog_of(profile), managed_catalogs()
    if name not in managed:
        return ()
    notes: tuple[str, ...] = ()
    if look_at_one(app.locations, name, managed).standing.state == "unfetched":
        done, notes = update_catalogs(app, name)
        if failed := next((each for each in done.catalogs if each.problem), None):
            raise PkccError(failed.problem, failed.hint)
    standing = look_at_one(app.locations, name, managed).standing
    if standing.state == "asks" and profile not in app.store.names():
        raise ConflictError(
            f"{profile} waits for your answer to: {standing.reason}",
            f"Answer it: `pkcc-tray catalog accept {name}`.",
        )
    return notes
