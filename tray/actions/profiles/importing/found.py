"""What there is to import on this computer, profile by profile; what comes of those that a person picks."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import printable
from tray.actions.profiles.importing.known import said_by, said_here
from tray.actions.profiles.importing.plan import (
    Made,
    Wanted,
    add_candidate,
    bundle_in,
    free_name,
    refuse_ours,
    still_there,
    usual_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Literal

    from profiles.importing.candidate import Candidate, LeftOut
    from profiles.importing.sources import Source
    from profiles.profile.schema.model import Profile
    from tray.app import App

    Plan = Callable[[str, bool], Made]
    KeyFound = Literal["clear", "found", "here", "elsewhere", "none"]

_MOST = 200  # of one place


class FoundProfile(NamedTuple):
    """What one entry would become. `pick` chooses it; `entry` is its name there, "" where it has none.

    `name` is free here; `taken`: the name that it would have, were that free. `like`: the stored profile that
    says the same. `key`: in clear text in the settings in use, found elsewhere in clear text, stored here
    already, named by a reference, or none.
    """

    pick: str
    entry: str
    name: str
    taken: str
    route_kind: str
    route: str
    models: int
    key: KeyFound
    like: str


class FoundSource(NamedTuple):
    """One place. `own`: the settings in use; `entries`: how many there are in all; `notes` are about all."""

    kind: str
    path: str
    own: bool
    entries: int
    profiles: tuple[FoundProfile, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


class _Entry(NamedTuple):
    """What may become a profile: its plan, by the new name and whether a helper hands out its key."""

    pick: str
    name: str
    usual_name: str
    plan: Plan


class _Place(NamedTuple):
    kind: str
    path: str
    own: bool
    entries: list[_Entry]
    notes: list[str]


def stores_here(app: App) -> tuple[str, ...]:
    """Whose stores lie on this computer, such as `("cc-switch",)`; none is opened."""
    from profiles.base.locations import home
    from profiles.importing.sources import STORES, known_places

    return tuple(kind for kind, _ in known_places(app.environ, home(app.environ)) if kind in STORES)


def find_sources(app: App, file: str | None = None) -> tuple[FoundSource, ...]:
    """What there is to import where such things lie, or in that file. Reads only, and no key is kept.

    Raises PkccError for a file of which nothing can be made.
    """
    taken = {name.lower() for name in app.store.names()}
    known = said_here(app)
    found = [_found(app, place, taken, known) for place in _places(app, file)]
    if file is not None and not found[0].profiles:
        reasons = "; ".join(f"{each.name}: {each.reason}" for each in found[0].left_out if not each.what)
        raise PkccError(f"Nothing in {file} goes through Portkey", printable(reasons, 400) or "It is empty.")
    return tuple(source for source in found if source.profiles)


def profile_by_hand(app: App) -> str:
    """The stored profile that says what the settings say without one, "" for none. No key is read."""
    place = next(_places(app, None), None)
    if place is None or not place.own:
        return ""
    found = _found(app, place, {name.lower() for name in app.store.names()}, said_here(app)).profiles
    return found[0].like if found else ""


def plan_picked(app: App, names: Mapping[str, str], *, file: str | None, helper: bool) -> tuple[Made, str]:
    """What those come to, by their picks and new names; and the name of the one that is in use now.

    `helper`: of settings, a helper is to hand out the key from now on. Raises ConflictError where something
    of it is not there any more.
    """
    whole = Made("", "several", [], {}, [], [])
    in_use, missing = "", dict(names)
    for place in _places(app, file):
        for entry in place.entries:
            name = missing.pop(entry.pick, "")
            if not name:
                continue
            made = entry.plan(name, helper and place.kind == "settings")
            whole.profiles.extend(made.profiles)
            whole.secrets.update(made.secrets)
            whole.left_out.extend(made.left_out)
            whole.notes.extend(made.notes)
            in_use = name if place.own else in_use
            if made.secrets and not place.own and still_there(place.path) not in whole.notes:
                whole.notes.append(still_there(place.path))
    if missing:
        raise ConflictError("What was found has changed meanwhile", "Look again, then choose anew.")
    return whole, in_use


def _found(app: App, place: _Place, taken: set[str], known: Mapping[str, str]) -> FoundSource:
    from profiles.importing.candidate import LeftOut

    profiles: list[FoundProfile] = []
    left_out: list[LeftOut] = []
    for entry in place.entries:
        name = free_name(entry.usual_name, taken)
        try:
            made = entry.plan(name, False)
        except PkccError as error:
            left_out.append(LeftOut(printable(entry.name) or "what is exported", "", error.title))
            continue
        like = known.get(said_by(made.profiles[0]), "")
        profiles.append(_profile(app, place, entry, made, like))
        left_out += made.left_out
        taken.add(name.lower())
    notes = tuple(place.notes)
    return FoundSource(
        place.kind, place.path, place.own, len(place.entries), tuple(profiles), tuple(left_out), notes
    )


def _profile(app: App, place: _Place, entry: _Entry, made: Made, like: str) -> FoundProfile:
    from profiles.importing.bundles import rendering_of

    (profile,) = made.profiles
    return FoundProfile(
        entry.pick,
        printable(entry.name),
        profile.name,
        entry.usual_name if profile.name != entry.usual_name else "",
        profile.route.kind,
        rendering_of(profile).hint,
        len(profile.models.model_dump(exclude_none=True)),
        _key_of(app, place, profile, made),
        like,
    )


def _key_of(app: App, place: _Place, profile: Profile, made: Made) -> KeyFound:
    scheme, _, target = profile.api_key.partition(":")
    if scheme != "keyring":
        return "elsewhere"
    if target in made.secrets:
        return "clear" if place.own else "found"
    return "here" if app.secrets.where(target) is not None else "none"


def _places(app: App, file: str | None) -> Iterator[_Place]:
    """The settings in use, where they lead through Portkey by hand; stores and start files that are there."""
    from profiles.base.locations import home
    from profiles.importing.sources import known_places, read_source

    own = app.locations.settings_path
    if file is not None:
        path = os.path.abspath(os.path.expanduser(file))
        bundle = bundle_in(path)
        if bundle is not None:
            yield _of_bundle(bundle, path)
        else:
            yield _of_source(read_source(path, None, own=path == own))
        return
    with suppress(PkccError):
        if app.switcher.read().state.current.active is None:
            yield _of_source(read_source(own, "settings", own=True))
    for kind, path in known_places(app.environ, home(app.environ)):
        with suppress(PkccError):
            yield _of_source(read_source(path, kind))


def _of_source(source: Source) -> _Place:
    from profiles.importing.candidate import Answers

    path, own = source.origin.path, source.origin.own
    if own:
        refuse_ours(source.candidates[0], path)
    entries = []
    for number, candidate in enumerate(source.candidates[:_MOST]):

        def plan(name: str, helper: bool, candidate: Candidate = candidate) -> Made:
            made = Made(path, source.kind, [], {}, [], [])
            add_candidate(made, source, candidate, name, Wanted(name, [], "", Answers(helper=helper)))
            return made

        usual = usual_name(candidate)
        entries.append(_Entry(_pick(path, number, candidate.name, usual), candidate.name, usual, plan))
    count = len(source.candidates)
    more = [f"it has {count} entries, of which the first {_MOST} are here"] if count > _MOST else []
    return _Place(source.kind, path, own, entries, [*source.notes, *more])


def _of_bundle(content: dict[str, object], path: str) -> _Place:
    from profiles.importing.bundles import read_bundle

    found = read_bundle(content, path)
    entries = []
    for number, profile in enumerate(found.profiles):

        def plan(name: str, _helper: bool, profile: Profile = profile) -> Made:
            return Made(path, "bundle", [profile.model_copy(update={"name": name})], {}, [], [])

        entries.append(_Entry(_pick(path, number, profile.name, ""), profile.name, profile.name, plan))
    return _Place("bundle", path, False, entries, found.notes)


def _pick(*of: str | int) -> str:
    return digest("\0".join(map(str, of)).encode("utf-8", "surrogatepass"), size=8)
