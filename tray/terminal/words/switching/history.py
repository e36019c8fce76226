"""The lines of `history`. Pure."""

from __future__ import annotations

import time
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
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(step.at))
    return [str(step.number), when, step.what]
