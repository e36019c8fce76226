"""Deleting a key permanently, with every copy of it that was kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.gateway.check.kept_key_tests import keep_key_test

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from tray.app import App


def delete_key(app: App, key_name: str) -> None:
    """Delete a stored key, and what was kept of the user's own settings where that is the same key.

    Raises NotFoundError, or SecretUnavailableError where its place refuses.
    """
    secret: Secret | None = None
    with suppress(PkccError):  # a damaged one can be deleted all the same
        secret = app.secrets.resolve(f"keyring:{key_name}")
    app.secrets.delete(key_name)
    keep_key_test(app.locations, f"keyring:{key_name}", None)
    for switcher in app.all_switchers():
        with suppress(PkccError):  # the key is gone: a settings file in use elsewhere does not change that
            switcher.forget_copies(secret)
