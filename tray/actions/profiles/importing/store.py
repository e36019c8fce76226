"""Profiles and keys that an import brings: what it comes to, and storing all of it as one step."""

from __future__ import annotations

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.under_policy import check_allowed
from tray.actions.describing.describe import describe
from tray.actions.keys.hand_out import references_of
from tray.actions.keys.store_profiles import beside_stored, store_all
from tray.actions.profiles.fallbacks import fallback_notes
from tray.actions.profiles.importing.addresses import check_addresses, trust_notes
from tray.actions.put_in_force import put_in_force
from tray.actions.switching.switch import switch

if TYPE_CHECKING:
    from profiles.importing.candidate import LeftOut
    from profiles.profile.schema.model import Profile
    from profiles.undo.doing import Doing
    from tray.actions.describing.describe import Described
    from tray.actions.profiles.importing.plan import Made
    from tray.app import App


class Imported(NamedTuple):
    """What an import made, or with `dry_run` would make; keys by their names."""

    file: str
    kind: str
    profiles: tuple[Described, ...]
    replaced: tuple[str, ...]
    keys_stored: tuple[str, ...]
    keys_missing: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    dry_run: bool


def imported(made: Made, replaced: list[str], missing: list[str] | None = None, *, dry_run: bool) -> Imported:
    """What is reported of an import, without any secret."""
    from profiles.importing.bundles import rendering_of

    return Imported(
        made.path,
        made.kind,
        tuple(describe(rendering_of(profile), {}) for profile in made.profiles),
        tuple(replaced),
        tuple(sorted(made.secrets)),
        tuple(missing or ()),
        tuple(made.left_out),
        dry_run,
    )


def replaced_by(app: App, made: Made, *, replace: bool) -> list[str]:
    """The stored profiles that the import replaces. Raises ConflictError for a name taken otherwise."""
    names = app.store.names()
    taken = {known.lower() for known in names}
    seen: set[str] = set()
    for profile in made.profiles:
        name, replaced = profile.name.lower(), replace and profile.name in names
        if name in seen or (name in taken and not replaced):
            raise ConflictError(
                f"There is a profile {profile.name!r} already",
                "Nothing was imported. Use --name, --prefix or --replace.",
            )
        seen.add(name)
    return [profile.name for profile in made.profiles if profile.name in names]


def with_free_keys(app: App, made: Made, *, replace: bool) -> Made:
    """The import with no key under the name of another one: renamed with `replace`, else ConflictError."""
    if replace:
        profiles, secrets, moved = beside_stored(app, made.profiles, made.secrets)
        return made._replace(profiles=profiles, secrets=secrets, notes=[*made.notes, *moved])
    for key_name, secret in made.secrets.items():
        if app.secrets.where(key_name) is None:
            continue
        if app.secrets.resolve(f"keyring:{key_name}") != secret:
            raise ConflictError(
                f"There is another key {key_name!r} already",
                "Nothing was imported. Use --name, --prefix or --replace.",
            )
    return made


def missing_keys(app: App, profiles: list[Profile]) -> list[str]:
    """The keys of our own store that the profiles name, and that are not in it."""
    from profiles.importing.bundles import rendering_of

    references = [ref for each in profiles for ref in (each.api_key, *rendering_of(each).references())]
    names = [ref.removeprefix("keyring:") for ref in references if ref.startswith("keyring:")]
    return [name for name in dict.fromkeys(names) if app.secrets.where(name) is None]


def store_import(
    app: App, made: Made, replaced: list[str], *, replace: bool, own_addresses: bool
) -> list[str]:
    """Store all of it as one step; what is replaced takes force where it is in use. Returns notes.

    Raises ConflictError where a key that is here would go to a new address; `own_addresses`: it may.
    """
    check_allowed("allow_import")
    if not own_addresses:
        check_addresses(app, made.profiles, made.secrets)
    count = len(made.profiles)
    words = f"import {made.profiles[0].name}" if count == 1 else f"import {count} profiles"
    before = {name: references_of(app, name) for name in replaced}
    notes: list[str] = []

    def then(doing: Doing) -> None:
        for name in replaced:
            anew = references_of(app, name) != before[name]
            notes.extend(put_in_force(app.within(doing.id), name, anew=anew).notes)

    store_all(app, made.profiles, made.secrets, step=("import", words), replace=replace, then=then)
    unknown = [f"{each.name}: {note}" for each in made.profiles for note in fallback_notes(app, each)]
    return [*notes, *unknown]


def bring(app: App, made: Made, in_use: str, *, own_addresses: bool) -> tuple[Imported, tuple[str, ...]]:
    """Store what was picked as one step, keys under names that are free; then switch to `in_use`, if any.

    Raises PkccError with nothing stored, also where a key that is here would go to a new address, unless
    `own_addresses`.
    """
    made = with_free_keys(app, made, replace=True)
    notes = made.notes + [note for each in made.profiles for note in trust_notes(app, each, made.secrets)]
    replaced_by(app, made, replace=False)
    notes += store_import(app, made, [], replace=False, own_addresses=own_addresses)
    missing = missing_keys(app, made.profiles)
    notes += [f"no key {key!r} here yet" for key in missing]
    if in_use:
        try:
            notes += switch(app, in_use, dry_run=False)[1]
        except PkccError as error:
            notes.append(f"{in_use} could not be made the one in use: {error.title}. {error.hint}")
    return imported(made, [], missing, dry_run=False), tuple(notes)
