"""The lines of `history`. Pure."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.switching.history import History, NumberedStep

NOTHING_YET = "Nothing was done yet that could be undone."


def history_lines(found: History) -> list[str]:
    """All steps, a line each."""
    return step_lines(found.steps) if found.steps else [NOTHING_YET]


def step_lines(steps: Sequence[NumberedStep]) -> list[str]:
    """Steps as `history` shows them, a line each."""
    return table([step_cells(step) for step in steps])


def step_cells(step: NumberedStep) -> list[str]:
    """A step's number, when (in the local zone) it was done, and what it was."""
    return [str(step.number), when_words(step.at, time.time()), step.what]


def when_words(at: float, now: float) -> str:
    """A time of the past in the local zone, such as `today 17:32`, `yesterday 09:05`, `3 Feb 2025`."""
    then, today = (datetime.fromtimestamp(moment) for moment in (at, now))
    days = (today.date() - then.date()).days
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} {then:%H:%M}"
    return f"{then.day} {then:%b %H:%M}" if then.year == today.year else f"{then.day} {then:%b %Y}"
