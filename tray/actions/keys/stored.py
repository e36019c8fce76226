"""The stored keys: which there are, a new value for one and what it puts in force, and forgetting one."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import IDENTITY_VARIABLE, PASSPHRASE_VARIABLE, SECRETS_VARIABLE
from profiles.base.names import KEPT_PREFIX, is_kept_name
from profiles.gateway.check.kept_checks import forget_checks
from profiles.gateway.check.kept_key_tests import keep_key_test
from profiles.profile.under_policy import check_changing, check_storing
from tray.actions.keys.delete import delete_key
from tray.actions.keys.hand_out import key_users
from tray.actions.put_in_force import why_left_alone, write_pinned

if TYPE_CHECKING:
    from typing import Literal

    from profiles.base.secret import Secret
    from profiles.gateway.check.kept_key_tests import KeyTest
    from profiles.switching.switcher import Switcher
    from tray.app import App


class StoredKey(NamedTuple):
    """A key that was given a value, and whether settings were written again for it."""

    key: str
    stored_in: str | None
    replaced: bool
    applied: bool


class KeyRow(NamedTuple):
    """A key's name or reference, where it lies, and the profiles that use it."""

    name: str
    stored_in: str | None
    used_by: tuple[str, ...]
    present: bool | None


class KeyList(NamedTuple):
    """All keys: those of our own store, then the others."""

    keys: tuple[KeyRow, ...]


class ForgottenKey(NamedTuple):
    """The name of a key that is gone."""

    key: str


class MovedKey(NamedTuple):
    """A key that lies in another place now."""

    key: str
    stored_in: Literal["keyring", "vault"]


class VaultMade(NamedTuple):
    """A new vault: how it is opened, and where it lies."""

    unlock: str
    directory: str


def stored_name(app: App, name: str) -> str:
    """The name of the stored key that a profile's or a key's name means.

    Raises ConflictError for what is no key of a profile's, and for one that lies elsewhere.
    """
    from profiles.base.secret_checks import check_key_name, check_new_key_name

    if is_kept_name(name):
        raise ConflictError(
            f"Keys that begin with {KEPT_PREFIX!r} are values of yours, kept until `pkcc-tray off`",
            "Choose another name.",
        )
    try:
        reference = app.store.rendered(name).key_ref
    except (NotFoundError, UsageError):
        return check_key_name(name) if name in app.secrets.names() else check_new_key_name(name)
    scheme, _, target = reference.partition(":")
    if scheme == "vault" and app.environ.get(SECRETS_VARIABLE) == "vault":  # which is where it is stored then
        return target
    if scheme != "keyring":
        from profiles.base.secret_references.managers import how_changed

        raise ConflictError(
            f"The key of {name!r} lies elsewhere ({scheme}:…)",
            how_changed(reference)
            or f"Change it there, or run `pkcc-tray set {name} api_key keyring:{name}` first.",
        )
    return reference.removeprefix("keyring:")


def check_replaceable(app: App, name: str, key_name: str) -> None:
    """Raises NotFoundError when there is no key of that name yet."""
    if app.secrets.find(key_name) is None:
        raise NotFoundError(
            f"There is no key {key_name!r} to replace", f"`pkcc-tray key set {name}` stores one."
        )


def store_key(
    app: App, name: str, key_name: str, secret: Secret, test: KeyTest | None = None
) -> tuple[StoredKey, tuple[str, ...]]:
    """Give the key a value, and put it in force at once; `name` is what the person called it.

    `test`: what a test of that value has found.
    """
    check_storing()
    existed = app.secrets.where(key_name) is not None
    app.secrets.put(key_name, secret)
    applied, notes = _refreshed(app, key_name)
    users, broken = key_users(app)
    using = users.get(f"keyring:{key_name}", [])
    forget_checks(app.locations, using)
    keep_key_test(app.locations, f"keyring:{key_name}", test)
    others = [user for user in using if user != name]
    if others and name in using:
        notes.append(f"{', '.join(others)} use{'s' if len(others) == 1 else ''} the same key")
    if not existed and not broken and not using:
        notes.append(
            f"no profile uses the key {key_name!r}: `pkcc-tray set PROFILE api_key keyring:{key_name}`"
        )
    return StoredKey(key_name, app.secrets.where(key_name), existed, applied), tuple(notes)


def _refreshed(app: App, key_name: str) -> tuple[bool, list[str]]:
    """Write all settings again whose active profile uses the key; whether some were, and notes."""
    outcomes = [_refreshed_by(switcher, key_name) for switcher in app.all_switchers()]
    outcomes.append(_refreshed_in_projects(app, key_name))
    return any(applied for applied, _ in outcomes), [note for _, notes in outcomes for note in notes]


