"""Fields of a catalog's profile that are a person's own: another key, another model, a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, NotFoundError, UsageError
from profiles.base.names import catalog_of
from profiles.base.secret_references.parse import parse_reference
from profiles.catalogs.kept.acceptance import catalogs_locked_and_resumed, remake
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.own_part import check_fits, check_override
from profiles.catalogs.subscriptions import subscription_of
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_key_reference
from tray.actions.catalogs.write_settings import write_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.catalogs.format.model import Entry
    from tray.app import App

KEY = "api_key"


class Overridden(NamedTuple):
    """Whose field is what for this person; None: as the catalog says."""

    profile: str
    field: str
    value: str | None
    applied: bool


def override(app: App, profile: str, field: str, value: str | None) -> tuple[Overridden, tuple[str, ...]]:
    """Have a field be the person's own, or with None the catalog's again; it is put in force.

    Raises NotFoundError, UsageError for a field or value that is none, ConflictError for a locked one.
    """
    profile = app.store.meant(profile)
    applied, notes = _override(app, [profile], field, value)
    return Overridden(profile, field, value, applied), notes


def override_all(app: App, profiles: Sequence[str], field: str, value: str) -> tuple[str, ...]:
    """The same for several of one catalog; where one locks the field, it stays as it is."""
    return _override(app, profiles, field, value, lenient=True)[1]


def _override(
    app: App, profiles: Sequence[str], field: str, value: str | None, *, lenient: bool = False
) -> tuple[bool, tuple[str, ...]]:
    if field == KEY and value is not None:
        check_key_reference(policy_in_force(), str(parse_reference(value)))
    name = catalog_of(profiles[0])
    if not name:
        raise UsageError(
            f"{profiles[0]} is a profile of your own", f"Change it with `pkcc-tray set {profiles[0]} …`."
        )
    with catalogs_locked_and_resumed(app.locations):
        subscription = subscription_of(app.locations, name)
        overrides = {each: dict(fields) for each, fields in subscription.overrides.items()}
        entries = _entries(app, name)
        for profile in profiles:
            plain = profile.removeprefix(f"{name}/")
            try:
                check_override(_entry(entries, name, plain), field)
            except ConflictError as error:
                if not lenient:
                    own = f"`pkcc-tray copy {profile} mine` makes a profile of your own."
                    raise ConflictError(error.title, own) from None
                continue
            fields = overrides.setdefault(plain, {})
            if value is None:
                fields.pop(field, None)
            else:
                fields[field] = value
        changed = subscription._replace(
            overrides={each: fields for each, fields in overrides.items() if fields}
        )
        for profile in profiles if value is not None else ():
            check_fits(changed, entries[profile.removeprefix(f"{name}/")])
        made = remake(app.locations, changed)
    written = write_settings(app, made)
    return written.applied, written.notes


def _entries(app: App, name: str) -> dict[str, Entry]:
    """The profiles of what holds, by their plain names: read once, however many are changed."""
    accepted = Contents(app.locations, name).accepted()
    return {entry.name: entry for entry in accepted.catalog().profiles} if accepted is not None else {}


def _entry(entries: Mapping[str, Entry], name: str, plain: str) -> Entry:
    if plain not in entries:
        raise NotFoundError(
            f"The catalog {name} has no profile {plain!r}", f"`pkcc-tray catalog show {name}` lists them."
        )
    return entries[plain]
