"""The `keyring` library's class for this system, by name: a scan for backends is never made.

With `keyrings.alt` installed and no Secret Service running, the scan picks a file of base64 (measured;
docs/decisions).
"""

from __future__ import annotations

from typing import Protocol, cast


class PasswordStore(Protocol):
    """The part of `keyring.backend.KeyringBackend` that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...  # noqa: D102
    def set_password(self, service: str, username: str, password: str) -> None: ...  # noqa: D102
    def delete_password(self, service: str, username: str) -> None: ...  # noqa: D102


def library_class(platform: str, address: str) -> PasswordStore:
    """The library's class for a system, by name."""
    if platform == "darwin":
        from keyring.backends import macOS

        return cast("PasswordStore", macOS.Keyring())  # type: ignore[no-untyped-call]
    if platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        ring = WinVaultKeyring()  # type: ignore[no-untyped-call]
        ring.persist = "local machine"  # the library's default roams with a domain profile
        return cast("PasswordStore", ring)
    from profiles.secrets.secret_service.keyring_class import SecretServiceKeyring

    return SecretServiceKeyring(address)
