"""What was changed by something else becomes the active profile's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, DeclinedError, PkccError
from profiles.claude_code.glued_lines import unglued
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL, WAYS_TO_A_KEY, name_in, slugs_by
from profiles.portkey.model_names import is_alias
from profiles.profile.config.file import config_of
from profiles.profile.encode import encode_profile
from profiles.profile.rendering import expected_values, same_profile
from profiles.switching.reading.drift import compare
from profiles.switching.reading.surroundings import is_surrounding
from tray.actions.keys.store_profiles import beside_stored, keys_stored
from tray.actions.notes import change_notes
from tray.actions.switching.adopting.adopted_data import merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.secret import Secret
    from profiles.importing.candidate import LeftOut
    from profiles.importing.recognition import Recognised
    from profiles.profile.schema.model import Profile
    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading
    from tray.app import App


RESTORE = "Restore first: `pkcc-tray restore` writes the profile again."


class Adopted(NamedTuple):
    """The slots that were taken into a profile, and the names of the keys that came with them."""

    name: str
    adopted: list[str]
    key_stored: bool
    keys_stored: list[str]
    written: bool


def adopt(
    app: App,
    *,
    is_own_address: Callable[[str], bool] | None = None,
    offer_place: Callable[[], None] = lambda: None,
) -> tuple[Adopted, tuple[str, ...]]:
    """Take outside changes into the profile in use, as one step; and notes. First everything is checked.

    `is_own_address` answers for a change that decides where the key goes, given the words for it;
    `offer_place` is called before a key is stored. Raises ConflictError where that answer is no or nobody
    gives it, when there are no changes, when profile and settings were both changed, and when the program
    that hands out the key was changed: that is never adopted.
    """
    from profiles.importing.find_key import needs_no_route
    from profiles.importing.recognition import recognise
    from profiles.profile.advice import KEY_DECIDES
    from profiles.profile.render import render
    from profiles.profile.schema.parse import FieldError, parse_profile

    reading = _checked_reading(app)
    name = reading.state.current.active or ""
    old = app.store.load(name)
    # Our own helper is no finding; another command has been refused. An alias is the user's own choice.
    meant, line_notes = unglued(reading.values)
    values = {
        slot: value
        for slot, value in meant.items()
        if slot != HELPER_KEY and (slot != MODEL or old.models.setting or not is_alias(value))
    }
    key_notes = [*line_notes, *_find_key(values, name)]
    changed = {change.slot for change in reading.changes} | (set(meant) - set(reading.values))
    # A route that is gone beside the same key is a slip; another key may have a default config.
    unrouted = old.route.kind == "none" or (not changed.isdisjoint(WAYS_TO_A_KEY) and needs_no_route(meant))
    found = recognise(values, name, app.locations.settings_path, unrouted=unrouted)
    if found.data["route"]["kind"] == "none" != old.route.kind and not slugs_by(values):
        key_notes.append(KEY_DECIDES)
    try:
        profile = parse_profile(merged(old, found, meant, changed), stored=True)
    except FieldError as error:
        raise PkccError(
            f"The settings as they are now make no valid profile: {error.text()}",
            "`pkcc-tray restore` writes the profile again; or correct them.",
        ) from None
    secrets = _found_keys(old, profile, found, reading)
    if secrets:
        offer_place()
    (profile,), secrets, notes = beside_stored(app, [profile], secrets)
    before, written = (expected_values(render(each, config_of(each)), None) for each in (old, profile))
    _check_address(_own_changes(reading), before, written, is_own_address)
    slots = [change.slot for change in _own_changes(reading)]
    if profile.models.setting != old.models.setting and MODEL not in slots:
        slots.append(MODEL)
    with app.steps.doing("adopt", f"adopt {_in_short(slots)} into {name}", name) as doing:
        if app.store.load(name) != old:
            raise ConflictError(
                f"The profile {name!r} was changed by something else meanwhile",
                "Look at it with `pkcc-tray show`, then adopt again.",
            )
        with keys_stored(app, doing, secrets):
            doing.write({name: encode_profile(profile)})
            outcome = app.within(doing.id).switcher.adopt(name, reading.values)
    key_stored = profile.api_key.removeprefix("keyring:") in secrets
    adopted = Adopted(name, slots, key_stored, sorted(secrets), outcome.written)
    notes = [*key_notes, *found.notes, *notes, *change_notes(outcome)]
    if profile.base_url != old.base_url:
        notes.append(f"requests, and the key with them, go to {profile.base_url} from now on")
    return adopted, tuple(notes)


def _find_key(values: dict[str, str], name: str) -> list[str]:
    """Have the key stand where a profile's does, wherever it was written; notes on that."""
    from profiles.importing.find_key import find_key, find_key_line

    notes: list[str] = []
    left_out: list[LeftOut] = []
    find_key_line(values, notes)
    find_key(values, name, left_out, notes)
    return [*notes, *(f"{part.what} is not taken: {part.reason}" for part in left_out)]


