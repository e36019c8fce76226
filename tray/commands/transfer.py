"""import, export: profiles from settings or a bundle, and bundles, which never hold a secret."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError, UsageError
from profiles.names import check_name
from tray.commands._shared import complete_profiles, describe_rendered, store_all
from tray.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.model import Profile
    from profiles.settings import Settings
    from tray.app import App

_BUNDLE = "pkcc_tray_bundle"
_BUNDLE_VERSION = 1
# Variables that a bundle may bring: they switch features of the client off, or set limits.
_HARMLESS = re.compile(
    r"(CLAUDE_CODE_)?DISABLE_[A-Z_]+|CLAUDE_CODE_MAX_OUTPUT_TOKENS|MAX_THINKING_TOKENS|API_TIMEOUT_MS"
    r"|BASH_(DEFAULT|MAX)_TIMEOUT_MS"
)


def arguments_import(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--name NAME] [--replace] [--helper] [--dry-run]."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="settings or a bundle (default: Claude Code's settings)"
    )
    parser.add_argument("--name", metavar="NAME", help="the new profile's name (default: from its route)")
    parser.add_argument("--replace", action="store_true", help="replace profiles of the same name")
    parser.add_argument(
        "--helper", action="store_true", help="from settings: name a helper there from now on, not the key"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be made, and make nothing")


def import_(
    app: App, file: str | None, name: str | None, *, replace: bool, helper: bool, dry_run: bool
) -> Result:
    """Make profiles from a settings file of either form, or from an exported bundle.

    Secrets go to the key store; commands found are never run or kept. All or nothing.
    """
    from profiles.files import read_bytes
    from profiles.settings import parse_settings
    from profiles.store import parse_json

    path = app.locations.settings_path if file is None else os.path.abspath(os.path.expanduser(file))
    data = read_bytes(path)
    if data is None:
        raise PkccError(f"There is no file {path}", "Name the file to import.")
    try:
        settings = parse_settings(data, path)
    except PkccError as error:
        raise PkccError(error.title, "Mend that, then import again. Nothing was imported.") from None
    if settings.root.find(_BUNDLE) is not None:
        if helper:
            raise UsageError("--helper goes with settings, not with a bundle", "Leave it out.")
        made = _from_bundle(parse_json(path, settings.text.encode("utf-8", "surrogatepass")), path, name)
    else:
        made = _from_settings(app, settings, path, name, helper=helper)
    _check_names(app, made.profiles, replace=replace)
    trust = [note for profile in made.profiles for note in _trust_notes(app, profile, made.secrets)]
    known = app.store.names()
    replaced = [profile.name for profile in made.profiles if profile.name in known]
    if not dry_run:
        _store(app, made, replace=replace)
    rows = [describe_rendered(_render(profile)) for profile in made.profiles]
    missing = [] if dry_run else _missing_keys(app, made)
    notes = [*made.notes, *trust, *(f"no key {key!r} here yet: `pkcc-tray key set {key}`" for key in missing)]
    answer = {
        "file": path,
        "profiles": rows,
        "replaced": replaced,
        "keys_stored": sorted(made.secrets),
        "dry_run": dry_run,
    }
    return Result("imported", answer, tuple(notes))


def _trust_notes(app: App, profile: Profile, brought: dict[str, str]) -> list[str]:
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


class _Made:
    def __init__(self, profiles: list[Any], secrets: dict[str, str], notes: list[str]) -> None:
        self.profiles = profiles
        self.secrets = secrets
        self.notes = notes


def _render(profile: Any) -> Any:
    """What the profile writes, but for the content of a config file that may lie on another machine."""
    from profiles.rendering import render

    names_file = profile.route.kind == "config" and profile.route.path is not None
    return render(profile, {} if names_file else None)


def _from_settings(app: App, settings: Settings, path: str, name: str | None, *, helper: bool) -> _Made:
    from profiles.model import FieldError, parse_profile
    from profiles.recognition import recognise
    from profiles.settings import actual_values

    values = actual_values(settings)
    command = values.get("apiKeyHelper", "")
    if (" key print " in command and "pkcc-tray" in command) or " -m tray " in command:
        raise ConflictError(
            f"{path} carries a profile of pkcc-tray already",
            "`pkcc-tray status` tells which; there is nothing to import.",
        )
    chosen = check_name(name) if name else _free_name(app, values)
    found = recognise(values, chosen, path)
    if helper:
        found.data["key_delivery"] = "helper"
        found.data.pop("key_in", None)
    try:
        profile = parse_profile(found.data)
    except FieldError as error:
        raise PkccError(
            f"{path} makes no valid profile: {error.text()}", "Mend that, then import again."
        ) from None
    secrets = dict(found.secrets)
    if found.key is not None:
        secrets[chosen] = found.key
    notes = list(found.notes)
    if found.key is not None and not helper:
        notes.append(
            "a switch writes the key into the settings, as it was found there: "
            "import it with --helper to keep it out of the file"
        )
    return _Made([profile], secrets, notes)


def _free_name(app: App, values: dict[str, str]) -> str:
    """A name from the route, made unique with a number."""
    config = values.get("header.x-portkey-config", "")
    route = values.get("header.x-portkey-virtual-key") or values.get("header.x-portkey-provider") or ""
    if config and not config.startswith("{"):
        route = config
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", route).strip("-._")[:40] or "imported"
    taken = {known.lower() for known in app.store.names()}
    candidate, number = base, 2
    while candidate.lower() in taken:
        candidate, number = f"{base}-{number}", number + 1
    return check_name(candidate)


def _entry_name(entry: dict[str, Any], number: int) -> str:
    """How an error names a bundle's profile: by its own name, if that is one."""
    with suppress(UsageError):
        if isinstance(entry.get("name"), str):
            return f"profile {check_name(entry['name'])!r}"
    return f"profile {number}"


