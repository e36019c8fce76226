"""Profiles that name another one for when their gateway is unreachable: right names, also after a rename."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.profile.encode import encode_profile
from profiles.profile.store import no_such_profile
from profiles.profile.together.fallback import FIELD, fallback_of, named_by

if TYPE_CHECKING:
    from profiles.profile.schema.model import Profile
    from tray.app import App


def check_fallback(app: App, profile: Profile) -> None:
    """Raises an error where the profile names itself, or a profile that there is not."""
    named = profile.when_unreachable
    if named == profile.name:
        raise UsageError(f"{FIELD} names the profile itself", "Name another one; `pkcc-tray list` shows all.")
    if named is not None and named not in app.store.names():
        raise no_such_profile(named, app.store.names())


def fallback_notes(app: App, profile: Profile) -> tuple[str, ...]:
    """A sentence where what the profile names cannot be switched to."""
    named = profile.when_unreachable
    if named is None or fallback_of(app.store, profile.name):
        return ()
    why = "is the profile itself" if named == profile.name else "is no profile here"
    return (f"{FIELD} has no effect: {named!r} {why}",)


def renamed_fallbacks(app: App, old: str, new: str | None) -> dict[str, bytes]:
    """The texts of the profiles that name `old`, with `new` in its place; None takes the field out.

    One that cannot be read stays as it is.
    """
    return {
        name: encode_profile(app.store.load(name).model_copy(update={FIELD: new}))
        for name in app.store.names()
        if name != old and app.store.is_valid(name) and named_by(app.store, name) == old
    }
