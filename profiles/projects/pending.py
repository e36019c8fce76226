"""The intent to write the projects of a change: durable before the settings are, gone when all is done."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from profiles.switching.memory.project_registry import save_registry

if TYPE_CHECKING:
    from typing import Any

    from profiles.switching.memory.project_registry import Registry
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import StateFiles

_COUNT_AGAIN = ("switch", "restore", "undo", "sync", "pin")  # after these, pins hold again


def write_pending(files: StateFiles, action: str, renamed: tuple[str, str] | None) -> None:
    """Make durable that all projects are to be written, because of that action."""
    paused = True if action == "off" else False if action in _COUNT_AGAIN else None
    write_private(files.pending_path, compact({"paused": paused, "renamed": renamed}))


def with_pending(files: StateFiles, registry: Registry, state: State) -> Registry:
    """The registry with what a change under way means for it; written where that is something."""
    wish: dict[str, Any] = read_unversioned(files.pending_path, dict) or {}
    paused, renamed = wish.get("paused"), wish.get("renamed")
    after = registry
    if renamed:
        after = after.renamed(*renamed)
    # Killed before the settings were written, `off` did not happen.
    if paused is False or (paused and state.current.active is None):
        after = after._replace(paused=paused)
    if after != registry:
        save_registry(files.projects_path, after)
    return after


def drop_pending(files: StateFiles) -> None:
    """All is written. Not synced: one that comes back costs no more than writing what is written already."""
    with suppress(OSError):
        os.unlink(files.pending_path)
