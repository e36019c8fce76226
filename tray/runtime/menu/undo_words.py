"""What undo would do, in the few words that the menu's entry has room for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.runtime.menu.one_line import without_directories
from tray.terminal.words.switching.step_words import step_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.undo.history import Entry


def undo_words(entry: Entry, labels: Mapping[str, str]) -> str:
    """Of a switch what it would go back to, such as "back to Work"; else what it would take back."""
    done, step = entry.done, entry.settings
    if done is not None:
        words = step_words(done.action, done.what, labels.get(done.name or "") or done.name or "")
        return without_directories(done.what if words is None else words.doing)
    if step is None or step.action.startswith("statusline "):
        return entry.what
    name = labels.get(step.name or "") or step.name
    if step.name == step.before.active:
        return f"{name} {'restored' if step.action == 'restore' else 'written again'}"
    return f"back to {labels.get(step.before.active or '') or step.before.active or 'Off'}"
