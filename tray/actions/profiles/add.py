"""A new profile and its key: both are stored, or with a wrong field or a refused key neither."""

from __future__ import annotations

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.config.file import config_of
from profiles.profile.config.names import kept_names
from profiles.profile.under_policy import check_way
from tray.actions.describing.describe import clear_text_notes, describe, written_by
from tray.actions.keys.store_profiles import beside_stored, check_not_anothers, store_all
from tray.actions.notes import missing_key_notes
from tray.actions.policy.required import check_switch, not_allowed_notes
from tray.actions.profiles.fallbacks import check_fallback

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile
    from tray.app import App


class NewProfile(NamedTuple):
    """A profile that is ready to be stored, with its secrets by key name and what it will write, masked."""

    profile: Profile
    rendered: Rendered
    secrets: dict[str, Secret]
    writes: dict[str, str]
    notes: tuple[str, ...]


class Added(NamedTuple):
    """A profile that is stored, and whether it was made active."""

    name: str
    label: str
    dialect: str
    route: str
    key: str
    key_delivery: str
    writes_secret: bool
    trusted: tuple[str, ...]
    config_name: str | None
    file: str
    writes: dict[str, str]
    keys_stored: tuple[str, ...]
    switched: bool


def checked_profile(data: dict[str, object]) -> Profile:
    """The profile that the data describes. Raises PkccError for a wrong field or config."""
    return _checked(data)[0]


def wrong_fields(data: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """What is wrong with a profile's data: the path of each field, such as `route.provider`, and why."""
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        parse_profile(data)
    except FieldError as error:
        return tuple(error.problems)
    return ()


def draft_of(data: dict[str, object]) -> Rendered:
    """How a profile that is not whole yet would be reached. Raises PkccError for a wrong field."""
    return _checked(data)[1]


def _checked(data: dict[str, object]) -> tuple[Profile, Rendered]:
    from profiles.profile.render import render
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        profile = parse_profile(data)
    except FieldError as error:
        raise UsageError(
            error.text(), "Nothing was stored. `pkcc-tray add --help` lists the options."
        ) from None
    rendered = render(profile, config_of(profile))
    check_way(rendered)  # before a key is asked for, and an account with it
    return profile, rendered


def prepare_profile(app: App, profile: Profile, secrets: dict[str, Secret]) -> NewProfile:
    """The profile and its secrets under key names that are free. Raises ConflictError for another's key."""
    from profiles.profile.render import render

    check_fallback(app, profile)
    check_not_anothers(app, secrets)
    (profile,), secrets, moved = beside_stored(app, [profile], secrets)
    rendered = render(profile, config_of(profile))
    writes = written_by(rendered, app.switcher.helper_command(rendered))
    return NewProfile(profile, rendered, secrets, writes, tuple(moved))


def add_profile(
    app: App, new: NewProfile, *, without_key: bool, switch: bool
) -> tuple[Added, tuple[str, ...]]:
    """Store it, and make it active with `switch`; `without_key` when the person just gave none."""
    from profiles.gateway.account.names import is_managed
    from profiles.profile.advice import advise

    profile, rendered = new.profile, new.rendered
    store_all(app, [profile], new.secrets, step=("add", f"add {profile.name}"))
    notes = (
        *new.notes,
        *not_allowed_notes(profile.name),
        *missing_key_notes(app, profile.name, profile.api_key, left_out=without_key),
        *clear_text_notes(profile),
        *advise(profile, rendered, config_of(profile), managed=is_managed(app.locations, rendered)),
    )
    added = as_stored(app, profile.name, tuple(sorted(new.secrets)), switched=switch)
    if switch:
        try:
            check_switch(app, profile.name, app.directory)
            app.switcher.switch(profile.name)
        except PkccError as error:
            title = f"{profile.name!r} is stored, but not active: {error.title}"
            raise type(error)(title, error.hint) from None
    return added, notes


def as_stored(app: App, name: str, keys_stored: tuple[str, ...], *, switched: bool) -> Added:
    """A stored profile as its file says now."""
    rendered = app.store.rendered(name)  # kept from now on: the first switch, too, need not load the model
    writes = written_by(rendered, app.switcher.helper_command(rendered))
    return Added(
        *describe(rendered, kept_names(app.locations)),
        app.store.path_of(name),
        writes,
        keys_stored,
        switched,
    )
