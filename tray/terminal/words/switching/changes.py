"""The lines of `diff`, and of a dry run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.switching.diff import Difference, OutsideChange
    from tray.actions.switching.switched import SlotChange


def diff_lines(found: Difference) -> list[str]:
    """What differs, or that nothing does."""
    if not (found.changes or found.header_order):
        return [no_difference(found)]
    dialogs = [(row, getattr(row, "dialog", "")) for row in found.changes]
    remarks = [f"{row.slot}:{by_dialog(kind, row.before)}" for row, kind in dialogs if kind]
    return change_lines(found.changes, found.header_order) + remarks


def no_difference(found: Difference) -> str:
    """That nothing differs, and from what."""
    if found.against:
        return f"A switch to {found.against} would change nothing."
    return "Nothing was changed since the profile was written."


def change_lines(
    changes: Sequence[SlotChange | OutsideChange], header_order: Sequence[str] = ()
) -> list[str]:
    """A masked diff: what each slot said, and says now; and the order of header lines that move."""
    found = []
    for change in changes:
        if change.before:
            found.append(f"- {change.slot} = {change.before}")
        elif getattr(change, "was_blank", False):
            found.append(f'- {change.slot} = ""')
        if change.after:
            found.append(f"+ {change.slot} = {change.after}")
        if getattr(change, "blank", False):
            found.append(f'+ {change.slot} = ""')
    return found + order_lines(header_order)


def pairs(changes: Sequence[SlotChange | OutsideChange]) -> list[tuple[str, str, str, str]]:
    """Each slot, what it said, what it says, a remark: `("env.ANTHROPIC_MODEL", "not set", "opus", "")`."""
    return [
        (
            change.slot,
            _value(change.before, blank=getattr(change, "was_blank", False)),
            _value(change.after, blank=getattr(change, "blank", False)),
            by_dialog(getattr(change, "dialog", ""), change.before),
        )
        for change in changes
    ]


def order_lines(header_order: Sequence[str]) -> list[str]:
    """A line on the order of the header lines, where that is what changes."""
    if not header_order:
        return []
    return [f"~ header lines in this order and spelling: {', '.join(header_order)}"]


def _value(value: str, *, blank: bool) -> str:
    return value or ('""' if blank else "not set")


def by_dialog(kind: str, before: str) -> str:
    """A remark on a model that Claude Code itself offered, and changed when the user agreed."""
    if not kind:
        return ""
    lost = ", which dropped the provider" if before.startswith("@") else ""
    return f"  <- Claude Code's own dialog changed the {kind} model{lost}"