def _refreshed_by(switcher: Switcher, key_name: str) -> tuple[bool, list[str]]:
    reading = switcher.read()
    rendered = reading.state.current.rendered
    if rendered is None or f"keyring:{key_name}" not in [rendered.key_ref, *rendered.references()]:
        return False, []
    if reasons := why_left_alone(reading):
        return False, reasons
    try:
        # Running clients keep a helper's answer until the settings are written again (facts).
        switcher.refresh()
    except PkccError as error:
        return False, [f"{error.title}: the key is stored, but not in force yet"]
    return True, []


def _refreshed_in_projects(app: App, key_name: str) -> tuple[bool, list[str]]:
    """The projects that are pinned to a profile which uses the key."""
    using = key_users(app)[0].get(f"keyring:{key_name}", [])
    pinned = [write_pinned(app, name, always=True) for name in using]
    return any(each.applied for each in pinned), [note for each in pinned for note in each.notes]


def list_keys(app: App) -> tuple[KeyList, tuple[str, ...]]:
    """Every key's name, where it lies and which profiles use it; never a value."""
    users, broken = key_users(app)
    stored = {f"keyring:{key_name}": app.secrets.where(key_name) for key_name in app.secrets.names()}
    present = {reference: app.secrets.present(reference) for reference in users}  # without reading one
    rows: list[KeyRow] = []
    elsewhere: list[KeyRow] = []
    for reference in sorted({*stored, *users}):
        scheme, _, key_name = reference.partition(":")
        used_by = tuple(users.get(reference, ()))
        place = stored.get(reference)
        is_there = True if place else present.get(reference, False)
        if scheme != "keyring":
            shown = "cmd:[…]" if scheme == "cmd" else reference  # arguments may hold anything
            elsewhere.append(KeyRow(shown, None if is_there is False else scheme, used_by, is_there))
        elif not is_kept_name(key_name):  # the user's own values of before the first switch
            rows.append(KeyRow(key_name, place, used_by, is_there))
    notes = [
        f"{name!r} cannot be read, so its key may look unused: `pkcc-tray edit {name}`" for name in broken
    ]
    return KeyList((*rows, *elsewhere)), tuple(notes)


def move_key(app: App, key_name: str, holder: Literal["keyring", "vault"]) -> MovedKey:
    """Have the other place hold a key. Raises NotFoundError, ConflictError, SecretUnavailableError.

    A profile that asks the vault for it by name keeps it there.
    """
    check_storing()
    users = key_users(app)[0].get(f"vault:{key_name}", [])
    if holder == "keyring" and users:
        raise ConflictError(
            f"{', '.join(users)} asks the vault for the key {key_name!r}",
            f"Have it use keyring:{key_name}, which finds the key in either place.",
        )
    app.secrets.move(key_name, holder)
    return MovedKey(key_name, holder)


def refuse_used(app: App, key_name: str) -> None:
    """Raises ConflictError while profiles use the key."""
    if users := key_users(app)[0].get(f"keyring:{key_name}", []):
        raise ConflictError(
            f"The key {key_name!r} is used by {', '.join(users)}",
            "Give them another key first, or say --force.",
        )


def forget_key(app: App, key_name: str) -> ForgottenKey:
    """Delete a key permanently. Raises NotFoundError, with the nearest name, where there is none."""
    check_changing()
    try:
        delete_key(app, key_name)
    except NotFoundError as error:
        raise NotFoundError(error.title, _nearest(key_name, app)) from None
    return ForgottenKey(key_name)


def _nearest(key_name: str, app: App) -> str:
    from difflib import get_close_matches

    names = [known for known in app.secrets.names() if not is_kept_name(known)]
    near = get_close_matches(key_name, names, n=1)
    return (f"Did you mean {near[0]!r}? " if near else "") + "`pkcc-tray key list` shows all."


_UNLOCKED_BY = {"passphrase": PASSPHRASE_VARIABLE, "environment": IDENTITY_VARIABLE}


def make_vault(
    app: App, unlock: Literal["key-file", "passphrase", "environment"], passphrase: Secret | None = None
) -> tuple[VaultMade, tuple[str, ...]]:
    """Make the encrypted vault, which then takes new keys when there is no usable keyring.

    Its passphrase is asked for at the terminal where none is given.
    """
    check_storing()
    app.secrets.vault_init(unlock, passphrase)
    notes = []
    if variable := _UNLOCKED_BY.get(unlock):
        notes.append(
            f"Claude Code runs the key helper where nobody can be asked: {variable} must be set where it is "
            "started, or a switched profile gets no key"
        )
    return VaultMade(unlock, os.path.join(app.locations.data_dir, "vault")), tuple(notes)
