"""What the client keeps of its own in `.claude.json` and beside it. Effects: reads, changes nothing.

Seen with client 2.1.332: until its first interactive start is through, it asks for a login at Anthropic then,
or ends with "Unable to connect to Anthropic services" where that cannot be reached. A helper spares that, a
token that no project's file sets, and any format but `messages` (see `first_start_asks`); no login does, and
no key in a header.
"""

from __future__ import annotations

import json
import os
import stat

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR_VARIABLE, home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

_LARGEST = 64 << 20  # bytes; the client keeps every project's history in that file


def state_file(locations: Locations, environ: Mapping[str, str]) -> str:
    """The path of `.claude.json`; "" where no home directory is known."""
    if environ.get(CLAUDE_DIR_VARIABLE):  # an empty one counts as none here, though not for the settings
        directory = locations.claude_home
    else:
        try:
            directory = home(environ)
        except PkccError:
            return ""
    return os.path.join(directory, ".claude.json")


def is_set_up(locations: Locations, environ: Mapping[str, str]) -> bool:
    """Whether the client's first interactive start is through; True where that cannot be known."""
    path = state_file(locations, environ)
    return not path or holds(path, "hasCompletedOnboarding", unknown=True)


def holds(path: str, name: str, *, unknown: bool = False) -> bool:
    """Whether the file is a JSON object with something of that name; `unknown` where that cannot be read."""
    try:
        found = os.stat(path)
        if stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST:
            with open(path, "rb") as file:
                data = file.read()
            return (unknown or name.encode() in data) and bool(json.loads(data).get(name))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError, RecursionError, AttributeError):
        return unknown
    return unknown
