"""The history's days and steps, made from what the action returns. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray import app as apps
from tray.manager.views.times import clock_time, day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.actions.switching.history import NumberedStep

_WHERE = {apps.COMMAND_LINE: "on the command line", apps.TRAY: "in the tray", apps.MANAGER: "in this window"}


class StepRow(NamedTuple):
    """One thing that was done: what, and how. `number`: as `undo` counts it."""

    number: int
    at: str
    what: str
    detail: str


class Day(NamedTuple):
    """What was done on one day, the latest first."""

    name: str
    steps: list[StepRow]


def days(
    steps: list[NumberedStep], label: Callable[[str | None], str], now: float | None = None
) -> list[Day]:
    """The steps by day."""
    found: list[Day] = []
    for step in steps:
        name = day(step.at, now)
        if not found or found[-1].name != name:
            found.append(Day(name, []))
        found[-1].steps.append(_row(step, label))
    return found


def _row(step: NumberedStep, label: Callable[[str | None], str]) -> StepRow:
    what, detail = _words(step, label(step.name), label(step.from_))
    where = _WHERE.get(step.who, "")
    return StepRow(step.number, clock_time(step.at), what, ", ".join(filter(None, (detail, where))))


def _words(step: NumberedStep, name: str, before: str) -> tuple[str, str]:
    """Such as `Switched to Work`, `from Fallback`."""
    if step.action == "switch":
        if step.name == step.from_:
            return f"Wrote {name} again", ""
        return f"Switched to {name}", f"from {before}" if before else "from off"
    if step.action == "off":
        return "Turned off", f"from {before}" if before else ""
    if step.action == "restore":
        return f"Restored {name}", "after a change by something else"
    if step.action == "adopt":
        return f"Kept a change in {name}", step.what.removeprefix("adopt ").partition(" into ")[0]
    return f"{step.what[:1].upper()}{step.what[1:]}", ""
