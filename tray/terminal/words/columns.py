"""Columns of plain text. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def table(rows: list[list[str]], indent: str = "") -> list[str]:
    """Left-aligned columns, two spaces apart."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def slot_lines(values: Mapping[str, str], indent: str = "  ") -> list[str]:
    """A line for each slot and what is written there."""
    return table([[slot, value or "(empty)"] for slot, value in values.items()], indent)
