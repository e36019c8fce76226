"""Where secrets lie: one store over the system keyring, the embedded vault, and references elsewhere.

Importing this is cheap, and resolving loads only the backend that holds the key: `apiKeyHelper` waits for it.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

from profiles.base.errors import (
    ConflictError,
    NotFoundError,
    NotUnlockedError,
    SecretUnavailableError,
    UsageError,
)
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import SECRETS_VARIABLE
from profiles.base.secret_checks import check_form, check_name, check_secret, check_storable, is_key_name
from profiles.base.secret_references import Reference, parse_reference
from profiles.secrets.damaged import DamagedEntryError
from profiles.secrets.index import BACKENDS, Index, read_index, same_name, write_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Literal

    from profiles.base.secret import Secret
    from profiles.secrets.backend import SecretBackend, SecretPaths, SystemKeyring
    from profiles.secrets.vault import Vault

__all__ = ["Reference", "SecretStore", "check_name", "check_secret", "parse_reference"]

_PROBE_TRUST_S = 30.0  # a keyring that just answered is not asked again for so long
_CHOICES = ("auto", *BACKENDS)


class SecretStore:
    """Keys by name, in whichever backend holds them, and references to secrets elsewhere.

    `locations` has `data_dir`, and `own_dir` when the user chose a place: its items in the keyring are
    apart from those of every other place. `ask_passphrase` gets a prompt and returns what was typed; without
    it only the environment can give the vault's passphrase. `on_question` is called when the keyring's own
    question to the user stays open. `keyring` replaces the system keyring in tests.
    """

    def __init__(
        self,
        locations: SecretPaths,
        environ: Mapping[str, str],
        ask_passphrase: Callable[[str], Secret] | None = None,
        *,
        on_question: Callable[[], None] = lambda: None,
        keyring: SystemKeyring | None = None,
    ) -> None:
        self._data_dir = locations.data_dir
        self._own_dir: str | None = getattr(locations, "own_dir", None)
        self._index_path = os.path.join(self._data_dir, "keys.json")
        self._lock_path = f"{self._index_path}.lock"
        self._environ = environ
        self._ask = ask_passphrase
        self._on_question = on_question
        self._keyring = keyring
        self._opened_vault: Vault | None = None
        self._probed_at = -_PROBE_TRUST_S

    def resolve(self, reference: str) -> Secret:
        """The secret a reference names.

        Raises UsageError for a malformed reference or a text that is no key, NotFoundError when no key has
        that name, SecretUnavailableError when its backend cannot give it now.
        """
        parsed = parse_reference(reference)
        if parsed.scheme == "keyring":
            return self._stored(parsed.target)
        if parsed.scheme == "vault":
            return _found(self._vault().get(parsed.target), parsed.target)
        from profiles.secrets import external

        if parsed.scheme == "env":
            return external.read_env(parsed.target, self._environ)
        if parsed.scheme == "file":
            return external.read_file(parsed.target, self._environ)
        if parsed.scheme == "op":
            return external.read_op(parsed.target, self._environ)
        return external.run_command(parsed.argv, self._environ)

    def put(self, name: str, secret: Secret) -> str:
        """Store a key and return its reference, `keyring:NAME`.

        Written, read back and compared; one that already holds the same value is not written again, since
        macOS asks the user after every rewrite. A known name stays in its backend, a new one goes to
        `backend_for_new()`. Raises ConflictError for a name that differs from a stored one only in case,
        UsageError for an unfit name or value, SecretUnavailableError from the backend.
        """
        check_storable(secret, f"The key '{check_form(name)}'")
        known = self._known(read_index(self._index_path))
        stored = same_name(name, known)
        self._ask_first(name, self.backend_for_new() if stored is None else known[stored])
        with self._locked():
            index = read_index(self._index_path)
            known = self._known(index)
            stored = same_name(name, known)
            if stored not in (None, name):
                raise ConflictError(
                    f"There is a key named '{stored}' already", "Use that spelling, or another name."
                )
            holder = known.get(name) or self.backend_for_new()
            _store(self._backend(holder), name, secret)
            if index.holders.get(name) != holder or not index.intact:
                write_index(self._index_path, {**known, name: holder}, index.damaged)
        return f"keyring:{name}"

    def delete(self, name: str) -> None:
        """Remove a key. Raises NotFoundError, or SecretUnavailableError when its backend refuses."""
        self._ask_first(*self._holder(check_form(name), read_index(self._index_path)))
        with self._locked():
            index = read_index(self._index_path)
            spelling, holder = self._holder(name, index)
            if holder is None:
                raise _no_such_key(name)
            self._backend(holder).delete(spelling)
            known = self._known(index)
            if known.pop(spelling, None) or not index.intact:
                write_index(self._index_path, known, index.damaged)

    def where(self, name: str) -> str | None:
        """The backend that holds a key, `keyring` or `vault`; None when there is no such key.

        Asks nobody: None too where a keyring that is locked, or cannot be reached, might hold it.
        """
        with suppress(SecretUnavailableError):
            return self._holder(check_form(name), read_index(self._index_path), asking=False)[1]
        return None

    def find(self, name: str) -> str | None:
        """As `where`, but the user may be asked. Raises SecretUnavailableError where it cannot be told."""
        return self._holder(check_form(name), read_index(self._index_path))[1]

    def present(self, reference: str) -> bool | None:
        """Whether a reference leads to a key; None where that cannot be told without reading it or asking."""
        scheme, _, target = reference.partition(":")
        if scheme == "keyring":
            try:
                return (
                    self._holder(check_form(target), read_index(self._index_path), asking=False)[1]
                    is not None
                )
            except SecretUnavailableError:
                return None
        if scheme == "vault":
            return self.where(target) == "vault"
        if scheme == "env":
            return bool(self._environ.get(target))
        if scheme == "file":
            return os.path.isfile(os.path.expanduser(target))
        return None

    def names(self) -> list[str]:
        """Every key name known, sorted; with the index lost, what vault and keyring can list themselves."""
        return sorted(self._known(read_index(self._index_path)))

    def backend_for_new(self) -> Literal["keyring", "vault"]:
        """The backend a new name goes to, as PKCC_SECRETS says (`auto`, `keyring`, `vault`).

        `vault` makes a key-file vault when there is none. Raises SecretUnavailableError when none is usable,
        UsageError for another value: plaintext is never a choice.
        """
        choice = self._environ.get(SECRETS_VARIABLE) or "auto"
        if choice not in _CHOICES:
            raise UsageError("PKCC_SECRETS has an unknown value", f"Set it to one of {', '.join(_CHOICES)}.")
        if choice == "vault":
            if not self._vault().initialised():
                with suppress(ConflictError):  # another process was faster: as good
                    self._vault().init("key-file")
            return "vault"
        try:
            self._probe_keyring()
        except SecretUnavailableError as reason:
            if choice == "keyring":
                raise
            if self._vault().initialised():
                return "vault"
            if isinstance(reason, NotUnlockedError):
                raise  # there is one
            raise SecretUnavailableError(
                f"There is no safe place for keys. {reason.title}",
                "Make an encrypted vault: `pkcc-tray key vault init`.",
            ) from None
        return "keyring"

    def check_keyring(self) -> None:
        """Return when the system keyring gives back what it is given, else raise SecretUnavailableError.

        Asks nobody: NotUnlockedError when it is locked.
        """
        if not self._system_keyring().is_open():
            from profiles.secrets.keyring_failures import LOCKED

            raise NotUnlockedError(*LOCKED)
        self._system_keyring().check_usable()

    def keyring_is_open(self) -> bool:
        """Whether the system keyring gives a key without a question to the user."""
        with suppress(SecretUnavailableError):
            return self._system_keyring().is_open()
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
        if self._vault().initialised():
            self._vault().check_usable()

    def vault_init(self, mode: Literal["key-file", "passphrase", "environment"] = "key-file") -> None:
        """Make the vault; its identity in a key file, under a passphrase, or from PKCC_VAULT_IDENTITY.

        Raises ConflictError when there is one already.
        """
        self._vault().init(mode)

    def _stored(self, name: str) -> Secret:
        spelling, holder = self._holder(name, read_index(self._index_path))
        return _found(None if holder is None else self._backend(holder).get(spelling), name)

    def _holder(self, name: str, index: Index, *, asking: bool = True) -> tuple[str, str | None]:
        """The stored spelling of a name and the backend that holds it: by the index, else by looking."""
        stored = same_name(name, index.holders)
        if stored is not None:
            return stored, index.holders[stored]
        stored = same_name(name, self._vault().names())
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

    def _in_keyring(self, name: str, *, asking: bool) -> bool:
        keyring = self._system_keyring()
        try:
            return keyring.has(name)
        except NotUnlockedError:
            if not asking:
                raise
        return keyring.get(name) is not None

    def _ask_first(self, name: str, holder: str | None) -> None:
        """Have the user asked before a lock is taken: other processes wait for that for some seconds only."""
        if holder == "keyring" and not self._system_keyring().is_open():
            with suppress(DamagedEntryError):
                self._system_keyring().get(name)

    def _wants_no_keyring(self) -> bool:
        """Whether the user said so: then it is not even asked, which may start one, or prompt."""
        return self._environ.get(SECRETS_VARIABLE) == "vault"

    def _known(self, index: Index) -> dict[str, str]:
        """Name to backend: the index, the vault's files, and for a lost index what the keyring can list."""
        known = dict.fromkeys(self._vault().names(), "vault")
        if not index.intact and not self._wants_no_keyring():
            with suppress(SecretUnavailableError):  # a keyring that cannot be asked keeps its names
                known.update(dict.fromkeys(filter(is_key_name, self._backend("keyring").names()), "keyring"))
        return known | index.holders

    def _backend(self, holder: str) -> SecretBackend:
        return self._vault() if holder == "vault" else self._system_keyring()

    def _system_keyring(self) -> SystemKeyring:
        if self._keyring is None:
            from profiles.secrets.system_keyring import KeyringBackend, service_of

            self._keyring = KeyringBackend(
                self._environ, service=service_of(self._own_dir), on_question=self._on_question
            )
        return self._keyring

    def _vault(self) -> Vault:
        if self._opened_vault is None:
            from profiles.secrets.vault import Vault

            self._opened_vault = Vault(self._data_dir, self._environ, self._ask)
        return self._opened_vault

    def _probe_keyring(self) -> None:
        if time.monotonic() - self._probed_at > _PROBE_TRUST_S:
            self._backend("keyring").check_usable()
            self._probed_at = time.monotonic()

    def changes(self) -> int:
        """A number that differs after any key was stored or removed, by whichever process; one `stat`."""
        try:
            return os.stat(self._lock_path).st_mtime_ns
        except OSError:
            return 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from profiles.files.locks import locked
        from profiles.files.temporary import remove_temp_files

        with locked(self._lock_path):
            remove_temp_files(self._index_path)  # what a killed run left
            try:
                yield
            finally:
                now = time.time_ns()
                with suppress(OSError):  # it only tells those who keep a key in memory
                    os.utime(self._lock_path, ns=(now, now))


def _store(backend: SecretBackend, name: str, secret: Secret) -> None:
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


def _found(secret: Secret | None, name: str) -> Secret:
    if secret is None:
        raise _no_such_key(name)
    return secret


def _no_such_key(name: str) -> NotFoundError:
    return NotFoundError(f"There is no key named '{name}'", f"Store it: `pkcc-tray key set {name}`.")
