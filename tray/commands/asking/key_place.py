"""A new profile's key: its place, which is made where there is none yet, and the questions for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import SecretUnavailableError
from profiles.base.locations import SECRETS_VARIABLE
from profiles.profile.under_policy import check_storing

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from tray.app import App


def ensure_place(app: App) -> None:
    """Where there is no keyring, make a vault if the person at the terminal agrees.

    Raises SecretUnavailableError when they do not want one; does nothing when nobody can be asked.
    """
    from tray.terminal.prompts import confirm, say

    check_storing()
    if not app.interactive:
        return
    try:
        app.secrets.backends.for_new()
    except SecretUnavailableError as error:
        if app.environ.get(SECRETS_VARIABLE) == "keyring":
            raise
        say(f"{error.title}.")
        say(
            "A vault is an encrypted file for each key, with what opens them beside it: a copy of one file "
            "is of no use, but a program that runs as you can read them all."
        )
        if not confirm("Make an encrypted vault, and keep keys there?", default=False):
            raise
        app.secrets.vault_init("key-file")


def has_place(app: App) -> bool:
    """Whether keys can be kept: else a vault is offered, before anything is asked in vain.

    Without one, a person may go on without a key. Raises SecretUnavailableError where they do not want to.
    """
    from tray.terminal.prompts import confirm

    try:
        ensure_place(app)
    except SecretUnavailableError:
        if not confirm("Go on without a key?", default=True):
            raise
        return False
    return True


def uses_stored(app: App, name: str) -> bool:
    """Whether a key of that name is there already, and a person wants that one."""
    from tray.terminal.prompts import confirm

    return app.secrets.where(name) is not None and confirm(f"Use the stored key {name!r}?", default=True)


def ask_new_key() -> Secret | None:
    """The key that a person types; None for an empty answer: it is given later."""
    from tray.terminal.prompts import ask_secret

    return ask_secret("Portkey API key (hidden; empty to give it later)", "The key")
