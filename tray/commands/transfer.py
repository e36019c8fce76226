"""import, export: profiles from settings or a bundle, and bundles, which never hold a secret."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError, UsageError
from profiles.names import check_name
from tray.commands._shared import complete_profiles, describe_rendered, store_all
from tray.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_BUNDLE = "pkcc_tray_bundle"
_BUNDLE_VERSION = 1


def arguments_import(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--name NAME] [--dry-run]."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="settings or a bundle (default: Claude Code's settings)"
    )
    parser.add_argument("--name", metavar="NAME", help="the new profile's name (default: from its route)")
    parser.add_argument("--replace", action="store_true", help="replace profiles of the same name")
    parser.add_argument("--dry-run", action="store_true", help="show what would be made, and make nothing")


def import_(app: App, file: str | None, name: str | None, *, replace: bool, dry_run: bool) -> Result:
    """Make profiles from a settings file of either form, or from an exported bundle.

    Secrets go to the key store; commands found are never run or kept. All or nothing.
    """
    from profiles.files import read_bytes
    from profiles.store import parse_json

    path = app.locations.settings_path if file is None else os.path.abspath(os.path.expanduser(file))
    data = read_bytes(path)
    if data is None:
        raise PkccError(f"There is no file {path}", "Name the file to import.")
    content = parse_json(path, data.removeprefix(b"\xef\xbb\xbf"))
    if isinstance(content, dict) and _BUNDLE in content:
        made = _from_bundle(content, path, name)
    else:
        made = _from_settings(app, data, path, name)
    _check_names(app, made.profiles, replace=replace)
    if not dry_run:
        _store(app, made, replace=replace)
    rows = [describe_rendered(_render(profile)) for profile in made.profiles]
    missing = [] if dry_run else _missing_keys(app, made)
    notes = [*made.notes, *(f"no key {key!r} here yet: `pkcc-tray key set {key}`" for key in missing)]
    data_out = {"file": path, "profiles": rows, "keys_stored": sorted(made.secrets), "dry_run": dry_run}
    return Result("imported", data_out, tuple(notes))


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


def _from_settings(app: App, data: bytes, path: str, name: str | None) -> _Made:
    from profiles.model import FieldError, parse_profile
    from profiles.recognition import recognise
    from profiles.settings import actual_values, parse_settings

    values = actual_values(parse_settings(data, path))
    helper = values.get("apiKeyHelper", "")
    if (" key print " in helper and "pkcc-tray" in helper) or " -m tray " in helper:
        raise ConflictError(
            f"{path} carries a profile of pkcc-tray already",
            "`pkcc-tray status` tells which; there is nothing to import.",
        )
    chosen = check_name(name) if name else _free_name(app, values)
    found = recognise(values, chosen, path)
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
    if found.key is not None:
        notes.append(
            f"a switch writes the key into the settings, as it was found: "
            f"`pkcc-tray set {chosen} key_delivery helper` keeps it out of the file"
        )
    return _Made([profile], secrets, notes)


def _free_name(app: App, values: dict[str, str]) -> str:
    """A name from the route, made unique with a number."""
    import re

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


def _from_bundle(content: dict[str, Any], path: str, name: str | None) -> _Made:
    from profiles.model import LOADER_VARIABLES, FieldError, parse_profile

    version = content[_BUNDLE]
    if not isinstance(version, int) or version > _BUNDLE_VERSION:
        raise PkccError(f"{path} was exported by a newer pkcc-tray", "Update this one, then import again.")
    entries = content.get("profiles")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PkccError(f"{path} is no bundle: `profiles` is not a list of objects", "Export it again.")
    if name is not None and len(entries) != 1:
        raise UsageError("--name goes with one profile only", "Leave it out.")
    profiles, notes = [], []
    for number, entry in enumerate(entries):
        entry = {**entry, **({"name": name} if name else {})}
        where = f"{path}: profile {number + 1}"
        if str(entry.get("api_key", "")).startswith("cmd:"):
            entry["api_key"] = f"keyring:{entry.get('name')}"
            notes.append(f"profile {number + 1}: its key came from a command, which an import never keeps")
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
    parser.add_argument("--output", metavar="FILE", help="write the bundle there (default: standard output)")


def export(app: App, names: list[str], output: str | None) -> Result:
    """A bundle of profiles for another machine. It names keys and never holds one."""
    chosen = list(dict.fromkeys(names)) or app.store.names()
    profiles = [json.loads(_encoded(app, name)) for name in chosen]
    notes = []
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


def _encoded(app: App, name: str) -> bytes:
    from profiles.store import encode_profile

    return encode_profile(app.store.load(name))
