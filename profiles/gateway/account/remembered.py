"""Where a profile's account was last asked: by that what is kept is found without the key, at a press of Tab.

A key is named by its reference; the place that it opens has a name made of the key itself. Which belongs to
which is kept here, for no keyring to be opened only to complete a word.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.base.secret import Secret
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from profiles.gateway.account.kept import directory_of
from profiles.gateway.account.place import Place
from profiles.portkey.editions import edition_of

if TYPE_CHECKING:
    from profiles.base.locations import Locations


def remember(locations: Locations, place: Place, key_ref: str) -> None:
    """Keep which place the reference to a key leads to, for another month. Never an error."""
    path = _path(locations, place.root, key_ref)
    with suppress(PkccError, OSError):
        if _recalled(locations, place.root, key_ref) == place.id:
            os.utime(path)  # by this time what nobody uses is forgotten
        else:
            write_private(path, compact({"id": place.id}))


def remembered_place(locations: Locations, root: str, key_ref: str) -> Place | None:
    """The place without its key, from which only what is kept can be read; None where it was never asked."""
    found = _recalled(locations, root, key_ref)
    return None if found is None else Place(root, Secret(""), edition_of(root), known_as=found)


def _recalled(locations: Locations, root: str, key_ref: str) -> str | None:
    """The name of that place; None where it was never asked, or is not known any more."""

    def name(plain: Any) -> str | None:
        found = plain["id"]
        return found if re.fullmatch(r"[0-9a-f]{32}", found) else None

    with suppress(PkccError):
        return read_unversioned(_path(locations, root, key_ref), name)
    return None


def _path(locations: Locations, root: str, key_ref: str) -> str:
    name = digest(f"{root}\n{key_ref}".encode("utf-8", "surrogatepass"), size=16)
    return os.path.join(directory_of(locations), "places", f"{name}.json")
