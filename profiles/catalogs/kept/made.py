"""Whether the profiles made of a catalog still are as they were made: by a hash of each, kept beside them."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import ConflictError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

FILE = "made"  # a line for the content they are made of, then one for each profile


def record_of(mark: str, hashes: Mapping[str, str]) -> bytes:
    """The record's bytes."""
    return "\n".join([mark, *(f"{name} {found}" for name, found in hashes.items())]).encode()


def recorded(directory: str) -> tuple[str, dict[str, str]]:
    """The mark of the content, and the hash of each profile made of it; "" and none without a record."""
    mark, *lines = (read_bytes(os.path.join(directory, FILE)) or b"").decode(errors="replace").split("\n")
    return mark, {name: found for name, _, found in (line.partition(" ") for line in lines)}


def hash_of(data: bytes) -> str:
    """The hash of a profile's file."""
    return digest(data, size=16)


def changed_since(directory: str) -> list[str]:
    """The profiles whose files somebody changed, added or took away since they were made."""
    hashes, there = recorded(directory)[1], set()
    with suppress(OSError):
        names = os.listdir(os.path.join(directory, "profiles"))
        there = {name.removesuffix(".json") for name in names if name.endswith(".json")}
    return [name for name in sorted({*there, *hashes}) if _is_changed(directory, name, hashes)]


def check_as_made(locations: Locations, catalog: str, profile: str) -> None:
    """Raises ConflictError where the file of such a profile, `work` of `acme`, is not as it was made."""
    directory = os.path.join(locations.catalogs_dir, catalog)
    hashes = recorded(directory)[1]
    is_one = profile in hashes or os.path.lexists(_path(directory, profile))  # else there is no such profile
    if is_one and _is_changed(directory, profile, hashes):
        raise ConflictError(
            f"The file of {catalog}/{profile} was changed by hand: it is not what its catalog says",
            f"`pkcc-tray catalog update {catalog}` makes it again.",
        )


def _path(directory: str, name: str) -> str:
    return os.path.join(directory, "profiles", f"{name}.json")


def _is_changed(directory: str, name: str, hashes: Mapping[str, str]) -> bool:
    """Where an older version made them, nothing is known."""
    data = read_bytes(_path(directory, name))
    return bool(hashes) and (data is None or hash_of(data) != hashes.get(name))
