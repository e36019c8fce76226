"""The words of `link`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from profiles.catalogs.join_link import JoinLink


def link_lines(wanted: JoinLink) -> list[str]:
    """What the link asks for, such as `from    https://ai.acme.example/pkcc-catalog.json`."""
    rows = [
        ["from", wanted.source],
        ["signed by", wanted.key or "the link names no key"],
        ["as", wanted.name],
    ]
    return ["A link asks you to add a catalog of profiles:", *table([row for row in rows if row[1]], "  ")]
