"""Files that a person may want to import from. They are judged by their names: none is opened."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 12
_ENDS = (".json", ".env")
_USER_DIRECTORY = re.compile(r'^XDG_(?:DOWNLOAD|DESKTOP)_DIR="\$HOME/(.+?)/?"', re.MULTILINE)


def likely_files(own_home: str) -> list[str]:
    """Bundles, settings and `.env` files among downloads, on the desktop and at home, the newest first."""
    found = []
    for directory in _directories(own_home):
        with suppress(OSError), os.scandir(directory) as entries:
            found += [(entry.stat().st_mtime, entry.path) for entry in entries if _is_likely(entry)]
    return [path for _, path in sorted(found, reverse=True)[:_MOST]]


def _directories(own_home: str) -> Iterator[str]:
    """Where people keep such files; desktops call their folders by the words of the person's language."""
    names = ["Downloads", "Desktop"]
    with suppress(OSError), open(os.path.join(own_home, ".config/user-dirs.dirs"), encoding="utf-8") as file:
        names += _USER_DIRECTORY.findall(file.read())
    yield from (os.path.join(own_home, name) for name in dict.fromkeys(names))
    yield own_home


def _is_likely(entry: os.DirEntry[str]) -> bool:
    is_named_so = entry.name.startswith(".env") or (entry.name[:1] != "." and entry.name.endswith(_ENDS))
    return is_named_so and entry.is_file()
