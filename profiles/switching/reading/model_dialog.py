"""The one change of our values that Claude Code makes by itself: its offer of a newer model. Pure.

Seen with client 2.1.332: before the first prompt an interactive session in `vertex` or `bedrock` asks the
gateway whether a newer model of a pinned kind answers. If it does, a dialog offers it, with "Yes" chosen, and
writes its bare name into the user's settings: an `@slug/` before the old name is lost.
"""

from __future__ import annotations

import re

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.dialects import DIALECTS
from profiles.claude_code.owned_slots import MODEL_SLOTS
from profiles.portkey.model_names import is_bare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.switching.reading.drift import Change

_PINNING = [name for name, dialect in DIALECTS.items() if dialect.pins_models]
_KINDS = {MODEL_SLOTS[kind]: kind for kind in ("sonnet", "opus", "haiku", "fable")}
_NUMBERS = re.compile(r"\d+")
_DATE = 6  # digits, at least: what is that long is a day, no version


def offered_kind(dialect: str, change: Change) -> str:
    """`Sonnet`, where the change is what that dialog does to the Sonnet model; "" for any other change."""
    kind = _KINDS.get(change.slot, "")
    if not kind or dialect not in _PINNING or change.kind != "changed":
        return ""
    before, now = (_version(kind, text) for text in (change.expected, change.actual))
    newer = before is not None and now is not None and now > before
    return kind.capitalize() if is_bare(change.actual) and newer else ""


def _version(kind: str, model: str) -> tuple[int, ...] | None:
    """`(5, 5)` of `@slug/claude-sonnet-5-5`, or of `claude-3-5-sonnet@20241022` `(3, 5)`; None of another."""
    name = model.rpartition("/")[2].partition("@")[0]
    if f"-{kind}" not in name:
        return None
    before, _, behind = name.partition(f"-{kind}")
    numbers = [text for text in _NUMBERS.findall(behind.partition("-v")[0] or before) if len(text) < _DATE]
    return tuple(map(int, numbers)) or None


def dialog_words(dialect: str, changes: Iterable[Change]) -> str:
    """A sentence where that dialog made the changes, all of them; else ""."""
    rows = list(changes)
    kinds = [offered_kind(dialect, change) for change in rows]
    if not kinds or not all(kinds):
        return ""
    models = "model" if len(kinds) == 1 else "models"
    text = f"Claude Code's own dialog changed the {' and '.join(kinds)} {models}"
    return text + (", and dropped the provider" if any(row.expected.startswith("@") for row in rows) else "")
