"""Bundles: profiles for another machine. A bundle names keys and never holds one. Pure."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.base.names import check_name
from profiles.base.secret_names import is_secret_name, looks_like_key
from profiles.base.secret_references.elsewhere import COMMAND, foreign_refusal
from profiles.base.secret_references.parse import is_reference
from profiles.files.json_documents import readable, refuse_newer, version_of
from profiles.importing.candidate import HARMLESS
from profiles.profile.advice import loader_advice
from profiles.profile.encode import encode_profile
from profiles.profile.render import render
from profiles.profile.schema.fields import LOADER_VARIABLES
from profiles.profile.schema.parse import FieldError, parse_profile
from profiles.profile.together.fallback import FIELD as FALLBACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile

MARK = "pkcc_tray_bundle"
VERSION = 1
_MOST = 1000


class Unbundled(NamedTuple):
    """The profiles of a bundle, and what its user should look at."""

    profiles: list[Profile]
    notes: list[str]


def make_bundle(profiles: Sequence[Profile]) -> tuple[str, list[str]]:
    """The bundle's text, and notes on what is left out: commands, whose arguments may hold anything."""
    notes: list[str] = []
    entries = []
    for profile in profiles:
        notes += [f"{profile.name}: {sentence}" for sentence in loader_advice(profile)]
        entry = json.loads(encode_profile(profile))
        refuse_secrets(profile.name, entry["route"].get("inline"))
        if entry["api_key"].startswith("cmd:"):
            entry["api_key"] = f"keyring:{profile.name}"
            notes.append(f"{profile.name}: its key comes from a command, which is left out")
        notes += [f"{profile.name}: {sentence}" for sentence in take_secrets_out(entry)]
        if entry.pop("trusted", None):
            notes.append(f"{profile.name}: what it trusts is left out: that is for each machine to allow")
        entries.append(entry)
    return readable({MARK: VERSION, "profiles": entries}).decode(), notes


def refuse_secrets(name: str, config: object) -> None:
    """Raises PkccError for a config with a secret in it: without its field it would be another config."""
    from profiles.portkey.config.explaining.difference import masked

    places = masked(config)[1] if config is not None else ()
    if places:
        raise PkccError(
            f"{name}: the config in it holds a secret in clear text at {places[0]}, which must not travel",
            f"Take it out with `pkcc-tray edit {name}`, or name the other profiles.",
        )


def take_secrets_out(entry: dict[str, Any]) -> Iterator[str]:
    """A sentence for each header, variable and label that must not travel; they are taken out."""
    for field in ("extra_headers", "extra_env", "metadata"):
        for name, text in list(entry.get(field, {}).items()):
            secret = field != "metadata" and is_secret_name(name)
            if secret and text.startswith("cmd:"):
                why = "comes from a command"
            elif (secret and not is_reference(text)) or looks_like_key(text):
                why = "holds a secret in clear text"
            else:
                continue
            del entry[field][name]
            yield f"{name} {why}, and is left out"
    if looks_like_key(entry.get("trace_id") or ""):
        del entry["trace_id"]
        yield "trace_id holds a secret in clear text, and is left out"


def read_bundle(content: dict[str, Any], path: str, name: str | None = None, prefix: str = "") -> Unbundled:
    """The profiles of a bundle's content: one alone may get a `name`, all of them a `prefix` to theirs.

    Raises PkccError for a newer or broken bundle, and for one that would have something run or loaded.
    """
    version = content[MARK]
    refuse_newer({"version": version}, path, VERSION)
    if version_of({"version": version}) < 1:
        raise PkccError(f"{path} is no bundle: {MARK} is no version", "Export it again.")
    entries = content.get("profiles")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PkccError(f"{path} is no bundle: `profiles` is not a list of objects", "Export it again.")
    if len(entries) > _MOST:
        raise PkccError(f"{path} holds more than {_MOST:,} profiles", "Export fewer at a time.")
    if name is not None and len(entries) != 1:
        raise UsageError("--name goes with one profile only", "Use --prefix, or leave it out.")
    profiles: list[Profile] = []
    notes: list[str] = []
    within = {entry["name"] for entry in entries if isinstance(entry.get("name"), str)}
    for number, entry in enumerate(entries, start=1):
        own_name = name or entry.get("name")
        named = {**entry, "name": prefix + own_name if isinstance(own_name, str) else own_name}
        if prefix and named.get(FALLBACK) in within:
            named[FALLBACK] = prefix + named[FALLBACK]
        called = _called(named, number)
        if why := foreign_refusal(str(named.get("api_key", ""))):
            named["api_key"] = f"keyring:{named['name']}"
            came = "its key came from a command" if why == COMMAND else f"the reference to its key {why}"
            notes.append(f"{called}: {came}, which an import never keeps")
        if named.pop("trusted", None):
            notes.append(f"{called}: what it trusts is left out: allow it here with `pkcc-tray trust add`")
        profile, rendered = _checked(named, f"{path}: {called}")
        notes += _trust_notes(profile, rendered)
        profiles.append(profile)
    return Unbundled(profiles, notes)


def _called(entry: dict[str, Any], number: int) -> str:
    """How an error names a bundle's profile: by its own name, if that is one."""
    with suppress(UsageError):
        if isinstance(entry.get("name"), str):
            return f"profile {check_name(entry['name'])!r}"
    return f"profile {number}"


def _checked(entry: dict[str, Any], where: str) -> tuple[Profile, Rendered]:
    try:
        profile = parse_profile(entry)
    except FieldError as error:
        raise PkccError(
            f"{where}: {error.text()}", "Nothing was imported. Fix the bundle, or export it again."
        ) from None
    hint = "Take it out of the bundle; set it by hand with `pkcc-tray set` if you do want it."
    loaders = [variable for variable in profile.extra_env if LOADER_VARIABLES.fullmatch(variable)]
    if loaders:
        raise PkccError(
            f"{where}: extra_env.{loaders[0]} makes programs load code, which an import never sets", hint
        )
    rendered = rendering_of(profile)
    refused = next(filter(None, map(foreign_refusal, rendered.references())), "")
    if refused:
        raise PkccError(
            f"{where}: a header, a variable or its config {refused}, which an import never keeps", hint
        )
    unknown = [variable for variable in profile.extra_env if not HARMLESS.fullmatch(variable)]
    if unknown:
        raise PkccError(
            f"{where}: extra_env.{unknown[0]} may change what runs or whom it trusts: not for an import", hint
        )
    return profile, rendered


def rendering_of(profile: Profile) -> Rendered:
    """What the profile writes, except for the content of a config file: that may lie on another machine."""
    names_file = profile.route.kind == "config" and profile.route.path is not None
    return render(profile, {} if names_file else None)


def _trust_notes(profile: Profile, rendered: Rendered) -> Iterator[str]:
    """What a bundle from a stranger would have this machine send."""
    for reference in dict.fromkeys([profile.api_key, *rendered.references()]):
        if not reference.startswith("keyring:"):
            yield f"{profile.name} takes a secret from {reference}: check that it should"
    if profile.route.kind == "config" and profile.route.path is not None:
        yield f"{profile.name} sends the content of {profile.route.path}: check that it should"