def _from_bundle(content: Any, path: str, name: str | None) -> _Made:
    from profiles.field_checks import LOADER_VARIABLES
    from profiles.model import FieldError, parse_profile

    version = content[_BUNDLE]
    if not isinstance(version, int) or version > _BUNDLE_VERSION:
        raise PkccError(f"{path} was exported by a newer pkcc-tray", "Update this one, then import again.")
    entries = content.get("profiles")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PkccError(f"{path} is no bundle: `profiles` is not a list of objects", "Export it again.")
    if name is not None and len(entries) != 1:
        raise UsageError("--name goes with one profile only", "Leave it out.")
    profiles, notes = [], []
    for number, entry in enumerate(entries, start=1):
        entry = {**entry, **({"name": name} if name else {})}
        called = _entry_name(entry, number)
        where = f"{path}: {called}"
        if str(entry.get("api_key", "")).startswith("cmd:"):
            entry["api_key"] = f"keyring:{entry.get('name')}"
            notes.append(f"{called}: its key came from a command, which an import never keeps")
        try:
            profile = parse_profile(entry)
        except FieldError as error:
            raise PkccError(
                f"{where}: {error.text()}", "Nothing was imported. Mend the bundle, or export it again."
            ) from None
        loaders = [variable for variable in profile.extra_env if LOADER_VARIABLES.fullmatch(variable)]
        if loaders:
            raise PkccError(
                f"{where}: extra_env.{loaders[0]} makes programs load code, which an import never sets",
                "Take it out of the bundle; set it by hand with `pkcc-tray set` if you do want it.",
            )
        references = _render(profile).references()
        if any(reference.startswith("cmd:") for reference in references):
            raise PkccError(
                f"{where}: a header, a variable or its config names a command, which an import never keeps",
                "Take it out of the bundle; set it by hand with `pkcc-tray set` if you do want it.",
            )
        notes += [
            f"{profile.name} takes a secret from {reference}: check that it should"
            for reference in dict.fromkeys([profile.api_key, *references])
            if not reference.startswith("keyring:")
        ]
        unknown = [variable for variable in profile.extra_env if not _HARMLESS.fullmatch(variable)]
        if unknown:
            raise PkccError(
                f"{where}: extra_env.{unknown[0]} may change what runs or whom it trusts: not for an import",
                "Take it out of the bundle; set it by hand with `pkcc-tray set` if you do want it.",
            )
        profiles.append(profile)
    return _Made(profiles, {}, notes)


def _check_names(app: App, profiles: list[Any], *, replace: bool) -> None:
    names = app.store.names()
    taken = {known.lower() for known in names}
    seen: set[str] = set()
    for profile in profiles:
        name, replaced = profile.name.lower(), replace and profile.name in names
        if name in seen or (name in taken and not replaced):
            raise ConflictError(
                f"There is a profile {profile.name!r} already",
                "Nothing was imported. Use --name, or --replace.",
            )
        seen.add(name)


def _store(app: App, made: _Made, *, replace: bool) -> None:
    from profiles.secret_text import Secret

    for key_name, text in made.secrets.items():
        stored = app.secrets.where(key_name)
        if stored is not None and not replace and app.secrets.resolve(f"keyring:{key_name}").reveal() != text:
            raise ConflictError(
                f"There is another key {key_name!r} already",
                "Nothing was imported. Use --name, or --replace.",
            )
    secrets = {key_name: Secret(text) for key_name, text in made.secrets.items()}
    store_all(app, made.profiles, secrets, replace=replace)


def _missing_keys(app: App, made: _Made) -> list[str]:
    names = [
        profile.api_key.removeprefix("keyring:")
        for profile in made.profiles
        if profile.api_key.startswith("keyring:")
    ]
    return [name for name in dict.fromkeys(names) if app.secrets.where(name) is None]


def arguments_export(parser: argparse.ArgumentParser) -> None:
    """[NAME …] [--output FILE]."""
    action = parser.add_argument("names", metavar="NAME", nargs="*", help="profiles (default: all)")
    action.completer = complete_profiles  # type: ignore[attr-defined]
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the bundle there (default: standard output)"
    )


def export(app: App, names: list[str], output: str | None) -> Result:
    """A bundle of profiles for another machine. It names keys and never holds one."""
    from profiles.advice import loader_advice
    from profiles.store import encode_profile

    chosen = list(dict.fromkeys(names)) or app.store.names()
    notes: list[str] = []
    profiles = []
    for name in chosen:
        profile = app.store.load(name)
        notes += [f"{name}: {sentence}" for sentence in loader_advice(profile)]
        profiles.append(json.loads(encode_profile(profile)))
    for profile in profiles:
        if profile["api_key"].startswith("cmd:"):  # its arguments may hold anything, and no import keeps it
            profile["api_key"] = f"keyring:{profile['name']}"
            notes.append(f"{profile['name']}: its key comes from a command, which is left out")
    bundle = json.dumps({_BUNDLE: _BUNDLE_VERSION, "profiles": profiles}, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        return Result("exported", json.loads(bundle), tuple(notes), raw=bundle)
    from profiles.files import write_private

    path = os.path.abspath(os.path.expanduser(output))
    write_private(path, bundle.encode())
    return Result("exported", {"file": path, "profiles": chosen}, tuple(notes))
