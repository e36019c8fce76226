"""What several commands need: completing names, describing a profile, putting a changed profile in force."""

from __future__ import annotations

from profiles.errors import PkccError
from profiles.records import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from profiles.model import Profile
    from profiles.rendering import Rendered
    from profiles.secret_text import Secret
    from tray.app import App


def add_name(
    parser: argparse.ArgumentParser, name: str = "name", help_text: str = "a profile's name"
) -> None:
    """Declare a positional argument that is a profile's name, with completion."""
    action = parser.add_argument(name, metavar="NAME" if name == "name" else name.upper(), help=help_text)
    action.completer = complete_profiles  # type: ignore[attr-defined]


def complete_profiles(parsed_args: argparse.Namespace | None = None, **_: Any) -> list[str]:
    """Profile names, for the shell's completion; those of `--config-dir` where it was given."""
    import os

    from profiles.locations import find_locations
    from profiles.store import ProfileStore

    return ProfileStore(find_locations(os.environ, getattr(parsed_args, "config_dir", None))).names()


def describe_rendered(rendered: Rendered) -> dict[str, Any]:
    """A profile in a few words, from its rendering."""
    from profiles.templates import has_secret

    return {
        "name": rendered.name,
        "label": rendered.label,
        "dialect": rendered.dialect,
        "route": rendered.hint,
        "key": rendered.key_ref if not has_secret(rendered.key_ref) else "",
        "key_delivery": "helper" if rendered.helper else "settings",
    }


def written_by(rendered: Rendered, helper_command: str | None) -> dict[str, str]:
    """What a profile writes into the settings, by slot, masked."""
    from profiles.rendering import expected_values
    from profiles.templates import mask

    return {slot: mask(template) for slot, template in expected_values(rendered, helper_command).items()}


def put_in_force(app: App, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Write the settings again when the changed profile is the active one; says so.

    Nothing is written over values that somebody changed outside: those wait for `restore` or `adopt`.
    """
    reading = app.switcher.read()
    if reading.state.current.active != name:
        return {"applied": False}, ()
    if reading.problem is not None:
        return {"applied": False}, (f"{reading.problem.title}: the settings were left as they are",)
    if reading.changes:
        note = "the settings were changed outside, so they were left alone: see `pkcc-tray status`"
        return {"applied": False}, (note,)
    try:
        outcome = app.switcher.switch(name)
    except PkccError as error:
        return {"applied": False}, (f"{error.title}: the settings still carry the profile as it was before",)
    return {"applied": True, "written": outcome.written}, ()


def key_users(app: App) -> tuple[dict[str, list[str]], list[str]]:
    """For each reference to a secret the profiles that use it; and the profiles that cannot be read."""
    users: dict[str, list[str]] = {}
    broken: list[str] = []
    for name in app.store.names():
        try:
            rendered = app.store.rendered(name)
        except PkccError:
            broken.append(name)
            continue
        for reference in dict.fromkeys([rendered.key_ref, *rendered.references()]):
            users.setdefault(reference, []).append(name)
    return users, broken


def ensure_place(app: App) -> None:
    """Where there is no keyring, make a vault on the word of the person at the terminal.

    Raises SecretUnavailableError when they do not want one; does nothing when nobody can be asked.
    """
    from profiles.errors import SecretUnavailableError
    from tray.prompts import confirm, say

    if not app.interactive:
        return
    try:
        app.secrets.backend_for_new()
    except SecretUnavailableError as error:
        if app.environ.get("PKCC_SECRETS") == "keyring":
            raise
        say(f"{error.title}.")
        if not confirm("Make an encrypted vault, and keep keys there?", default=False):
            raise
        app.secrets.vault_init("key-file")


def store_all(app: App, profiles: Sequence[Profile], secrets: dict[str, Secret], *, replace: bool) -> None:
    """Store secrets (by key name) and profiles: all of them, or what is new among them is taken back."""
    new_keys: list[str] = []
    new_profiles: list[str] = []
    names = app.store.names()
    if secrets:
        ensure_place(app)
    try:
        for key_name, secret in secrets.items():
            if app.secrets.where(key_name) is None:
                new_keys.append(key_name)
            app.secrets.put(key_name, secret)
        for profile in profiles:
            app.store.save(profile, replace=replace)
            if profile.name not in names:
                new_profiles.append(profile.name)
    except BaseException:
        for name in new_profiles:
            app.store.remove(name)
        for key_name in new_keys:
            if app.secrets.where(key_name) is not None:
                app.secrets.delete(key_name)
        raise


def key_state(app: App, profile: Profile) -> dict[str, Any]:
    """Where the profile's key lies, and whether it is there (asked without reading it, where that can be)."""
    reference = profile.api_key
    if not reference.startswith("keyring:"):
        return {"reference": reference, "stored_in": None, "present": None}
    where = app.secrets.where(reference.removeprefix("keyring:"))
    return {"reference": reference, "stored_in": where, "present": where is not None}
