"""Where secrets lie: one store over the system keyring, the embedded vault, and references elsewhere.

Importing this is cheap, and resolving loads only the backend that holds the key: `apiKeyHelper` waits for it.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, nullcontext, suppress

from profiles.base.errors import ConflictError, DamagedEntryError, SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import SECRETS_VARIABLE
from profiles.base.secret_checks import check_form, check_storable
from profiles.base.secret_references.parse import parse_reference
from profiles.secrets.backends import Backends
from profiles.secrets.index import no_such_key, read_index, same_name, write_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Literal

    from profiles.base.secret import Secret
    from profiles.base.secret_references.parse import Reference
    from profiles.secrets.backend import SecretPaths, SystemKeyring


class SecretStore:
    """Keys by name, in whichever backend holds them, and references to secrets elsewhere.

    `locations` has `data_dir`, and `own_dir` when the user chose a place: its items in the keyring are
    apart from those of every other place. `ask_passphrase` gets a prompt and returns what was typed; without
    it only the environment can give the vault's passphrase. `on_question` is called when the keyring's own
    question to the user stays open. `keyring` replaces the system keyring in tests. What is `around` each
    resolving leaves the terminal to it: a vault, `op` or a command may ask there.
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
        self.index_path = os.path.join(locations.data_dir, "keys.json")
        self._lock_path = f"{self.index_path}.lock"
        self._environ = environ
        self.around: Callable[[], AbstractContextManager[object]] = nullcontext
        self._may_ask = True
        self.backends = Backends(locations, environ, ask_passphrase, on_question, keyring)

    def resolve(self, reference: str) -> Secret:
        """The secret a reference names.

        Raises UsageError for a malformed reference or a text that is no key, NotFoundError when no key has
        that name, SecretUnavailableError when its backend cannot give it now.
        """
        parsed = parse_reference(reference)
        if not (self._may_ask or self.asks_nobody(reference)):
            raise self.backends.locked()
        with self.around():
            return self._resolved(parsed)

    def _resolved(self, parsed: Reference) -> Secret:
        if parsed.scheme == "keyring":
            return self._stored(parsed.target)
        if parsed.scheme == "vault":
            return _found(
                self.backends.vault().get(parsed.target), parsed.target, f"{SECRETS_VARIABLE}=vault "
            )
        from profiles.secrets import external

        if parsed.scheme == "env":
            return external.read_env(parsed.target, self._environ)
        if parsed.scheme == "file":
            return external.read_file(parsed.target, self._environ)
        if parsed.scheme == "cmd":
            return external.run_command(parsed.argv, self._environ)
        from profiles.secrets.managers.ask import ask_manager

        return ask_manager(parsed, self._environ)

    def put(self, name: str, secret: Secret) -> str:
        """Store a key and return its reference, `keyring:NAME`.

        Written, read back and compared; one that already holds the same value is not written again, since
        macOS asks the user after every rewrite. A known name stays in its backend, a new one goes to
        `backends.for_new()`. Raises ConflictError for a name that differs from a stored one only in case,
        UsageError for an unfit name or value, SecretUnavailableError from the backend.
        """
        check_storable(secret, f"The key '{check_form(name)}'")
        known = self.backends.known(read_index(self.index_path))
        stored = same_name(name, known)
        self._ask_first(name, self.backends.for_new() if stored is None else known[stored])
        with self._locked():
            index = read_index(self.index_path)
            known = self.backends.known(index)
            stored = same_name(name, known)
            if stored not in (None, name):
                raise ConflictError(
                    f"There is a key named '{stored}' already", "Use that spelling, or another name."
                )
            holder = known.get(name) or self.backends.for_new()
            self.backends.store(holder, name, secret)
            if index.holders.get(name) != holder or not index.intact:
                write_index(self.index_path, {**known, name: holder}, index.damaged)
        return f"keyring:{name}"

    def delete(self, name: str) -> None:
        """Remove a key. Raises NotFoundError, or SecretUnavailableError when its backend refuses."""
        self._ask_first(*self._holder(check_form(name)))
        with self._locked():
            index = read_index(self.index_path)
            spelling, holder = self.backends.holder(name, index)
            if holder is None:
                raise no_such_key(name)
            self.backends.of(holder).delete(spelling)
            known = self.backends.known(index)
            if known.pop(spelling, None) or not index.intact:
                write_index(self.index_path, known, index.damaged)

    def move(self, name: str, holder: Literal["keyring", "vault"]) -> None:
        """Have another backend hold a key: written and read back there before it is removed here.

        Raises NotFoundError, or SecretUnavailableError from either backend: then it lies where it did.
        """
        self._ask_first(*self._holder(check_form(name)))
        self._ask_first(name, holder)
        with self._locked():
            index = read_index(self.index_path)
            spelling, before = self.backends.holder(name, index)
            if before == holder:
                return
            self.backends.store(holder, spelling, self._stored(spelling))
            write_index(self.index_path, {**self.backends.known(index), spelling: holder}, index.damaged)
            self.backends.of("vault" if holder == "keyring" else "keyring").delete(spelling)

    def where(self, name: str) -> str | None:
        """The backend that holds a key, `keyring` or `vault`; None when there is no such key.

        Asks nobody: None too where a keyring that is locked, or cannot be reached, might hold it.
        """
        with suppress(SecretUnavailableError):
            return self._holder(check_form(name), asking=False)[1]
        return None

    def find(self, name: str) -> str | None:
        """As `where`, but the user may be asked. Raises SecretUnavailableError where it is not known."""
        return self._holder(check_form(name))[1]

    def present(self, reference: str) -> bool | None:
        """Whether a reference leads to a key; None where only reading it, or asking, would show."""
        scheme, _, target = reference.partition(":")
        if scheme == "keyring":
            try:
                return self._holder(check_form(target), asking=False)[1] is not None
            except SecretUnavailableError:
                return None
        if scheme == "vault":
            return self.where(target) == "vault"
        if scheme == "env":
            return bool(self._environ.get(target))
        if scheme == "file":
            return os.path.isfile(os.path.expanduser(target))
        return None

    def asks_nobody(self, reference: str) -> bool:
        """Whether the key can be had without any question to its user."""
        scheme, _, name = reference.partition(":")
        if scheme == "keyring":
            return self.where(name) == "vault" or self.backends.keyring_is_open()
        from profiles.base.secret_references.managers import manager_of

        manager = manager_of(reference)
        return manager is None or not manager.may_ask  # 1Password asks for a finger, and each process anew

    def indexed(self) -> frozenset[str]:
        """The names in the index: all keys but those that came past it. Loads neither vault nor keyring."""
        return frozenset(read_index(self.index_path).holders)

    def names(self) -> list[str]:
        """Every key name known, sorted; with the index lost, what vault and keyring can list themselves."""
        return sorted(self.backends.known(read_index(self.index_path)))

    def _holder(self, name: str, *, asking: bool = True) -> tuple[str, str | None]:
        return self.backends.holder(name, read_index(self.index_path), asking=asking)

    def _stored(self, name: str) -> Secret:
        spelling, holder = self._holder(name)
        return _found(None if holder is None else self.backends.of(holder).get(spelling), name)

    def _ask_first(self, name: str, holder: str | None) -> None:
        """Have the user asked before a lock is taken: other processes wait for that for some seconds only."""
        if holder == "keyring" and not self.backends.keyring().is_open():
            if not self._may_ask:
                raise self.backends.locked()
            with suppress(DamagedEntryError):
                self.backends.keyring().get(name)

    def asking_nobody(self) -> SecretStore:
        """The same store for what no person waits for: what takes a question to its user is not available."""
        other = object.__new__(SecretStore)
        other.__dict__.update(self.__dict__, _may_ask=False)
        return other

    def ask_again(self) -> None:
        """Let the user be asked again: a question that was refused is else not repeated by this process."""
        self.backends.ask_again()

    def vault_init(
        self,
        mode: Literal["key-file", "passphrase", "environment"] = "key-file",
        passphrase: Secret | None = None,
    ) -> None:
        """Make the vault; its identity in a key file, under a passphrase, or from PKCC_VAULT_IDENTITY.

        The passphrase is asked for where none is given. Raises ConflictError when there is one already.
        """
        self.backends.vault().init(mode, passphrase)

    def changes(self) -> int:
        """A number that differs after any key was stored or removed, by any process; costs one `stat`."""
        try:
            return os.stat(self._lock_path).st_mtime_ns
        except OSError:
            return 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from profiles.files.locks import locked
        from profiles.files.temporary import remove_temp_files

        with locked(self._lock_path):
            remove_temp_files(self.index_path)  # what a killed run left
            try:
                yield
            finally:
                now = time.time_ns()
                with suppress(OSError):  # it only tells those who keep a key in memory
                    os.utime(self._lock_path, ns=(now, now))


def _found(secret: Secret | None, name: str, where: str = "") -> Secret:
    if secret is None:
        raise no_such_key(name, where)
    return secret
