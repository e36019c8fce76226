"""import: profiles from settings, a shell's exports, another switcher's store, or a bundle."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.errors import ConflictError, PkccError, UsageError
from profiles.names import check_name, printable
from tray.commands._shared import describe_rendered, store_all
from tray.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.candidates import Candidate, LeftOut
    from profiles.import_sources import Source
    from profiles.model import Profile
    from profiles.secret_text import Secret
    from tray.app import App


def arguments_import(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--from KIND] [--name NAME] [--only NAME] [--prefix P] [--provider P] [--config ID] …."""
    from profiles.import_sources import KINDS

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
    add("--dry-run", action="store_true", help="show what would be made, and make nothing")
    add("--yes", action="store_true", help="do not ask before it is made")


class _Made(NamedTuple):
    """Everything an import comes to, before anything is stored."""

    path: str
    kind: str
    profiles: list[Profile]
    secrets: dict[str, Secret]
    left_out: list[LeftOut]
    notes: list[str]


class _Wanted(NamedTuple):
    """What the command line says on how to import."""

    name: str | None
    only: list[str]
    prefix: str
    route: dict[str, str]
    helper: bool


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
) -> Result:
    """Make profiles of what is found. Secrets go to the key store; commands found are never run or kept."""
    if provider and config:
        raise UsageError("--provider does not go with --config", "Give one of the two.")
    route = {"x-portkey-provider": provider} if provider else {"x-portkey-config": config} if config else {}
    wanted = _Wanted(check_name(name) if name else None, only, prefix, route, helper)
    path, kind, elsewhere = _place(app, file, origin)
    try:
        made = _make(app, path, kind, wanted)
    except PkccError as error:
        if elsewhere:
            raise type(error)(error.title, elsewhere) from None
        raise
    _check_names(app, made.profiles, replace=replace)
    known = app.store.names()
    replaced = [profile.name for profile in made.profiles if profile.name in known]
    asked = app.interactive and not dry_run and not yes
    if asked:
        _show(made, replaced)
        made = made._replace(secrets=made.secrets | _ask_missing(app, made))
    _check_keys(app, made, replace=replace)
    if asked and not _confirmed():
        raise ConflictError("Nothing was imported", "`pkcc-tray import` starts again.")
    if not dry_run:
        store_all(app, made.profiles, made.secrets, replace=replace)
    missing = [] if dry_run else _missing_keys(app, made.profiles)
    trust = [note for profile in made.profiles for note in _trust_notes(app, profile, made.secrets)]
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
    return Result("imported", answer, (*made.notes, *trust, *absent, *also))


def _rows(profiles: list[Profile]) -> list[dict[str, Any]]:
    from profiles.bundles import rendering_of

    return [describe_rendered(rendering_of(profile)) for profile in profiles]


# Where from ----------------------------------------------------------------------------------------------


def _place(app: App, file: str | None, origin: str | None) -> tuple[str, str | None, str]:
    """The path, its kind as far as it is known, and a sentence on what else could be imported."""
    from profiles.import_sources import STORES, known_places
    from profiles.locations import home

    if file is not None:
        return os.path.abspath(os.path.expanduser(file)), origin, ""
    if origin == "settings":
        return app.locations.settings_path, origin, ""
    places = known_places(app.environ, home(app.environ))
    if origin in STORES:
        found = [path for kind, path in places if kind == origin]
        if not found:
            raise PkccError(f"There is no store of {origin} where it always lies", "Name its FILE.")
        return found[0], origin, ""
    if origin is not None:
        raise UsageError(f"--from {origin} needs a FILE", "Name the file to import.")
    return _chosen_place(app, [(kind, path) for kind, path in places if _routes_of(path, kind)])


def _chosen_place(app: App, places: list[tuple[str, str]]) -> tuple[str, str | None, str]:
    """The user's settings, unless other things with a route are there and a person can choose."""
    from profiles.import_sources import STORES
    from tray.prompts import choose

    own = app.locations.settings_path
    if not places:
        return own, "settings", ""
    choices = {str(number): place for number, place in enumerate(places, start=1)}
    texts = [(number, f"{path} ({kind})") for number, (kind, path) in choices.items()]
    if app.interactive:
        if _routes_of(own, "settings"):
            texts.append(("0", f"{own} (Claude Code's settings)"))
        answer = choose("Import from which of these?", texts[::-1])
        kind, path = choices.get(answer, ("settings", own))
        return path, kind, ""
    ways = [f"--from {kind}" if kind in STORES else path for kind, path in places]
    ways_text = ", ".join(f"`pkcc-tray import {way}`" for way in ways)
    return own, "settings", f"there is more to import: {ways_text}"


