"""The places where keys lie: which there are, which of them holds a key, and which takes a new one."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from profiles.base.errors import (
    ConflictError,
    DamagedEntryError,
    NotUnlockedError,
    PkccError,
    SecretUnavailableError,
    UsageError,
)
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import SECRETS_VARIABLE
from profiles.base.secret_checks import is_key_name
from profiles.secrets.index import BACKENDS, Index, same_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from profiles.base.secret import Secret
    from profiles.secrets.backend import SecretBackend, SecretPaths, SystemKeyring
    from profiles.secrets.vault import Vault

_CHOICES = ("auto", *BACKENDS)
_PROBE_TRUST_S = 30.0  # a keyring that just answered is not asked again for so long


class Backends:
    """The system keyring and the vault, each made when it is first asked for. See `SecretStore`."""

    def __init__(
        self,
        locations: SecretPaths,
        environ: Mapping[str, str],
        ask_passphrase: Callable[[str], Secret] | None,
        on_question: Callable[[], None],
        keyring: SystemKeyring | None,
    ) -> None:
        self._data_dir = locations.data_dir
        self._own_dir: str | None = getattr(locations, "own_dir", None)
        self._config_dir: str = getattr(locations, "config_dir", "")
        self._environ = environ
        self._ask = ask_passphrase
        self._on_question = on_question
        self._keyring = keyring
        self._opened_vault: Vault | None = None
        self._probed_at = -_PROBE_TRUST_S

    def holder(self, name: str, index: Index, *, asking: bool = True) -> tuple[str, str | None]:
        """The stored spelling of a name and the backend that holds it: by the index, else by looking."""
        stored = same_name(name, index.holders)
        if stored is not None:
            return stored, index.holders[stored]
        stored = same_name(name, self.vault().names())
        if stored is not None:
            return stored, "vault"
        if self._wants_no_keyring():
            return name, None
        try:
            return name, "keyring" if self._in_keyring(name, asking=asking and not index.intact) else None
        except SecretUnavailableError:
            if not index.intact:
                raise  # it may well hold the key: "no such key" would be a guess
        return name, None

    def known(self, index: Index) -> dict[str, str]:
        """Name to backend: the index, the vault's files, and for a lost index what the keyring can list."""
        known = dict.fromkeys(self.vault().names(), "vault")
        if not index.intact and not self._wants_no_keyring():
            with suppress(SecretUnavailableError):  # a keyring that cannot be asked keeps its names
                known.update(dict.fromkeys(filter(is_key_name, self.of("keyring").names()), "keyring"))
        return known | index.holders

    def for_new(self) -> Literal["keyring", "vault"]:
        """The backend a new name goes to, as `choice` says.

        `vault` makes a key-file vault when there is none. Raises SecretUnavailableError when none is usable,
        UsageError for another value: plaintext is never a choice.
        """
        choice = self.choice()
        if choice == "vault":
            if not self.vault().initialised():
                with suppress(ConflictError):  # another process was faster: as good
                    self.vault().init("key-file")
            return "vault"
        try:
            self._probe_keyring()
        except SecretUnavailableError as reason:
            if choice == "keyring":
                raise
            if self.vault().initialised():
                return "vault"
            if isinstance(reason, NotUnlockedError):
                raise  # there is one
            raise SecretUnavailableError(
                f"There is no safe place for keys. {reason.title}",
                "Make an encrypted vault: `pkcc-tray key vault init`.",
            ) from None
        return "keyring"

    def choice(self) -> str:
        """What takes new keys: `auto`, `keyring` or `vault`, by PKCC_SECRETS, else by the preference."""
        choice = self._environ.get(SECRETS_VARIABLE) or _preferred(self._config_dir)
        if choice not in _CHOICES:
            raise UsageError("PKCC_SECRETS has an unknown value", f"Set it to one of {', '.join(_CHOICES)}.")
        return choice

    def of(self, holder: str) -> SecretBackend:
        """The backend of that name, `keyring` or `vault`."""
        return self.vault() if holder == "vault" else self.keyring()

    def store(self, holder: str, name: str, secret: Secret) -> None:
        """Have a backend hold a key: written, read back and compared, unless it holds that value already."""
        backend = self.of(holder)
        try:
            current = backend.get(name)
        except DamagedEntryError:
            current = None
        if current == secret:
            return
        backend.set(name, secret)
        if backend.get(name) != secret:
            raise SecretUnavailableError(
                f"The key '{name}' did not come back as it was stored",
                "Another program may be writing it too; try again.",
            )

    def keyring(self) -> SystemKeyring:
        """The system keyring."""
        if self._keyring is None:
            from profiles.secrets.system_keyring import KeyringBackend

            self._keyring = KeyringBackend(
                self._environ,
                service=service_of(self._own_dir),
                on_question=self._on_question,
                turn_path=os.path.join(self._data_dir, "keyring.lock"),
            )
        return self._keyring

    def vault(self) -> Vault:
        """The vault, whether or not there is one yet."""
        if self._opened_vault is None:
            from profiles.secrets.vault import Vault

            self._opened_vault = Vault(self._data_dir, self._environ, self._ask)
        return self._opened_vault

    def check_keyring(self) -> None:
        """Return when the system keyring gives back what it is given, else raise SecretUnavailableError.

        Asks nobody: NotUnlockedError when it is locked.
        """
        if not self.keyring().is_open():
            raise self.locked()
        self.keyring().check_usable()

    def locked(self) -> NotUnlockedError:
        """What is said of a keyring that would have to ask its user."""
        from profiles.secrets.keyring_failures import LOCKED

        return NotUnlockedError(*LOCKED)

    def keyring_is_open(self) -> bool:
        """Whether the system keyring gives a key without a question to the user."""
        with suppress(SecretUnavailableError):
            return self.keyring().is_open()
        return False

    @property
    def asking(self) -> bool:
        """Whether the keyring's question to the user is open now."""
        return self._keyring is not None and self._keyring.asking

    def ask_again(self) -> None:
        """Let the user be asked again: a question that was refused is else not repeated by this process."""
        if self._keyring is not None:
            self._keyring.ask_again()

    def check_vault(self) -> None:
        """Return when there is no vault, or it opens; else raise SecretUnavailableError."""
        if self.vault().initialised():
            self.vault().check_usable()

    def _in_keyring(self, name: str, *, asking: bool) -> bool:
        keyring = self.keyring()
        try:
            return keyring.has(name)
        except NotUnlockedError:
            if not asking:
                raise
        return keyring.get(name) is not None

    def _wants_no_keyring(self) -> bool:
        """Whether the user said so: then it is not even asked, which may start one, or prompt."""
        return self._environ.get(SECRETS_VARIABLE) == "vault"

    def _probe_keyring(self) -> None:
        if time.monotonic() - self._probed_at > _PROBE_TRUST_S:
            self.of("keyring").check_usable()
            self._probed_at = time.monotonic()


def _preferred(config_dir: str) -> str:
    from profiles.files.preferences import load_preferences, path_in

    with suppress(PkccError):  # as if it said nothing
        if config_dir:
            return load_preferences(path_in(config_dir)).new_keys
    return "auto"


def service_of(own_dir: str | None) -> str:
    """`pkcc-tray`, or for a place the user chose a service of its own: equal key names must not meet."""
    from profiles.secrets.system_keyring import SERVICE

    if not own_dir:
        return SERVICE
    import hashlib

    place = os.path.normcase(os.path.abspath(own_dir))
    return f"{SERVICE}/{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}"
