"""What the profiles are: all in a list, or one with what it writes and where its key lies."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import catalog_of
from profiles.catalogs.kept.came_from import came_from
from profiles.claude_code.credential_lines import address_of, normal_address
from profiles.policy.in_force import policy_in_force
from profiles.profile.catalog_terms import withdrawn_among
from profiles.profile.config.file import config_of
from profiles.profile.config.names import kept_names
from profiles.profile.together.order import read_order
from profiles.profile.under_policy import why_refused
from tray.actions.describing.describe import (
    clear_text_notes,
    describe,
    models_in_order,
    shown_fields,
    written_by,
)
from tray.actions.profiles.fallbacks import fallback_notes
from tray.actions.profiles.order import last_used_first
from tray.actions.which_profile import active_unless_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.catalogs.kept.came_from import CameFrom
    from profiles.policy.values import Policy
    from profiles.profile.schema.model import Profile
    from tray.app import App

SORTS = ("order", "name", "used")


class ListedProfile(NamedTuple):
    """A profile's row in the list.

    `model` is the one that sessions begin with, else the largest that the profile names, "" for none.
    `key_present` is None where only reading would tell. `catalog` is where it comes from, "" for one's own.
    `refused`: why an administrator does not allow it, "" where they do. `withdrawn`: why its publisher wants
    it used no more, "" where they do not.
    """

    name: str
    active: bool
    label: str
    dialect: str
    route: str
    key: str
    key_delivery: str
    writes_secret: bool
    trusted: tuple[str, ...]
    config_name: str | None
    gateway: str
    favourite: bool
    model: str
    key_present: bool | None
    catalog: str
    refused: str
    withdrawn: str


class BrokenProfile(NamedTuple):
    """The row of a profile that cannot be read."""

    name: str
    active: bool
    problem: str
    remedy: str
    favourite: bool


class ProfileList(NamedTuple):
    """All profiles, and which is in use."""

    profiles: tuple[ListedProfile | BrokenProfile, ...]
    active: str | None

    @property
    def whole(self) -> dict[str, ListedProfile]:
        """Those that can be read, by name."""
        return {row.name: row for row in self.profiles if isinstance(row, ListedProfile)}

    @property
    def broken(self) -> dict[str, BrokenProfile]:
        """The others."""
        return {row.name: row for row in self.profiles if isinstance(row, BrokenProfile)}


class KeyState(NamedTuple):
    """Where a profile's key lies, and whether it is there: None where only reading would tell."""

    reference: str
    stored_in: str | None
    present: bool | None


class ShownProfile(NamedTuple):
    """One profile, whole."""

    name: str
    label: str
    dialect: str
    route: str
    key: KeyState
    key_delivery: str
    writes_secret: bool
    trusted: tuple[str, ...]
    config_name: str | None
    file: str
    profile: dict[str, object]
    writes: dict[str, str]
    catalog: CameFrom | None


def list_profiles(app: App, sort: str = "order") -> ProfileList:
    """All profiles, with what keeps a broken one from working.

    `sort`: in the person's own order, by `name`, or what was `used` last first.
    """
    active, names = app.switcher.read().state.current.active, kept_names(app.locations)
    order = read_order(app.locations)
    listed = app.store.names()
    if sort != "name":
        listed = order.arranged(listed)
    if sort == "used":
        listed = last_used_first(app, listed)
    gone, policy = withdrawn_among(app.locations, listed), policy_in_force()
    rows = (
        _row(app, name, policy, names, gone, active=name == active, favourite=name in order.favourites)
        for name in listed
    )
    return ProfileList(tuple(rows), active)


def _row(
    app: App,
    name: str,
    policy: Policy,
    config_names: Mapping[str, str],
    withdrawn: Mapping[str, str],
    *,
    active: bool,
    favourite: bool,
) -> ListedProfile | BrokenProfile:
    try:
        rendered = app.store.rendered(name, policy)
    except PkccError as error:
        return BrokenProfile(name, active, error.title, error.hint, favourite)
    described = describe(rendered, config_names)
    gateway = normal_address(address_of(rendered.env))
    key_present = app.secrets.present(rendered.key_ref) if rendered.key_ref else None
    model = next(iter(models_in_order(rendered).values()), "")
    refused = why_refused(policy, rendered)
    more = (gateway, favourite, model, key_present, catalog_of(name), refused, withdrawn.get(name, ""))
    return ListedProfile(described.name, active, *described[1:], *more)


def show_profile(app: App, name: str | None) -> tuple[ShownProfile, tuple[str, ...]]:
    """The named profile, or the one in use, and notes on it. Raises ConflictError without any."""
    from profiles.gateway.account.names import is_managed
    from profiles.profile.advice import advise

    name = active_unless_named(app, name, "Name one: `pkcc-tray show NAME`.")
    profile = app.store.load(name)
    rendered = app.store.rendered(name)
    described = describe(rendered, kept_names(app.locations))
    shown = ShownProfile(
        *described[:4],
        key_state(app, profile),
        *described[5:],
        app.store.path_of(name),
        shown_fields(profile),
        written_by(rendered, app.switcher.helper_command(rendered)),
        came_from(app.locations, rendered.name),
    )
    notes = (*clear_text_notes(profile), *fallback_notes(app, profile))
    managed = is_managed(app.locations, rendered)
    return shown, (*notes, *advise(profile, rendered, config_of(profile), managed=managed))


def key_state(app: App, profile: Profile) -> KeyState:
    """Asked without reading the key, where that can be."""
    reference = profile.api_key
    scheme, _, target = reference.partition(":")
    where = app.secrets.where(target) if scheme in ("keyring", "vault") else None
    return KeyState(reference, where, app.secrets.present(reference))
