"""The profile that was left because of its gateway, remembered over restarts of the tray: names, no more."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.names import is_profile_name
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned

if TYPE_CHECKING:
    from profiles.base.locations import Locations

_log = logging.getLogger("pkcc-tray")


class Left(NamedTuple):
    """A profile that was left for another one; `since`: its gateway answers again; `told`: that was said."""

    first: str
    other: str
    since: float | None = None
    told: bool = False


def load_left(locations: Locations) -> Left | None:
    """What was left when the tray ended; None for nothing, and for a record that is damaged."""
    try:
        names = read_unversioned(_path(locations), lambda plain: (plain["first"], plain["other"]))
    except PkccError:
        return None
    if names is None or not all(isinstance(name, str) and is_profile_name(name) for name in names):
        return None
    return Left(*names)


def save_left(locations: Locations, left: Left | None) -> None:
    """Remember it; None: nothing is left. What cannot be written is logged, and forgotten at the end."""
    path = _path(locations)
    try:
        if left is not None:
            write_private(path, compact({"first": left.first, "other": left.other}))
        else:
            with suppress(OSError):  # there is none
                os.unlink(path)
    except PkccError as error:
        _log.warning("%s", error.title)


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "left.json")
