"""The keys that are stored here, read to be looked for where they should not be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.errors import NotFoundError, PkccError, SecretUnavailableError

if TYPE_CHECKING:
    from profiles.secret_text import Secret
    from profiles.secrets import SecretStore

_LIMIT_S = 2.0  # for all together; those that are not read by then are not compared


class Stored(NamedTuple):
    """The keys that could be read, by name; the names listed that lie nowhere; why the vault is closed."""

    keys: dict[str, Secret]
    lost: list[str]
    closed: PkccError | None


def read_stored(secrets: SecretStore, *, skip_keyring: bool) -> Stored:
    """Every stored key that can be read in time. `skip_keyring`: not the keyring's, which might ask."""
    closed = None
    try:
        secrets.check_vault()
    except PkccError as error:
        closed = error
    found = Stored({}, [], closed)
    skipped = {"keyring"} if skip_keyring else set()
    skipped |= {"vault"} if closed else set()
    deadline = time.monotonic() + _LIMIT_S
    for name in secrets.names():
        if time.monotonic() > deadline:
            break
        try:
            if secrets.where(name) not in skipped:
                found.keys[name] = secrets.resolve(f"keyring:{name}")
        except NotFoundError:
            found.lost.append(name)
        except SecretUnavailableError:
            break  # the next one would wait as long; `keys.keyring` says why
    return found