def _own_changes(reading: Reading) -> list[Change]:
    """Without proxies and certificates, which are no part of a profile."""
    return [change for change in reading.changes if not is_surrounding(change.slot)]


def _in_short(slots: list[str]) -> str:
    names = list(map(name_in, slots))
    return ", ".join(names) if len(names) < 3 else f"{len(names)} changes"


def _check_address(
    changes: list[Change],
    before: dict[str, str],
    written: dict[str, str],
    is_own: Callable[[str], bool] | None,
) -> None:
    """Raises ConflictError where a change decides where the key goes, and nobody said that this is right.

    `before` and `written` are what the profile wrote and would write: it may come out of another's line.
    """
    told = {change.slot for change in changes}
    besides = [each for each in compare(before, written, str.__eq__) if each.slot not in told]
    alarming = [each for each in (*changes, *besides) if each.alarming and each.slot != HELPER_KEY]
    for change in alarming:
        if change.kind != "removed" and change.slot not in written:
            raise ConflictError(
                f"{_in_short([change.slot])} sends requests another way, which no profile can say", RESTORE
            )
    if not alarming:
        return
    first = alarming[0]
    became = "was removed" if first.kind == "removed" else f"is {first.actual} now"
    title = f"{_in_short([first.slot])} {became}, which decides where your key goes"
    if is_own is None:
        raise ConflictError(title, f"{RESTORE} Only if that address is yours: `pkcc-tray adopt --address`.")
    if not is_own(title):
        raise DeclinedError("Nothing was adopted", RESTORE)


def _checked_reading(app: App) -> Reading:
    """The settings, where there is something in them that can be adopted."""
    reading = app.switcher.read()
    current = reading.state.current
    if reading.problem is not None:
        raise reading.problem
    if current.active is None:
        raise ConflictError("No profile is in use", "`pkcc-tray import` makes a profile of the settings.")
    if not (reading.changes or reading.picked_model):
        raise ConflictError(
            "Nothing was changed since the profile was written", "`pkcc-tray status` shows the settings."
        )
    if reading.condition == "gone":
        raise ConflictError(
            "The settings file is gone, so there is nothing to adopt",
            "`pkcc-tray restore` writes the profile again, `pkcc-tray off` leaves it.",
        )
    foreign = [change.slot.removeprefix("env.") for change in reading.changes if is_surrounding(change.slot)]
    if len(foreign) == len(reading.changes) and not reading.picked_model:
        raise ConflictError(
            f"{', '.join(foreign)} {'is' if len(foreign) == 1 else 'are'} no part of a profile",
            f"`pkcc-tray restore` puts back what was there, `pkcc-tray switch {current.active}` accepts it.",
        )
    if not same_profile(current.rendered, app.store.rendered(current.active)):
        raise ConflictError(
            f"{current.active!r} and the settings were both changed since the last switch",
            "`pkcc-tray restore` writes the profile as it is now over the settings.",
        )
    if any(change.slot == HELPER_KEY and change.kind != "removed" for change in reading.changes):
        raise ConflictError(
            "apiKeyHelper was changed to another command, and a command is never adopted",
            "`pkcc-tray restore` puts ours back.",
        )
    return reading


def _found_keys(old: Profile, profile: Profile, found: Recognised, reading: Reading) -> dict[str, Secret]:
    """The keys that are in the settings and are to be stored, by name."""
    from profiles.base.secret import Secret
    from profiles.base.secret_checks import check_secret
    from profiles.switching.memory.state import secret_digest

    kept = profile.model_dump_json()
    secrets = {
        key_name: Secret(text) for key_name, text in found.secrets.items() if f"keyring:{key_name}" in kept
    }
    state = reading.state
    known = state.current.digests.get(old.api_key)
    if found.key is not None and known != secret_digest(state.salt, found.key):
        if not old.api_key.startswith("keyring:"):
            raise ConflictError(
                "The key in the settings was changed, and the profile's key lies elsewhere",
                "Change it there, then `pkcc-tray restore`.",
            )
        secrets[old.api_key.removeprefix("keyring:")] = check_secret(found.key, "The key in the settings")
    return secrets
