"""Which profiles use a key, whether it is there, and giving it out."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError, SecretUnavailableError, UsageError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profiles.routes.guard.guard import Guard
    from profiles.routes.guard.sources import SourceReader
    from tray.app import App


def hand_out_key(app: App, name: str) -> str:
    """The key of a profile, or of that name, for the one who asks. Raises PkccError where there is none."""

    def fetch() -> str:
        try:
            return app.secrets.resolve(key_reference(app, name)).reveal()
        except NotFoundError as error:
            raise NotFoundError(error.title, _hint(app, name)) from None

    asker = None if app.asker is None or app.asker.by_hand else app.asker
    try:
        return fetch() if asker is None else guard_of(app).hand_out(name, asker, fetch)
    except SecretUnavailableError:
        if asker is not None:
            from tray.actions.keys.sessions_without_key import note_refusal

            note_refusal(app.locations)  # a tray has the session ask again, when it can be given
        raise


def _hint(app: App, name: str) -> str:
    """What to do for a key that is not there; first of all its profile must be."""
    from profiles.base.names import catalog_of

    if catalog_of(name) and name not in app.store.names():
        return f"{name} is not here yet: `pkcc-tray switch {name}` fetches it, or says what is lacking."
    return f"Store it: `pkcc-tray key set {name}`."


def guard_of(app: App, reader: SourceReader | None = None) -> Guard:
    """What decides whether a key may be printed."""
    from profiles.routes.guard.guard import Guard

    def is_on() -> bool:
        from profiles.files.preferences import is_guarded

        return is_guarded(app.locations)

    return Guard(app.locations, app.store, is_on, reader)


def key_reference(app: App, name: str) -> str:
    """The reference of a profile's key, or else of the key that has that name."""
    try:
        return app.store.rendered(name).key_ref
    except (NotFoundError, UsageError):
        return f"keyring:{name}"


def refresh_helpers(app: App) -> None:
    """Write all settings again whose helper gives a key that we store: sessions then ask it again.

    Not over what somebody changed, and what cannot be written stays: nobody asked for it.
    """
    from tray.actions.put_in_force import why_left_alone

    for switcher in app.all_switchers():
        with suppress(PkccError):
            reading = switcher.read()
            rendered = reading.state.current.rendered
            if rendered is not None and rendered.helper and not why_left_alone(reading):
                switcher.refresh()
            elif any(project.pin for project in app.projects_of(switcher).registry().projects.values()):
                switcher.write_projects(always=True)


def references_of(app: App, name: str) -> list[str]:
    """Where a profile's secrets lie; none for one that cannot be read."""
    try:
        rendered = app.store.rendered(name)
    except PkccError:
        return []
    return [rendered.key_ref, *rendered.references()]


def key_users(app: App) -> tuple[dict[str, list[str]], list[str]]:
    """For each reference to a secret the profiles that use it; and the profiles that cannot be read."""
    users: dict[str, list[str]] = {}
    broken: list[str] = []
    for name in app.store.names():
        try:
            rendered = app.store.rendered(name)
        except PkccError:
            broken.append(name)
            continue
        for reference in dict.fromkeys([rendered.key_ref, *rendered.references()]):
            users.setdefault(reference, []).append(name)
    return users, broken
