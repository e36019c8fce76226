"""Profiles that were removed: each can be brought back for 30 days. No text that is kept holds a secret."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_document

if TYPE_CHECKING:
    from typing import Any

    from profiles.base.locations import Locations

_VERSION = 1
KEPT_S = 30 * 24 * 3600.0
_REMEDY = "Move it away: profiles stay, but those that were removed cannot be brought back."


class RemovedProfile(NamedTuple):
    """A profile's file as it was when it was removed, `at` in seconds since 1970, and by whom."""

    name: str
    at: float
    text: str
    who: str = ""


def removed_lately(locations: Locations, now: float) -> list[RemovedProfile]:
    """Those that can be brought back, the latest first. Raises PkccError for a file that cannot be read."""
    found = read_document(_path(locations), _VERSION, _decoded, _REMEDY) or []
    return [each for each in found if now - each.at < KEPT_S]


def keep_removed(locations: Locations, profile: RemovedProfile) -> None:
    """Keep one more, in the place of another of that name. Call it while a step is under way."""
    others = [each for each in removed_lately(locations, profile.at) if each.name != profile.name]
    kept = [each._asdict() for each in (profile, *others)]
    write_private(_path(locations), compact({"version": _VERSION, "removed": kept}))


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "removed.json")


def _decoded(plain: dict[str, Any]) -> list[RemovedProfile]:
    return [RemovedProfile(**each) for each in plain["removed"]]
