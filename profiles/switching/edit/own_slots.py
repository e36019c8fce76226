"""In which of our slots a settings file holds something of the user's own. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HEADERS_SLOT, MODEL, OWNED_SLOTS
from profiles.switching.edit.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.claude_code.settings.parse import Settings
    from profiles.profile.rendering import Rendered
    from profiles.switching.edit.other_files import OtherFiles
    from profiles.switching.memory.state import Memory

_OWNED = frozenset(OWNED_SLOTS)


def own_slots(
    settings: Settings,
    before: Rendered | None,
    memory: Memory,
    holds: Callable[[str, str], bool],
    around: OtherFiles,
) -> set[str]:
    """The owned slots in which the user has something of their own in this file: there now, or displaced."""
    planner = Planner(settings, before, memory, None, False, frozenset(), holds, around)
    owned = _OWNED | {*filter(planner.is_owned, [MODEL])}
    found = {slot for slot in owned & settings.slots() if planner.is_users(slot)}
    found |= owned & planner.displaced.keys()
    return found | {HEADERS_SLOT} if planner.headers.own() else found
