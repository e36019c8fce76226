"""Making a place for keys, where there is none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import SecretUnavailableError
from profiles.base.locations import SECRETS_VARIABLE

if TYPE_CHECKING:
    from tray.app import App


def ensure_place(app: App) -> None:
    """Where there is no keyring, make a vault if the person at the terminal agrees.

    Raises SecretUnavailableError when they do not want one; does nothing when nobody can be asked.
    """
    from tray.terminal.prompts import confirm, say

    if not app.interactive:
        return
    try:
        app.secrets.backends.for_new()
    except SecretUnavailableError as error:
        if app.environ.get(SECRETS_VARIABLE) == "keyring":
            raise
        say(f"{error.title}.")
        if not confirm("Make an encrypted vault, and keep keys there?", default=False):
            raise
        app.secrets.vault_init("key-file")
