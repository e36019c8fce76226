"""What an import would make: everything is read and checked here, and nothing is stored."""

from __future__ import annotations

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import check_name
from profiles.base.text import printable
from profiles.claude_code.own_command import is_own_helper
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL_KEYS, slugs_by
from profiles.portkey.header_names import CONFIG, PROVIDER, VIRTUAL_KEY
from profiles.profile.under_policy import check_allowed
from tray.actions.describing.delivery import safer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from profiles.base.secret import Secret
    from profiles.importing.candidate import Answers, Candidate, LeftOut
    from profiles.importing.sources import Source
    from profiles.profile.schema.model import Profile
    from profiles.profile.store import ProfileStore


class Made(NamedTuple):
    """Everything an import comes to, before anything is stored; `unnamed` where no one gave it a name."""

    path: str
    kind: str
    profiles: list[Profile]
    secrets: dict[str, Secret]
    left_out: list[LeftOut]
    notes: list[str]
    unnamed: bool = False


class Wanted(NamedTuple):
    """How to import: under which names, which entries of a store, and what the user says of them."""

    name: str | None
    only: list[str]
    prefix: str
    answers: Answers


def plan_import(store: ProfileStore, path: str, kind: str | None, wanted: Wanted, *, own: bool) -> Made:
    """What importing from a path comes to; `kind` as far as it is known, a bundle is recognised itself.

    `own` are the settings that pkcc-tray itself writes; the store says which names are taken.

    Raises PkccError when nothing there goes through Portkey, UsageError for options that do not fit it.
    """
    from profiles.importing.sources import chosen, read_source

    check_allowed("allow_import")
    bundle = bundle_in(path) if kind in (None, "settings") else None
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
        refuse_ours(candidates[0], path)
    return _from_candidates(store, source, candidates, wanted)


def _import_hint(hint: str) -> str:
    return "Fix that, then import again. Nothing was imported." if hint.startswith(("Fix", "Save")) else hint


def bundle_in(path: str) -> dict[str, object] | None:
    """A bundle's content; None for anything else, which is looked at more closely then."""
    from profiles.files.json_documents import parse_json
    from profiles.files.read import read_bytes
    from profiles.importing.bundles import MARK
    from profiles.importing.sources import may_be_json

    data = read_bytes(path) if may_be_json(path) else None
    if data is None or f'"{MARK}"'.encode() not in data:
        return None
    content = parse_json(path, data.removeprefix(b"\xef\xbb\xbf"), unique_keys=True)
    return content if isinstance(content, dict) and MARK in content else None


def _from_bundle(content: dict[str, object], path: str, wanted: Wanted) -> Made:
    from profiles.importing.bundles import read_bundle

    if wanted.answers.helper:
        raise UsageError("--helper goes with settings, not with a bundle", "Leave it out.")
    if wanted.only or any(wanted.answers):
        options = "--only, --provider, --config, --gateway and --allow-plain-http"
        raise UsageError(f"{options} do not go with a bundle", "Leave them out.")
    found = read_bundle(content, path, wanted.name, wanted.prefix)
    return Made(path, "bundle", found.profiles, {}, [], found.notes)


def refuse_ours(candidate: Candidate, path: str) -> None:
    """Raises ConflictError for settings that a profile was written into."""
    if is_own_helper(candidate.values.get(HELPER_KEY, "")):
        raise ConflictError(
            f"{path} carries a profile of pkcc-tray already",
            "`pkcc-tray status` shows which; there is nothing to import.",
        )


def _from_candidates(
    known: ProfileStore, source: Source, candidates: list[Candidate], wanted: Wanted
) -> Made:
    """A profile of each candidate that goes through Portkey; one alone that doesn't is an error."""
    from profiles.importing.candidate import LeftOut

    store = any(candidate.name for candidate in candidates)
    unnamed = not store and wanted.name is None
    made = Made(source.origin.path, source.kind, [], {}, [], list(source.notes), unnamed)
    used: set[str] = set()
    for candidate in candidates:
        name = _new_name(known, candidate, wanted, used)
        try:
            add_candidate(made, source, candidate, name, wanted)
        except PkccError as error:
            if not store:
                raise _not_imported(made.path, error) from None
            made.left_out.append(LeftOut(printable(candidate.name) or "what is exported", "", error.title))
        else:
            used.add(name.lower())
    if made.secrets and not source.origin.own:
        made.notes.append(still_there(made.path))
    if not made.profiles:
        reasons = "; ".join(f"{part.name}: {part.reason}" for part in made.left_out if not part.what)
        raise PkccError(
            f"Nothing in {made.path} goes through Portkey", printable(reasons, 400) or "It is empty."
        )
    return made


