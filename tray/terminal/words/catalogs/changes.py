"""What a catalog's new version changes, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.catalogs.changes import serial_words
from profiles.catalogs.kept.decision import YOUR_KEY
from profiles.files.json_documents import json_or_none
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.catalogs.changes import Change

_LONGEST = 60


def change_lines(changes: Iterable[Change]) -> list[str]:
    """A line for each, such as `~ work models.sonnet  claude-sonnet-5 -> claude-sonnet-5-5`."""
    return table([[f"  {_sign(each)} {place_words(each)}", _values(each)] for each in changes])


def _sign(change: Change) -> str:
    return "+" if not change.before else "-" if not change.after else "~"


def place_words(change: Change) -> str:
    """What is changed, such as `work models.sonnet`, `profile safe` or `rules`."""
    if not change.profile:
        return change.field
    field = "your key" if change.field == YOUR_KEY else change.field
    return f"{change.profile} {field}" if field else f"profile {change.profile}"


def _values(change: Change) -> str:
    if change.profile and not change.field:
        return f"new, {whole_words(change.after)}" if change.after else "removed"
    shown = str if change.field == YOUR_KEY else _short  # where a key goes is never cut
    sides = [shown(side) for side in (change.before, change.after) if side]
    out_of_order = serial_words(change)
    return " -> ".join(sides) + (f": {out_of_order}" if out_of_order else "")


def whole_words(profile: str) -> str:
    """Where a whole profile, as its change holds it, sends which key: `sends to a.example, with op://…`."""
    fields = json_or_none(profile)
    if not isinstance(fields, dict):
        return ""
    key = fields.get("suggest")
    return f"sends to {fields.get('host')}" + (f", with {key}" if key else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
