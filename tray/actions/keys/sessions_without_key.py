"""A note that a session got no key: kept until such sessions can be made to ask again.

Claude Code keeps a failed answer of its helper for minutes, and asks again at once when a settings file is
written. So it is remembered, in a file without content, that some session must be made to ask again.
"""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profiles.base.locations import Locations


def note_refusal(locations: Locations) -> None:
    """Remember that a helper got no key. What cannot be written down is left."""
    from profiles.base.errors import PkccError
    from profiles.files.directories import make_private_directory

    with suppress(OSError, PkccError):
        make_private_directory(locations.state_dir)
        os.close(os.open(_path(locations), os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))


def is_noted(locations: Locations) -> bool:
    """Whether a helper got no key since the last `clear`."""
    return os.path.lexists(_path(locations))


def clear(locations: Locations) -> None:
    """Forget that: the sessions that got no key have been made to ask again."""
    with suppress(OSError):
        os.unlink(_path(locations))


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "key-not-given")