def _routes_of(path: str, kind: str) -> bool:
    """Whether anything at that place goes through Portkey, as far as one look tells."""
    from profiles.candidates import routed
    from profiles.import_sources import read_source

    try:
        return any(map(routed, read_source(path, kind).candidates))
    except PkccError:
        return False


# What is made --------------------------------------------------------------------------------------------


def _make(app: App, path: str, kind: str | None, wanted: _Wanted) -> _Made:
    from profiles.import_sources import chosen, read_source

    own = path == app.locations.settings_path
    bundle = _bundle_in(path) if kind in (None, "settings") else None
    if bundle is not None:
        return _from_bundle(bundle, path, wanted)
    try:
        source = read_source(path, kind, own=own)
    except PkccError as error:
        raise type(error)(error.title, _import_hint(error.hint)) from None
    candidates = chosen(source.candidates, wanted.only)
    if wanted.name is not None and len(candidates) > 1:
        raise UsageError("--name goes with one profile only", "Choose it with --only, or use --prefix.")
    if own:
        _refuse_ours(candidates[0], path)
    return _from_candidates(app, source, candidates, wanted)


def _import_hint(hint: str) -> str:
    return (
        "Mend that, then import again. Nothing was imported." if hint.startswith(("Mend", "Save")) else hint
    )


def _bundle_in(path: str) -> dict[str, Any] | None:
    """A bundle's content; None for anything else, which is looked at more closely then."""
    from profiles.bundles import MARK
    from profiles.files import read_bytes
    from profiles.store import parse_json

    data = read_bytes(path) if os.path.isfile(path) else None
    if data is None or f'"{MARK}"'.encode() not in data:
        return None
    content = parse_json(path, data.removeprefix(b"\xef\xbb\xbf"), unique_keys=True)
    return content if isinstance(content, dict) and MARK in content else None


def _from_bundle(content: dict[str, Any], path: str, wanted: _Wanted) -> _Made:
    from profiles.bundles import read_bundle

    if wanted.helper:
        raise UsageError("--helper goes with settings, not with a bundle", "Leave it out.")
    if wanted.route or wanted.only:
        raise UsageError("--only, --provider and --config do not go with a bundle", "Leave them out.")
    found = read_bundle(content, path, wanted.name, wanted.prefix)
    return _Made(path, "bundle", found.profiles, {}, [], found.notes)


def _refuse_ours(candidate: Candidate, path: str) -> None:
    command = candidate.values.get("apiKeyHelper", "")
    if (" key print " in command and "pkcc-tray" in command) or " -m tray " in command:
        raise ConflictError(
            f"{path} carries a profile of pkcc-tray already",
            "`pkcc-tray status` tells which; there is nothing to import.",
        )


def _from_candidates(app: App, source: Source, candidates: list[Candidate], wanted: _Wanted) -> _Made:
    """A profile of each candidate that goes through Portkey; one alone that doesn't is an error."""
    from profiles.candidates import LeftOut

    store = any(candidate.name for candidate in candidates)
    made = _Made(source.origin.path, source.kind, [], {}, [], list(source.notes))
    used: set[str] = set()
    for candidate in candidates:
        name = _new_name(app, candidate, wanted, used)
        try:
            _add(made, source, candidate, name, wanted)
        except PkccError as error:
            if not store:
                raise _not_imported(made.path, error) from None
            made.left_out.append(LeftOut(printable(candidate.name), "", error.title))
        else:
            used.add(name.lower())
    if not made.profiles:
        reasons = "; ".join(f"{part.name}: {part.reason}" for part in made.left_out if not part.what)
        raise PkccError(
            f"Nothing in {made.path} goes through Portkey", printable(reasons, 400) or "It is empty."
        )
    return made


def _not_imported(path: str, error: PkccError) -> PkccError:
    if error.hint:
        return error
    return PkccError(
        f"{path} holds no Portkey route: {error.title}", "Make a profile by hand with `pkcc-tray add NAME`."
    )


def _new_name(app: App, candidate: Candidate, wanted: _Wanted, used: set[str]) -> str:
    """As asked for; else from what it is called there, or from its route and then unlike any other."""
    from profiles.candidates import fitting_name

    if wanted.name is not None:
        return wanted.name
    taken = used
    if candidate.name:
        base = fitting_name(wanted.prefix + candidate.name)
    else:
        base = fitting_name(wanted.prefix + _route_text(candidate.values, wanted.route))
        taken = {known.lower() for known in app.store.names()}
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base}-{number}", number + 1
    return check_name(name)


