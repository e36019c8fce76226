"""The program of an administrator's whose output takes the place of all managed settings. Pure.

Seen with 2.1.332: `policyHelper` in a file or drop-in of the source that wins is run at each start; the
object that it prints as `managedSettings` is then all that counts, and where it prints none the sources count
as ever. One that fails, is missing or no absolute path keeps the client from starting. `policyHelpers` has an
entry for each system, or settings instead of a program, and one whose `outputBehavior` is "merge" leaves the
rest in force. We never run it: what it says is not known.
"""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SETTINGS = ALONE, BY_SYSTEM = "policyHelper", "policyHelpers"
_ENTRIES = {"darwin": ("macos",), "win32": ("windows",)}
_ON_LINUX = ("wsl", "linux")


class Program(NamedTuple):
    """The setting that names it, and its path: "" where settings stand there in a program's place."""

    setting: str
    path: str
    merges: bool = False

    @property
    def effect(self) -> str:
        """What becomes of managed settings, in words."""
        return f"what it says {'is put over' if self.merges else 'takes the place of'} all managed settings"


def program_in(root: Mapping[str, Any]) -> Program | None:
    """The program, or settings in its place, that those managed settings name for this system."""
    by_system = root.get(BY_SYSTEM)
    if isinstance(by_system, dict):
        for name in (*_ENTRIES.get(sys.platform, _ON_LINUX), "default"):
            entry = by_system.get(name)
            if isinstance(entry, dict) and entry:
                path = entry.get("path") or entry.get("interpreter")
                merges = entry.get("outputBehavior") == "merge"
                return Program(f"{BY_SYSTEM}.{name}", path if isinstance(path, str) else "", merges)
    alone = root.get(ALONE)
    if isinstance(alone, dict) and isinstance(alone.get("path"), str):
        return Program(ALONE, alone["path"])
    return None
