"""`keyring`'s Secret Service class, with what it misses here. Its imports cost 100 ms: load it late."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, cast

import secretstorage
from jeepney.io.blocking import open_dbus_connection
from keyring.backends import SecretService
from keyring.errors import KeyringLocked
from secretstorage.exceptions import (
    ItemNotFoundException,
    PromptDismissedException,
    SecretServiceNotAvailableException,
)
from secretstorage.util import add_match_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from jeepney.io.blocking import DBusConnection

_TRIES = 5


class SecretServiceKeyring(SecretService.Keyring):
    """Secret Service on a named bus, closed even when it refuses; replaces an item without a prompt.

    Items are the library's own: the same collection, attributes and label.
    """

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring annotates only a part of itself
        self._address = address
        self._connection: DBusConnection | None = None

    def abandon(self) -> None:
        """End a call that hangs in another thread: its connection is shut, and with it any prompt."""
        import socket

        if self._connection is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The default collection, unlocked. Raises KeyringLocked, or what secretstorage raises."""
        try:
            connection = self._connection = open_dbus_connection(self._address)
        except TimeoutError:
            raise
        except (OSError, ValueError, RuntimeError) as error:  # no socket there, or not an address at all
            raise SecretServiceNotAvailableException(type(error).__name__) from error
        try:
            add_match_rules(connection)
            collection = secretstorage.get_default_collection(connection)
            _unlock(collection)
        except BaseException:
            connection.close()
            raise
        return collection

    def get_password(self, service: str, username: str) -> str | None:
        """The password, or None; looked for again when another program replaces the item meanwhile."""
        read = cast("Callable[[str, str], str | None]", super().get_password)
        for _ in range(_TRIES - 1):
            try:
                return read(service, username)
            except PromptDismissedException:  # an ItemNotFoundException, too: it would be asked once more
                raise
            except ItemNotFoundException:
                continue
        return read(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store as a new item, then remove older ones: asked to overwrite, KeePassXC hangs in a prompt."""
        collection = self.get_preferred_collection()
        attributes = {"service": service, "username": username}
        with closing(collection.connection):
            older = list(collection.search_items(attributes))
            label = f"Password for '{username}' on '{service}'"
            attributes["application"] = self.appid
            collection.create_item(label, attributes, password.encode(), replace=False)
            for item in older:
                item.delete()


def _unlock(collection: secretstorage.Collection) -> None:
    if collection.is_locked() and (collection.unlock() or collection.is_locked()):
        raise KeyringLocked
