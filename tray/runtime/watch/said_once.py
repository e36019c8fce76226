"""What the tray has reported, kept in a small file: each thing is said once, also over restarts."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned

if TYPE_CHECKING:
    from profiles.base.locations import Locations

_MOST = 200


class SaidOnce:
    """Used by the tray's worker."""

    def __init__(self, locations: Locations, file: str) -> None:
        self._path = os.path.join(locations.state_dir, file)

    def is_news(self, about: str) -> bool:
        """Whether that is to be said: it was not, and that it is now could be written down."""
        told: list[str] = []
        with suppress(PkccError):
            told = read_unversioned(self._path, lambda plain: [str(each) for each in plain["told"]]) or []
        if about in told:
            return False
        try:
            write_private(self._path, compact({"told": [*told, about][-_MOST:]}))
        except PkccError:  # it could not be remembered, and would be said at every login
            return False
        return True