def still_there(path: str) -> str:
    """A sentence on a file that nothing of ours takes a key out of."""
    return f"{path} still holds the key in clear text: take it out there when nothing reads it any more"


def _refuse_without_model(path: str, data: Mapping[str, object]) -> None:
    """Raises PkccError, with the variable's name, where the API format needs a model and none is named."""
    from profiles.claude_code.dialects import DIALECTS

    name = str(data["dialect"])
    if DIALECTS[name].pins_models and not data.get("models"):
        raise PkccError(
            f"{path} names no model, and the {name} format needs one",
            f"Set {MODEL_KEYS['default']} there (such as {DIALECTS[name].example}), then import again.",
        )


def _not_imported(path: str, error: PkccError) -> PkccError:
    if error.hint:
        return error
    return PkccError(
        f"{path} holds no Portkey route: {error.title}", "Make a profile by hand with `pkcc-tray add NAME`."
    )


def _new_name(store: ProfileStore, candidate: Candidate, wanted: Wanted, used: set[str]) -> str:
    """The name as asked for; else from its name there, or from its route and then unlike any other."""
    if wanted.name is not None:
        return wanted.name
    taken = used if candidate.name else {known.lower() for known in store.names()}
    return check_name(free_name(usual_name(candidate, wanted.prefix, wanted.answers.route), taken))


def usual_name(candidate: Candidate, prefix: str = "", route: Mapping[str, str] | None = None) -> str:
    """Its name there, or that of its route, as a profile's: such as `anthropic-prod`."""
    from profiles.importing.recognise_candidate import fitting_name

    return fitting_name(prefix + (candidate.name or _route_text(candidate.values, route or {})))


def free_name(base: str, taken: Collection[str]) -> str:
    """That name, or one with a number behind it that is not among the `taken` ones (in lower case)."""
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def _route_text(values: Mapping[str, str], route: Mapping[str, str]) -> str:
    headers = {**{slot.removeprefix("header."): value for slot, value in values.items()}, **route}
    config = headers.get(CONFIG, "")
    if config and not config.startswith("{"):
        return config
    return headers.get(VIRTUAL_KEY) or headers.get(PROVIDER) or "-".join(slugs_by(values))


def add_candidate(made: Made, source: Source, candidate: Candidate, name: str, wanted: Wanted) -> None:
    """Add the profile that a candidate is to what is made. Raises PkccError where it can be none."""
    from profiles.base.secret import Secret
    from profiles.base.secret_checks import check_secret
    from profiles.importing.candidate import routed
    from profiles.importing.recognise_candidate import recognise_candidate
    from profiles.profile.schema.parse import FieldError, parse_profile

    origin = source.origin
    # Of a store the user's word on the route goes for Portkey's own entries, or for those they name.
    meant = not candidate.name or wanted.only or routed(candidate)
    answers = wanted.answers if meant else wanted.answers._replace(route={})
    found, left_out = recognise_candidate(candidate, name, origin, answers)
    try:
        profile = parse_profile(found.data)
    except FieldError as error:
        _refuse_without_model(origin.path, found.data)
        raise PkccError(
            f"{origin.path} makes no valid profile: {error.text()}", "Fix that, then import again."
        ) from None
    if found.key is not None:
        made.secrets[name] = check_secret(found.key, "The key in it")
        if profile.delivery == "settings" and not answers.helper:
            where = "a switch writes the key into the settings, as it was found there"
            made.notes.append(f"{where}: {safer(name, key_in=profile.key_in)}")
    made.secrets.update({key_name: Secret(text) for key_name, text in found.secrets.items()})
    said = f"{name}: " if candidate.name else ""
    made.notes.extend(said + note for note in (*candidate.notes, *found.notes))
    if candidate.start:
        instead = f"let it run `pkcc-tray exec {name} -- claude`, or take it out"
        made.notes.append(f"{candidate.start} goes on as it is: {instead}")
    made.left_out.extend(left_out)
    made.profiles.append(profile)
