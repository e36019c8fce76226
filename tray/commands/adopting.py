"""adopt: what was changed outside becomes the active profile's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError
from profiles.owned import HELPER_KEY
from profiles.rendering import same_profile
from profiles.surroundings import is_surrounding
from tray.commands._shared import change_notes
from tray.results import Result

if TYPE_CHECKING:
    from profiles.model import Profile
    from profiles.recognition import Recognised
    from tray.app import App


def adopt(app: App) -> Result:
    """Take outside changes into the active profile.

    Raises ConflictError when there are none, when profile and settings were both changed, and when the
    program that hands out the key was changed: that is never adopted.
    """
    from profiles.model import FieldError, parse_profile
    from profiles.recognition import recognise
    from profiles.secret_text import Secret

    reading = _checked_reading(app)
    current = reading.state.current
    name = current.active
    old = app.store.load(name)
    # Our own helper is no finding; another command has been refused.
    values = {slot: value for slot, value in reading.values.items() if slot != HELPER_KEY}
    found = recognise(values, name, app.locations.settings_path)
    changed = {change.slot for change in reading.changes}
    try:
        profile = parse_profile(_merged(old, found, reading.values, changed))
    except FieldError as error:
        raise PkccError(
            f"The settings as they are now make no valid profile: {error.text()}",
            "Mend them, or `pkcc-tray restore` writes the profile again.",
        ) from None
    stored = _keep_new_key(app, old.api_key, found.key, current.digests, reading)
    kept = profile.model_dump_json()
    for key_name, text in found.secrets.items():
        if f"keyring:{key_name}" in kept:
            app.secrets.put(key_name, Secret(text))
    app.store.modify(name, lambda now: _still(old, now, profile))
    outcome = app.switcher.switch(name, accepting=False)
    data = {
        "name": name,
        "adopted": [change.slot for change in reading.changes if not is_surrounding(change.slot)],
        "key_stored": stored,
        "written": outcome.written,
    }
    notes = [*found.notes, *change_notes(outcome)]
    if profile.base_url != old.base_url:
        notes.append(f"requests, and the key with them, go to {profile.base_url} from now on")
    return Result("adopted", data, tuple(notes))


def _still(old: Profile, now: Profile, adopted: Profile) -> Profile:
    """The profile to save; raises ConflictError when the one on disk is no longer what this began with."""
    if now != old:
        raise ConflictError(
            f"The profile {old.name!r} was changed by something else meanwhile",
            "Look at it with `pkcc-tray show`, then adopt again.",
        )
    return adopted


def _checked_reading(app: App) -> Any:
    """The settings, where there is something in them that can be adopted."""
    reading = app.switcher.read()
    current = reading.state.current
    if reading.problem is not None:
        raise reading.problem
    if current.active is None:
        raise ConflictError("No profile is active", "`pkcc-tray import` makes a profile of the settings.")
    if not reading.changes:
        raise ConflictError("Nothing was changed outside", "`pkcc-tray status` shows the settings.")
    if reading.condition == "gone":
        raise ConflictError(
            "The settings file is gone, so there is nothing to adopt",
            "`pkcc-tray restore` writes the profile again, `pkcc-tray off` leaves it.",
        )
    foreign = [change.slot.removeprefix("env.") for change in reading.changes if is_surrounding(change.slot)]
    if len(foreign) == len(reading.changes):
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


def _merged(old: Profile, found: Recognised, values: dict[str, str], changed: set[str]) -> dict[str, Any]:
    """The old profile's data with what was changed; what was not stays as it is spelled in the profile."""
    data: dict[str, Any] = {**old.model_dump(mode="json", exclude_unset=True), **found.data}
    for field in ("models", "metadata", "trace_id", "gateway", "vertex"):
        if field not in found.data:
            data.pop(field, None)
    data |= {"label": old.label, "api_key": old.api_key}
    if not changed & _ROUTE_SLOTS and old.dialect == found.data["dialect"]:
        data["route"] = old.model_dump(mode="json", exclude_unset=True)["route"]
    if not changed & _KEY_SLOTS:
        data |= {"key_delivery": old.key_delivery, "key_in": old.key_in}
    elif found.key is None and HELPER_KEY in values:
        data["key_delivery"] = "helper"
        data.pop("key_in", None)
    data["extra_env"] = _extra(old.extra_env, "env.", values, changed)
    new_headers = {
        name: text
        for name, text in found.data.get("extra_headers", {}).items()
        if f"header.{name}" in changed and name not in map(str.lower, old.extra_headers)
    }
    data["extra_headers"] = _extra(old.extra_headers, "header.", values, changed) | new_headers
    return data


_ROUTE_SLOTS = {f"header.x-portkey-{part}" for part in ("config", "virtual-key", "provider")}
_KEY_SLOTS = {HELPER_KEY, "env.ANTHROPIC_AUTH_TOKEN", "env.ANTHROPIC_API_KEY", "header.x-portkey-api-key"}


def _extra(old: dict[str, str], prefix: str, values: dict[str, str], changed: set[str]) -> dict[str, str]:
    """Extra variables or headers: a changed one as the settings say now, a removed one not at all."""
    slots = {name: prefix + (name.lower() if prefix == "header." else name) for name in old}
    now = {name: values.get(slot, "") if slot in changed else old[name] for name, slot in slots.items()}
    return {name: text for name, text in now.items() if text}


def _keep_new_key(app: App, reference: str, key: str | None, digests: dict[str, str], reading: Any) -> bool:
    """Store the key that somebody typed into the settings, when it is another one than the profile's."""
    from profiles.secrets import check_secret
    from profiles.state import secret_digest

    if key is None or digests.get(reference) == secret_digest(reading.state.salt, key):
        return False
    if not reference.startswith("keyring:"):
        raise ConflictError(
            "The key in the settings was changed, and the profile's key lies elsewhere",
            "Change it there, then `pkcc-tray restore`.",
        )
    app.secrets.put(reference.removeprefix("keyring:"), check_secret(key, "The key in the settings"))
    return True
