"""The operating system's keyring through `keyring`: its class named here, every call limited to 3 s.

A scan for backends is never made: with `keyrings.alt` installed and no Secret Service running, the scan
picks a file of base64 (measured; docs/decisions). What each failure means is `_MEANINGS`.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, cast

from profiles.errors import SecretUnavailableError
from profiles.secret_text import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol, TypeVar

    T = TypeVar("T")

    class PasswordStore(Protocol):
        """The part of `keyring.backend.KeyringBackend` that is used."""

        def get_password(self, service: str, username: str) -> str | None: ...  # noqa: D102
        def set_password(self, service: str, username: str, password: str) -> None: ...  # noqa: D102
        def delete_password(self, service: str, username: str) -> None: ...  # noqa: D102


SERVICE = "pkcc-tray"
LIMIT_S = 3.0
_USE_VAULT = "or keep keys in an encrypted vault: `pkcc-tray key vault init`."
_NO_BUS = (
    "No system keyring can be reached",
    f"Start one (GNOME Keyring, KWallet, KeePassXC) in this session, {_USE_VAULT}",
)
_LOCKED = (
    "The system keyring is locked, or refused access",
    f"Unlock it and allow the access, then try again, {_USE_VAULT}",
)
_DISMISSED = (
    "The system keyring's question was dismissed, or nothing could show it",
    f"Try again where it can ask (a desktop session), {_USE_VAULT}",
)
_HUNG = (
    f"The system keyring did not answer within {LIMIT_S:g} seconds",
    f"Answer its question if one is open, else restart the keyring service, {_USE_VAULT}",
)
_CHANGED = ("The item changed in the system keyring meanwhile", "Try again.")
_WINDOWS = (
    "Windows Credential Manager refused",
    f"It does not work over SSH or in a service: sign in at the desktop, {_USE_VAULT}",
)
# By class name, so that explaining a failure imports nothing; several are no KeyringError at all.
_MEANINGS = {
    "TimeoutError": _HUNG,
    "KeyringLocked": _LOCKED,
    "LockedException": _LOCKED,
    "InitError": _DISMISSED,
    "PromptDismissedException": _DISMISSED,
    "SecretServiceNotAvailableException": _NO_BUS,
    "FileNotFoundError": _NO_BUS,
    "ConnectionError": _NO_BUS,
    "ItemNotFoundException": _CHANGED,
    "error": _WINDOWS,  # pywintypes.error
}


def service_of(own_dir: str | None) -> str:
    """`pkcc-tray`, or for a place the user chose a service of its own: equal key names must not meet."""
    if not own_dir:
        return SERVICE
    import hashlib

    place = os.path.normcase(os.path.abspath(own_dir))
    return f"{SERVICE}/{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}"


class KeyringBackend:
    """Secrets in the system keyring, as items of one service, the key's name as user name.

    `service` is `service_of` a place. `platform` is as in sys.platform; `library` replaces
    keyring's class in tests.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        platform: str = sys.platform,
        library: Callable[[], PasswordStore] | None = None,
        limit_s: float = LIMIT_S,
        service: str = SERVICE,
    ) -> None:
        self._service = service
        self._probe_service = f"{service} probe"
        self._limit_s = limit_s
        self._desktop_bus = platform not in ("darwin", "win32")
        self._address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
        self._fast = self._desktop_bus and library is None
        self._library = library or (lambda: _named_class(platform, self._address))
        self._store: PasswordStore | None = None

    def get(self, name: str) -> Secret | None:
        """The secret of a name, or None. Raises SecretUnavailableError, with what to do."""
        deadline = time.monotonic() + self._limit_s
        if self._fast and self._address:
            try:
                return _secret(self._read_fast(name))
            except TimeoutError as error:
                raise _explained(error) from None
            except Exception:  # noqa: BLE001, S110 - locked, refused or odd: the library knows all of these
                pass
        left = max(deadline - time.monotonic(), 0.0)
        return _secret(self._call(lambda store: store.get_password(self._service, name), left))

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret. Raises SecretUnavailableError."""
        self._call(lambda store: store.set_password(self._service, name, secret.reveal()))

    def delete(self, name: str) -> bool:
        """Remove a name; False when there was none. Raises SecretUnavailableError."""

        def remove(store: PasswordStore) -> bool:
            if store.get_password(self._service, name) is None:
                return False
            store.delete_password(self._service, name)
            return True

        return self._call(remove)

    def names(self) -> list[str]:
        """The names of our items, where the system can list them (Secret Service), else none."""
        usernames = getattr(self._loaded(), "usernames", None)
        return self._call(lambda _: cast("list[str]", usernames(self._service))) if usernames else []

    def check_usable(self) -> None:
        """Write, read back and remove an item of its own. Raises SecretUnavailableError when that fails."""
        name = f"probe-{os.getpid()}"
        value = os.urandom(8).hex()

        def round_trip(store: PasswordStore) -> bool:
            store.set_password(self._probe_service, name, value)
            same = store.get_password(self._probe_service, name) == value
            store.delete_password(self._probe_service, name)
            return same

        if not self._call(round_trip):
            raise SecretUnavailableError(
                "The system keyring gave back something else than was stored",
                f"Check which program provides it, {_USE_VAULT}",
            )

    def _read_fast(self, name: str) -> str | None:
        from profiles.secrets import _secret_service

        return _secret_service.read_password(self._address, self._service, name, self._limit_s)

    def _loaded(self) -> PasswordStore:
        if self._desktop_bus and not self._address:
            raise SecretUnavailableError(*_NO_BUS)
        if self._store is None:
            try:
                self._store = self._library()
            except Exception as error:  # noqa: BLE001 - whatever keeps the library from loading
                raise _explained(error) from None
        return self._store

    def _call(self, work: Callable[[PasswordStore], T], limit_s: float | None = None) -> T:
        from profiles.secrets.time_limit import within

        store = self._loaded()
        try:
            return within(self._limit_s if limit_s is None else limit_s, lambda: work(store))
        except TimeoutError as error:
            abandon = getattr(store, "abandon", None)
            if abandon is not None:
                abandon()
            raise _explained(error) from None
        except Exception as error:  # noqa: BLE001 - backends raise far more than KeyringError (facts)
            raise _explained(error) from None


def _named_class(platform: str, address: str) -> PasswordStore:
    """The library's class for a system, by name."""
    if platform == "darwin":
        from keyring.backends import macOS

        return cast("PasswordStore", macOS.Keyring())  # type: ignore[no-untyped-call]
    if platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        ring = WinVaultKeyring()  # type: ignore[no-untyped-call]
        ring.persist = "local machine"  # the library's default roams with a domain profile
        return cast("PasswordStore", ring)
    from profiles.secrets._secret_service_library import SecretServiceKeyring

    return SecretServiceKeyring(address)


def _secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _explained(error: Exception) -> SecretUnavailableError:
    """The failure in the user's words; the library's own text is left out, it could hold anything."""
    for kind in type(error).__mro__:
        if kind.__name__ in _MEANINGS:
            return SecretUnavailableError(*_MEANINGS[kind.__name__])
    return SecretUnavailableError(
        f"The system keyring failed ({type(error).__name__})", f"Check that it works, {_USE_VAULT}"
    )
