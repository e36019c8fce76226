"""The lines of `target`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table
from tray.terminal.words.status.status import CONDITIONS

if TYPE_CHECKING:
    from profiles.switching.targets import Target
    from tray.actions.switching.targets import Targets


def added_lines(target: Target) -> list[str]:
    """That it is served from now on."""
    return [f"Target {target.name}: {target.settings_path}", "The next `pkcc-tray switch` changes it too."]


def removed_lines(target: Target) -> list[str]:
    """That it is served no more."""
    return [f"{target.settings_path} is no target any more."]


def target_lines(found: Targets) -> list[str]:
    """A line for each target."""
    if not found.targets:
        return ["No targets yet. `pkcc-tray target add NAME DIR` has every switch change that directory too."]
    return table(
        [
            [row.name, row.active or "off", row.problem or CONDITIONS[row.condition], row.settings_path]
            for row in found.targets
        ]
    )
