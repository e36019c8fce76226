"""The keys that are stored here, read to be looked for where they should not be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError, PkccError, SecretUnavailableError

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.secrets.store import SecretStore

_LIMIT_S = 2.0  # for all together; those that are not read by then are not compared


class Stored(NamedTuple):
    """The keys that could be read, by name; the names listed that lie nowhere; why the vault is closed.

    `locked`: a keyring that holds some would have to ask its user, so those were not read.
    """

    keys: dict[str, Secret]
    lost: list[str]
    closed: PkccError | None
    locked: bool = False


def read_stored(secrets: SecretStore, *, skip_keyring: bool) -> Stored:
    """Every stored key that can be read in time. `skip_keyring`: not the keyring's, which might ask."""
    closed = None
    try:
        secrets.backends.check_vault()
    except PkccError as error:
        closed = error
    kept_in = {name: secrets.where(name) for name in secrets.names()}
    locked = "keyring" in kept_in.values() and not skip_keyring and not secrets.backends.keyring_is_open()
    found = Stored({}, [], closed, locked)
    skipped = {"keyring"} if skip_keyring or locked else set()
    skipped |= {"vault"} if closed else set()
    deadline = time.monotonic() + _LIMIT_S
    for name, place in kept_in.items():
        if time.monotonic() > deadline:
            break
        try:
            if place not in skipped:
                found.keys[name] = secrets.resolve(f"keyring:{name}")
        except NotFoundError:
            found.lost.append(name)
        except SecretUnavailableError:
            break  # the next one would wait as long; `keys.keyring` says why
    return found
