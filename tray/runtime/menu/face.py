"""The icon's face, and the words of its tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.icon.base import Face
from tray.runtime.menu.one_line import one_line, without_directories

if TYPE_CHECKING:
    from tray.runtime.menu.tray_state import TrayState

_LONGEST_LINE = 300  # characters, of a tooltip


def face_of(state: TrayState) -> Face:
    """The icon and its words. LXQt shows only the title of a tooltip, so the state is in that."""
    name = title_of(state)
    words = {
        "active": name,
        "off": "off" if state.by_hand is None else "through Portkey, set up by hand",
        "drift": f"{name}, changed by something else",
        "error": without_directories(state.message),
        "unreachable": f"{name}, {'no key yet' if state.keyless else 'gateway unreachable'}",
    }
    # A profile without its key works no better than one whose gateway is gone.
    is_broken = state.condition == "active" and (state.keyless or state.unreachable)
    condition = "unreachable" if is_broken else state.condition
    why = state.unreachable.why if state.unreachable else ""
    row = state.active_row
    more = [
        one_line(line, _LONGEST_LINE)
        for line in (row.hint if row else "", why, state.budget, *state.drift)
        if line
    ]
    return Face(
        condition,
        one_line(f"Claude Code: {words[condition]}", _LONGEST_LINE),
        "\n".join(more[:4]),
    )


def title_of(state: TrayState) -> str:
    """The active profile as people call it; `off` without one."""
    return title_in(state, state.active) if state.active else "off"


def title_in(state: TrayState, name: str) -> str:
    """A profile as people call it: by its label, where it has one."""
    return next((row.label for row in state.profiles if row.name == name), "") or name
