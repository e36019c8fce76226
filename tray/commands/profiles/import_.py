"""import: profiles from settings, a shell's exports, another switcher's store, or a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, UsageError
from profiles.base.names import check_name
from profiles.portkey.headers import CONFIG, PROVIDER
from tray.actions.describe import describe
from tray.actions.import_plan import Made, Wanted, plan_import
from tray.actions.keys import references_of
from tray.actions.put_in_force import put_in_force
from tray.actions.store_profiles import beside_stored, store_all
from tray.commands.key_place import ensure_place
from tray.commands.profiles.import_places import find_place
from tray.commands.profiles.import_trust import check_addresses, strange_addresses, trust_notes
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from profiles.profile.model import Profile
    from profiles.undo.steps import Doing
    from tray.app import App


def arguments_import(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--from KIND] [--name NAME] [--only NAME] [--prefix P] [--provider P] [--config ID] …."""
    from profiles.importing.sources import KINDS

    add = parser.add_argument
    add(
        "file",
        metavar="FILE",
        nargs="?",
        help="settings, a bundle, a shell's start file, a .env file, another switcher's store "
        "(default: Claude Code's settings, or what is found where such things lie)",
    )
    add("--from", dest="origin", choices=KINDS, help="what FILE is; for a store also where it always lies")
    add("--name", metavar="NAME", help="the new profile's name (default: from its route)")
    add("--only", metavar="NAME", action="append", default=[], help="of a store: only this one (repeatable)")
    add("--prefix", metavar="P", default="", help="put P before each new name")
    add("--provider", metavar="P", help="the @slug for what names neither provider nor config")
    add("--config", metavar="ID", help="the saved config, pc-…, for what names neither provider nor config")
    add("--replace", action="store_true", help="replace profiles of the same name")
    add("--helper", action="store_true", help="from settings: name a helper there from now on, not the key")
    add("--address", action="store_true", help="also where a key that is here would go to a new address")
    add("--dry-run", action="store_true", help="show what would be made, and make nothing")
    add("--yes", action="store_true", help="do not ask before it is made")


def import_(
    app: App,
    file: str | None,
    origin: str | None,
    name: str | None,
    only: list[str],
    prefix: str,
    provider: str | None,
    config: str | None,
    *,
    replace: bool,
    helper: bool,
    dry_run: bool,
    yes: bool,
    address: bool = False,
) -> Result:
    """Make profiles of what is found. Secrets go to the key store; commands found are never run or kept."""
    if provider and config:
        raise UsageError("--provider does not go with --config", "Give one of the two.")
    route = {PROVIDER: provider} if provider else {CONFIG: config} if config else {}
    wanted = Wanted(check_name(name) if name else None, only, prefix, route, helper)
    path, kind, elsewhere = find_place(app, file, origin)
    made = plan_import(app, path, kind, wanted)
    _check_names(app, made.profiles, replace=replace)
    known = app.store.names()
    replaced = [profile.name for profile in made.profiles if profile.name in known]
    asked = app.interactive and not dry_run and not yes
    if asked:
        from tray.terminal.prompts import confirm, say

        _show(made, replaced)
        made = made._replace(secrets=made.secrets | _ask_missing(app, made))
    moved: list[str] = []
    if replace:
        profiles, secrets, moved = beside_stored(app, made.profiles, made.secrets)
        made = made._replace(profiles=profiles, secrets=secrets)
    _check_keys(app, made, replace=replace)
    if asked:
        for note in _trust(app, made):
            say(f"Note: {note}")
    elif not (address or dry_run):
        check_addresses(app, made.profiles, made.secrets)
    strange = any(strange_addresses(app, profile, made.secrets) for profile in made.profiles)
    if asked and not confirm("Import it?", default=address or not strange):
        raise ConflictError("Nothing was imported", "`pkcc-tray import` starts again.")
    in_force: list[str] = []
    if not dry_run:
        if made.secrets:
            ensure_place(app)
        in_force = _store(app, made, replaced, replace=replace)
    missing = [] if dry_run else _missing_keys(app, made.profiles)
    trust = [] if asked else _trust(app, made)
    absent = [f"no key {key!r} here yet: `pkcc-tray key set {key}`" for key in missing]
    answer = {
        "file": made.path,
        "kind": made.kind,
        "profiles": _rows(made.profiles),
        "replaced": replaced,
        "keys_stored": sorted(made.secrets),
        "keys_missing": missing,
        "left_out": [part._asdict() for part in made.left_out],
        "dry_run": dry_run,
    }
    also = [elsewhere] if elsewhere else []
    return Result("imported", answer, (*made.notes, *moved, *trust, *absent, *in_force, *also))


