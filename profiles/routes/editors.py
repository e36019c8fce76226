"""What an editor's own settings do to sessions that it starts, against what the settings files say. Pure."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import CLAUDE_DIR_VARIABLE, SETTINGS_FILE, claude_directory
from profiles.claude_code.beside.config_directory import odd_directory
from profiles.claude_code.owned_slots import KEY_SLOTS, OWNED_ENV, variable_of
from profiles.claude_code.routing_names import SHIELDED
from profiles.claude_code.variable_values import BYPASSES
from profiles.routes.bypasses import bypasses_by_shell
from profiles.routes.sources import decide, shell_source
from profiles.switching.reading.surroundings import is_surrounding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from profiles.claude_code.beside.editor_settings import EditorVariables
    from profiles.routes.sources import Source


class EditorTrouble(NamedTuple):
    """A setting of a file, variables in it, and what they do there. `severe`: no key, or it goes elsewhere.

    `beaten`: they say otherwise than the settings files, which win. `directory`: sessions read its settings.
    """

    path: str
    setting: str
    names: list[str]
    effect: str
    severe: bool = False
    beaten: bool = False
    directory: str = ""

    @property
    def words(self) -> str:
        """A sentence with all of it."""
        return f"{self.setting} in {self.path} sets {', '.join(self.names)}: {self.effect}"


def editor_troubles(
    found: EditorVariables, sources: Sequence[Source], served: Collection[str]
) -> list[EditorTrouble]:
    """What leads sessions of that editor another way; `served` are directories that a switch changes."""
    files = [source for source in sources if source.kind not in ("shell", "exec")]
    lost = bypasses_by_shell(found.values, files)
    troubles = [(lost, "; ".join(dict.fromkeys(BYPASSES[name] for name in lost)), True)] if lost else []
    rows = [row for row in decide([*files, shell_source(found.values)]) if not is_surrounding(row.slot)]
    won = [row.slot for row in rows if row.source == "shell"]
    names = sorted({variable_of(slot) for slot in won})
    if names:
        severe = not SHIELDED.isdisjoint(names) or not KEY_SLOTS.isdisjoint(won)
        troubles.append((names, "sessions of that editor differ from others", severe))
    beaten = sorted(
        {
            variable_of(row.slot)
            for row in rows
            if row.source != "shell" and row.value and any(kind == "shell" for kind, _ in row.losers)
            if variable_of(row.slot) in OWNED_ENV and dict(row.losers)["shell"] != row.value
        }
    )
    said = [EditorTrouble(found.path, found.setting, *each) for each in troubles]
    said += _moved(found, served)
    if beaten:
        effect = "the settings say otherwise and win, but the extension's own login check looks at these"
        said.append(EditorTrouble(found.path, found.setting, beaten, effect, beaten=True))
    return said


def _moved(found: EditorVariables, served: Collection[str]) -> list[EditorTrouble]:
    value = found.values.get(CLAUDE_DIR_VARIABLE)
    if value is None:
        return []
    odd = odd_directory(found.values)
    directory = claude_directory(value)
    if odd is None and os.path.realpath(directory) in served:
        return []
    effect = f"sessions of that editor read {os.path.join(directory, SETTINGS_FILE)}"
    if odd is not None:
        effect = f"{odd.what.partition(', and ')[2]}, and reads another file in each place"
    names = [CLAUDE_DIR_VARIABLE]
    return [
        EditorTrouble(
            found.path, found.setting, names, effect, severe=True, directory="" if odd else directory
        )
    ]
