"""Which status line a session in a directory would show, and what keeps ours from it. Effects: reads files.

The whole object of the most specific file counts (managed, local, project, user); `disableAllHooks` in any of
them keeps every status line from being run (seen with client 2.1.332).
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import STATUS_LINE
from profiles.claude_code.settings.parse import plain
from profiles.routes.files import MANAGED, read_files

if TYPE_CHECKING:
    from profiles.base.locations import Locations

_NO_HOOKS, _ONLY_MANAGED = "disableAllHooks", "allowManagedHooksOnly"


class InTheWay(NamedTuple):
    """A settings file, and the top-level setting in it by which the user's own status line is not shown."""

    path: str
    setting: str

    @property
    def words(self) -> str:
        """A sentence about it."""
        if self.setting == STATUS_LINE:
            return f"{self.path} has a `{STATUS_LINE}` of its own, which wins in that place"
        return f"{self.path} sets `{self.setting}`: Claude Code runs no status line there"


def in_the_way(locations: Locations, directory: str) -> list[InTheWay]:
    """What keeps sessions in that directory from showing the user's own status line."""
    found = []
    for file in read_files(locations, directory):
        if file.settings is None:
            continue
        for setting in (STATUS_LINE, _NO_HOOKS, _ONLY_MANAGED):
            member = file.settings.root.find(setting)
            if member is not None and _counts(setting, file.kind, member.value):
                found.append(InTheWay(file.path, setting))
    return found


def _counts(setting: str, kind: str, value: object) -> bool:
    """Whether that value in a file of that kind keeps the user's own status line from showing."""
    if setting == STATUS_LINE:
        return kind != "user"
    return plain(value) == "true" and (setting == _NO_HOOKS or kind == MANAGED)
