"""The embedded vault: one age file a key, readable by the `age` tool, for machines without a keyring.

    vault/vault.json        {"version": 1, "identity": "key-file", "recipient": "age1…"}
    vault/keys/NAME.age     the key's text, encrypted for that recipient
    vault/identity.txt      or identity.age, or the environment: see `vault_identity`

Directories 0700, files 0600. A key file beside the vault guards only against a copy of `keys/` alone leaking.
"""

from __future__ import annotations

import os

import pyrage

from profiles.base.errors import ConflictError, DamagedEntryError, SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import is_kept_name
from profiles.base.secret import Secret
from profiles.base.secret_checks import is_key_name
from profiles.files.json_documents import read_document, readable
from profiles.files.read import read_bytes
from profiles.secrets.vault_identity import INIT, KINDS, make_identity, read_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal

VERSION = 1
_ENDING = ".age"


class Vault:
    """Secrets as age files under `data_dir`/vault. The identity is unlocked once an instance."""

    def __init__(
        self, data_dir: str, environ: Mapping[str, str], ask_passphrase: Callable[[str], Secret] | None = None
    ) -> None:
        self._directory = os.path.join(data_dir, "vault")
        self._keys = os.path.join(self._directory, "keys")
        self._header_path = os.path.join(self._directory, "vault.json")
        self._environ = environ
        self._ask = ask_passphrase
        self._identity: Any = None

    def initialised(self) -> bool:
        """True when `init` has been done (whether or not the vault can be opened now)."""
        return os.path.exists(self._header_path)

    def opened_by(self) -> str:
        """How it is opened: `key-file`, `passphrase` or `environment`; "" where it cannot be told."""
        try:
            return self._header()["identity"]
        except SecretUnavailableError:
            return ""

    def init(
        self, mode: Literal["key-file", "passphrase", "environment"], passphrase: Secret | None = None
    ) -> None:
        """Make the vault. An identity that already lies there is taken up, so no key becomes unreadable.

        Raises ConflictError when there is a vault, SecretUnavailableError when the mode's passphrase or
        variable is missing or wrong.
        """
        from profiles.files.atomic_replace import write_private
        from profiles.files.directories import make_private_directory
        from profiles.files.locks import locked

        with locked(f"{self._directory}.lock"):
            if self.initialised():
                raise ConflictError("There is a vault already", "Use it: `pkcc-tray key set NAME`.")
            make_private_directory(self._keys)
            ask = self._ask if passphrase is None else _answering(passphrase)
            identity = make_identity(mode, self._directory, self._environ, ask)
            header = {"version": VERSION, "identity": mode, "recipient": str(identity.to_public())}
            write_private(self._header_path, readable(header))
            self._identity = identity

    def unlock(self, passphrase: Secret) -> None:
        """Open it with that. Raises SecretUnavailableError where it does not."""
        self._ask = _answering(passphrase)
        self._unlocked()

    def get(self, name: str) -> Secret | None:
        """The secret of a name, or None. Raises DamagedEntryError or SecretUnavailableError."""
        encrypted = read_bytes(self._path(name))
        if encrypted is None:
            return None
        identity = self._unlocked()
        try:
            return Secret(pyrage.decrypt(encrypted, [identity]).decode())
        except (pyrage.DecryptError, UnicodeDecodeError):
            # Only we know a kept value, so nobody could store it again.
            remove = f"Put it back from a backup, or remove {self._path(name)}: its place is then left empty."
            raise DamagedEntryError(
                f"The vault's file for the key '{name}' is damaged, or was made for another identity",
                remove if is_kept_name(name) else f"Store the key again: `pkcc-tray key set {name}`.",
            ) from None

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret, atomically and durably. Raises SecretUnavailableError."""
        from profiles.files.atomic_replace import write_private
        from profiles.files.temporary import remove_temp_files

        recipient = pyrage.x25519.Recipient.from_str(self._header()["recipient"])
        remove_temp_files(self._path(name))  # what a killed run left; the store's lock is held
        write_private(self._path(name), pyrage.encrypt(secret.reveal().encode(), [recipient]))

    def delete(self, name: str) -> bool:
        """Remove a name; False when there was none."""
        from profiles.files.directories import fsync_directory
        from profiles.files.refusals import writing_failed

        path = self._path(name)
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise writing_failed(path, error) from None
        fsync_directory(os.path.dirname(path))
        return True

    def names(self) -> list[str]:
        """The names that have a file, sorted."""
        files = [
            os.path.relpath(os.path.join(place, file), self._keys).replace(os.sep, "/")
            for place, _, inside in os.walk(self._keys)  # a catalog's keys lie in a directory of its name
            for file in inside
        ]
        names = (file.removesuffix(_ENDING) for file in files if file.endswith(_ENDING))
        return sorted(name for name in names if is_key_name(name))

    def check_usable(self) -> None:
        """Return when the vault opens, else raise SecretUnavailableError."""
        self._unlocked()

    def _path(self, name: str) -> str:
        return os.path.join(self._keys, name + _ENDING)

    def _unlocked(self) -> Any:
        if self._identity is None:
            header = self._header()
            identity = read_identity(header["identity"], self._directory, self._environ, self._ask)
            if str(identity.to_public()) != header["recipient"]:
                raise SecretUnavailableError(
                    "The identity given is not the one the vault was made for",
                    "Put the vault's own identity back (its public form is `recipient` in vault.json).",
                )
            self._identity = identity
        return self._identity

    def _header(self) -> dict[str, str]:
        remedy = "Move it away and run `pkcc-tray key vault init`: it takes up what is there."
        header = read_document(self._header_path, VERSION, _header_of, remedy, SecretUnavailableError)
        if header is None:
            raise SecretUnavailableError("There is no vault yet", INIT)
        return header


def _answering(passphrase: Secret) -> Callable[[str], Secret]:
    return lambda _: passphrase


def _header_of(plain: dict[str, Any]) -> dict[str, str]:
    try:
        pyrage.x25519.Recipient.from_str(plain["recipient"])
    except pyrage.RecipientError:
        raise ValueError("no recipient") from None
    if plain["identity"] not in KINDS:
        raise ValueError("of another kind")
    return {"identity": plain["identity"], "recipient": plain["recipient"]}
