"""What an administrator lays down for Claude Code: where it lies, and what of it counts."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple


class Managed(NamedTuple):
    """One place: its path (or registry key), and its text as JSON bytes, or why it cannot be read.

    `data` of one that another beats has only what of it still counts.
    """

    path: str
    data: bytes
    problem: str = ""