def _store(app: App, made: Made, replaced: list[str], *, replace: bool) -> list[str]:
    """Store all of it as one step; what is replaced takes force where it is active. Returns notes."""
    count = len(made.profiles)
    words = f"import {made.profiles[0].name}" if count == 1 else f"import {count} profiles"
    before = {name: references_of(app, name) for name in replaced}
    notes: list[str] = []

    def then(doing: Doing) -> None:
        for name in replaced:
            anew = references_of(app, name) != before[name]
            notes.extend(put_in_force(app.within(doing.id), name, anew=anew).notes)

    store_all(app, made.profiles, made.secrets, step=("import", words), replace=replace, then=then)
    return notes


def _rows(profiles: list[Profile]) -> list[dict[str, Any]]:
    from profiles.importing.bundles import rendering_of

    return [describe(rendering_of(profile))._asdict() for profile in profiles]


def _check_names(app: App, profiles: list[Profile], *, replace: bool) -> None:
    names = app.store.names()
    taken = {known.lower() for known in names}
    seen: set[str] = set()
    for profile in profiles:
        name, replaced = profile.name.lower(), replace and profile.name in names
        if name in seen or (name in taken and not replaced):
            raise ConflictError(
                f"There is a profile {profile.name!r} already",
                "Nothing was imported. Use --name, --prefix or --replace.",
            )
        seen.add(name)


def _check_keys(app: App, made: Made, *, replace: bool) -> None:
    for key_name, secret in made.secrets.items():
        if replace or app.secrets.where(key_name) is None:
            continue
        if app.secrets.resolve(f"keyring:{key_name}") != secret:
            raise ConflictError(
                f"There is another key {key_name!r} already",
                "Nothing was imported. Use --name, --prefix or --replace.",
            )


def _trust(app: App, made: Made) -> list[str]:
    return [note for profile in made.profiles for note in trust_notes(app, profile, made.secrets)]


def _missing_keys(app: App, profiles: list[Profile]) -> list[str]:
    """The keys of our own store that the profiles name, and that are not in it."""
    from profiles.importing.bundles import rendering_of

    references = [ref for each in profiles for ref in (each.api_key, *rendering_of(each).references())]
    names = [ref.removeprefix("keyring:") for ref in references if ref.startswith("keyring:")]
    return [name for name in dict.fromkeys(names) if app.secrets.where(name) is None]


def _show(made: Made, replaced: list[str]) -> None:
    """What would be made, before it is: the very words of a dry run."""
    from tray.terminal.prompts import say
    from tray.terminal.words.views import lines_of

    data = {
        "profiles": _rows(made.profiles),
        "replaced": replaced,
        "keys_stored": sorted(made.secrets),
        "left_out": [part._asdict() for part in made.left_out],
        "dry_run": True,
    }
    for line in lines_of("imported", data):
        say(line)


def _ask_missing(app: App, made: Made) -> dict[str, Secret]:
    from tray.terminal.prompts import ask_secret

    found = {}
    for name in _missing_keys(app, made.profiles):
        if name in made.secrets:
            continue
        secret = ask_secret(f"Key {name} (Enter: later; it is not shown)", f"The key {name!r}")
        if secret is not None:
            found[name] = secret
    return found
