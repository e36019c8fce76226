"""adopt: what was changed outside becomes the active profile's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.errors import ConflictError, PkccError
from profiles.owned import HELPER_KEY
from tray.results import Result

if TYPE_CHECKING:
    from tray.app import App


def adopt(app: App) -> Result:
    """Take outside changes into the active profile. Raises ConflictError when there are none, or when the
    program that hands out the key was changed: that is never adopted.
    """  # noqa: D205
    from profiles.model import FieldError, parse_profile
    from profiles.recognition import recognise
    from profiles.secret_text import Secret

    reading = app.switcher.read()
    if reading.problem is not None:
        raise reading.problem
    current = reading.state.current
    if current.active is None or current.rendered is None:
        raise ConflictError("No profile is active", "`pkcc-tray import` makes a profile of the settings.")
    if not reading.changes:
        raise ConflictError("Nothing was changed outside", "`pkcc-tray status` shows the settings.")
    values = dict(reading.values)
    helper = [change for change in reading.changes if change.slot == HELPER_KEY]
    if helper and helper[0].kind != "removed":
        raise ConflictError(
            "apiKeyHelper was changed to another command, and a command is never adopted",
            "`pkcc-tray restore` puts ours back.",
        )
    old = app.store.load(current.active)
    found = recognise(values, current.active, app.locations.settings_path)
    data: dict[str, Any] = {
        **old.model_dump(mode="json", exclude_unset=True),
        **found.data,
        "label": old.label,
    }
    for field in ("models", "metadata", "trace_id", "gateway", "vertex"):
        if field not in found.data:
            data.pop(field, None)
    data["api_key"] = old.api_key
    data["extra_env"] = {name: values[f"env.{name}"] for name in old.extra_env if f"env.{name}" in values}
    data["extra_headers"] = {
        **found.data.get("extra_headers", {}),
        **{
            name: text
            for name, text in old.extra_headers.items()
            if values.get(f"header.{name.lower()}") == text
        },
    }
    if found.key is None and HELPER_KEY in values:
        data["key_delivery"] = "helper"
        data.pop("key_in", None)
    try:
        changed = parse_profile(data)
    except FieldError as error:
        raise PkccError(
            f"The settings as they are now make no valid profile: {error.text()}",
            "Mend them, or `pkcc-tray restore` writes the profile again.",
        ) from None
    stored = _keep_new_key(app, old.api_key, found.key, current.digests, reading)
    for key_name, text in found.secrets.items():
        app.secrets.put(key_name, Secret(text))
    app.store.save(changed, replace=True)
    outcome = app.switcher.switch(current.active)
    adopted = [change.slot for change in reading.changes]
    data = {"name": current.active, "adopted": adopted, "key_stored": stored, "written": outcome.written}
    return Result("adopted", data, tuple(found.notes))


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
