"""Which backend holds which key: `keys.json`, names only, so that reading a key never searches for it."""

from __future__ import annotations

from profiles.base.errors import NotFoundError, SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_checks import is_key_name
from profiles.files.json_documents import json_or_none, readable, refuse_newer, version_of
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

VERSION = 1
BACKENDS = ("keyring", "vault")
_ENTRY = r'"([A-Za-z0-9._/-]{1,129})"\s*:\s*"(keyring|vault)"'


class Index:
    """`holders`: key name to backend name. `intact` is False when the file was missing or damaged.

    `damaged` is the damaged file's content; the entries that could still be read are in `holders`.
    """

    __slots__ = ("damaged", "holders", "intact")

    def __init__(self, holders: Mapping[str, str], *, intact: bool, damaged: bytes | None = None) -> None:
        self.holders = dict(holders)
        self.intact = intact
        self.damaged = damaged


def same_name(name: str, names: Collection[str]) -> str | None:
    """The spelling under which a name is among `names`, compared without regard to case, or None."""
    if name in names:
        return name
    folded = name.lower()
    return next((stored for stored in names if stored.lower() == folded), None)


def read_index(path: str) -> Index:
    """The index on disk. Raises SecretUnavailableError for one that a newer pkcc-tray wrote."""
    data = read_bytes(path)
    if data is None:
        return Index({}, intact=False)
    content = json_or_none(data)
    refuse_newer(content, path, VERSION, SecretUnavailableError)
    holders = content["keys"] if version_of(content) == VERSION and "keys" in content else None
    if isinstance(holders, dict) and all(is_key_name(n) and b in BACKENDS for n, b in holders.items()):
        return Index(holders, intact=True)
    import re

    # Entries are flat on purpose: even a truncated or scribbled file gives most of them back.
    salvaged = {n: b for n, b in re.findall(_ENTRY, data.decode("utf-8", "replace")) if is_key_name(n)}
    return Index(salvaged, intact=False, damaged=data)


def write_index(path: str, holders: Mapping[str, str], damaged: bytes | None = None) -> None:
    """Replace the index durably (0600). What was damaged is kept beside it, as `keys.json.damaged`."""
    from profiles.files.atomic_replace import write_private

    if damaged is not None:
        write_private(f"{path}.damaged", damaged)
    content = {"version": VERSION, "keys": dict(sorted(holders.items()))}
    write_private(path, readable(content))


def no_such_key(name: str, where: str = "") -> NotFoundError:
    """What is said of a name that no key has."""
    return NotFoundError(f"There is no key named '{name}'", f"Store it: `{where}pkcc-tray key set {name}`.")
