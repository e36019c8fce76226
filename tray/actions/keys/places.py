"""Where keys can be kept on this machine: the system keyring and the vault, as they are now."""

from __future__ import annotations

import os

from profiles.base.errors import NotUnlockedError, PkccError, SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import PASSPHRASE_VARIABLE, SECRETS_VARIABLE

if TYPE_CHECKING:
    from typing import Literal

    from tray.app import App

    Condition = Literal["works", "locked", "closed", "missing"]


class Place(NamedTuple):
    """One place: a vault that does not open is `closed`; `problem` and `remedy` say why it cannot be used."""

    condition: Condition
    problem: str = ""
    remedy: str = ""


class Places(NamedTuple):
    """Both, the one that takes new keys ("" for none), and how the vault is opened ("" without one).

    `fixed`: PKCC_SECRETS says which, so that no preference can.
    """

    keyring: Place
    vault: Place
    for_new: Literal["keyring", "vault", ""]
    opened_by: str
    directory: str
    fixed: bool


def key_places(app: App) -> Places:
    """How they stand. Asks nobody, and writes nothing."""
    backends = app.secrets.backends
    choice, fixed = backends.choice(), app.environ.get(SECRETS_VARIABLE, "auto") not in ("", "auto")
    keyring = Place("missing") if choice == "vault" and fixed else _keyring(app)
    vault = _vault(app)
    opened_by = "" if vault.condition == "missing" else backends.vault().opened_by()
    directory = os.path.join(app.locations.data_dir, "vault")
    return Places(keyring, vault, _for_new(choice, keyring, vault), opened_by, directory, fixed)


def asks_passphrase(app: App, places: Places, key: str) -> bool:
    """Whether that key ("" for a new one) lies in a vault, or would, that waits for its passphrase."""
    holder = (app.secrets.where(key) if key else None) or places.for_new
    return holder == "vault" and places.vault.condition == "locked"


def _keyring(app: App) -> Place:
    try:
        is_open = app.secrets.backends.keyring().is_open()
    except NotUnlockedError as error:
        return Place("locked", error.title, error.hint)
    except SecretUnavailableError as error:
        return Place("missing", error.title, error.hint)
    return Place("works" if is_open else "locked")


def _vault(app: App) -> Place:
    if not app.secrets.backends.vault().initialised():
        return Place("missing")
    if app.secrets.backends.vault().opened_by() == "passphrase" and not app.environ.get(PASSPHRASE_VARIABLE):
        return Place("locked")
    try:
        app.secrets.backends.check_vault()
    except PkccError as error:
        return Place("closed", error.title, error.hint)
    return Place("works")


def _for_new(choice: str, keyring: Place, vault: Place) -> Literal["keyring", "vault", ""]:
    """As `Backends.for_new` finds it, without trying: a keyring that is locked asks first."""
    if choice == "vault":
        return "vault"
    if choice == "keyring" or keyring.condition != "missing":
        return "keyring" if keyring.condition != "missing" else ""
    return "" if vault.condition == "missing" else "vault"
