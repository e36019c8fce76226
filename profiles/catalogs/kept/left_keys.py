"""Where the keys of a catalog went that was left: they stay stored, and are not another's of that name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import as_text, compact, read_unversioned

if TYPE_CHECKING:
    from typing import Any

    from profiles.base.locations import Locations

Pairs = tuple[tuple[str, str], ...]


def left_pairs(locations: Locations, name: str) -> Pairs:
    """Each (reference, host) that was accepted of the catalog of that name before it was left."""
    return _load(locations).get(name.lower(), ())


def remember_left(locations: Locations, name: str, pairs: Pairs) -> None:
    """Keep those of the person's own keys; the caller holds `catalogs_locked`."""
    own = tuple(pair for pair in pairs if pair[0].startswith(f"keyring:{name}/"))
    write_private(_path(locations), compact({**_load(locations), name.lower(): own}))


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "left-catalogs.json")


def _load(locations: Locations) -> dict[str, Pairs]:
    return read_unversioned(_path(locations), _decode) or {}


def _decode(plain: dict[str, Any]) -> dict[str, Pairs]:
    return {
        as_text(name): tuple((as_text(reference), as_text(host)) for reference, host in pairs)
        for name, pairs in plain.items()
    }