def _route_text(values: dict[str, str], route: dict[str, str]) -> str:
    headers = {slot.removeprefix("header."): value for slot, value in values.items()} | route
    config = headers.get("x-portkey-config", "")
    if config and not config.startswith("{"):
        return config
    return headers.get("x-portkey-virtual-key") or headers.get("x-portkey-provider") or ""


def _add(made: _Made, source: Source, candidate: Candidate, name: str, wanted: _Wanted) -> None:
    from profiles.candidates import recognise_candidate
    from profiles.model import FieldError, parse_profile
    from profiles.secret_text import Secret
    from profiles.secrets import check_secret

    origin = source.origin
    found, left_out = recognise_candidate(candidate, name, origin, wanted.route, helper=wanted.helper)
    try:
        profile = parse_profile(found.data)
    except FieldError as error:
        raise PkccError(
            f"{origin.path} makes no valid profile: {error.text()}", "Mend that, then import again."
        ) from None
    if found.key is not None:
        made.secrets[name] = check_secret(found.key, "The key in it")
        if profile.delivery == "settings" and not wanted.helper:
            made.notes.append(
                "a switch writes the key into the settings, as it was found there: "
                "import it with --helper to keep it out of the file"
            )
    made.secrets.update({key_name: Secret(text) for key_name, text in found.secrets.items()})
    said = f"{name}: " if candidate.name else ""
    made.notes.extend(said + note for note in found.notes)
    made.left_out.extend(left_out)
    made.profiles.append(profile)


# Checks and questions --------------------------------------------------------------------------------------


def _check_names(app: App, profiles: list[Profile], *, replace: bool) -> None:
    names = app.store.names()
    taken = {known.lower() for known in names}
    seen: set[str] = set()
    for profile in profiles:
        name, replaced = profile.name.lower(), replace and profile.name in names
        if name in seen or (name in taken and not replaced):
            raise ConflictError(
                f"There is a profile {profile.name!r} already",
                "Nothing was imported. Use --name, --prefix or --replace."
                if len(profiles) > 1
                else "Nothing was imported. Use --name, or --replace.",
            )
        seen.add(name)


def _check_keys(app: App, made: _Made, *, replace: bool) -> None:
    for key_name, secret in made.secrets.items():
        if replace or app.secrets.where(key_name) is None:
            continue
        if app.secrets.resolve(f"keyring:{key_name}") != secret:
            raise ConflictError(
                f"There is another key {key_name!r} already",
                "Nothing was imported. Use --name, or --replace.",
            )


def _trust_notes(app: App, profile: Profile, brought: dict[str, Secret]) -> list[str]:
    """Where an imported profile sends requests, and which key of this machine it would send with them."""
    notes = []
    if profile.gateway is not None:
        notes.append(f"{profile.name}: its requests, and its key, go to {profile.gateway}")
    hosts = re.findall(r'"custom_host": "([^"]*)"', profile.model_dump_json(indent=1))
    hosts += [text for name, text in profile.extra_headers.items() if name.lower().endswith("custom-host")]
    notes += [f"{profile.name}: the gateway is told to send requests on to {host}" for host in hosts]
    key_name = profile.api_key.removeprefix("keyring:")
    if key_name != profile.api_key and key_name not in brought and app.secrets.where(key_name) is not None:
        notes.append(f"{profile.name}: it uses the key {key_name!r} that is stored here already")
    return notes


def _missing_keys(app: App, profiles: list[Profile]) -> list[str]:
    """The keys of our own store that the profiles name, and that are not in it."""
    from profiles.bundles import rendering_of

    references = [ref for each in profiles for ref in (each.api_key, *rendering_of(each).references())]
    names = [ref.removeprefix("keyring:") for ref in references if ref.startswith("keyring:")]
    return [name for name in dict.fromkeys(names) if app.secrets.where(name) is None]


def _show(made: _Made, replaced: list[str]) -> None:
    """What would be made, before it is: the very words of a dry run."""
    from tray.prompts import say
    from tray.wording import lines_of

    data = {
        "profiles": _rows(made.profiles),
        "replaced": replaced,
        "keys_stored": sorted(made.secrets),
        "left_out": [part._asdict() for part in made.left_out],
        "dry_run": True,
    }
    for line in lines_of("imported", data):
        say(line)


def _ask_missing(app: App, made: _Made) -> dict[str, Secret]:
    from tray.prompts import ask_secret

    found = {}
    for name in _missing_keys(app, made.profiles):
        if name in made.secrets:
            continue
        secret = ask_secret(f"Key {name} (Enter: later; it is not shown)", f"The key {name!r}")
        if secret is not None:
            found[name] = secret
    return found


def _confirmed() -> bool:
    from tray.prompts import confirm

    return confirm("Import it?", default=True)
