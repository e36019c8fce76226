"""The lines of `check`. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import took_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.gateway.asking.steps import Step
    from profiles.gateway.check.kept_checks import CheckedStep
    from tray.actions.more.check import Checked

_MARKS = {"ok": "ok", "warn": "warn", "failed": "FAILED"}


def check_lines(checked: Checked) -> list[str]:
    """Each profile, and below it what was looked at, step by step."""
    return [line for line, _ in lines_with_verdicts(checked)]


def step_line(step: Step | CheckedStep, width: int = 0) -> str:
    """One step, such as `  ok      name  api.portkey.ai is 203.0.113.7 (9 ms)`."""
    took = "" if step.ms is None else f" ({took_words(step.ms)})"
    return f"  {_MARKS[step.verdict]:<6}  {step.step:<{width}}  {step.text}{took}"


def lines_with_verdicts(checked: Checked) -> Iterator[tuple[str, str]]:
    """Each line and its verdict, such as `ok`; `profile` for a headline, "" for advice."""
    if not checked.profiles:
        yield "No profiles yet: `pkcc-tray add NAME` makes one.", ""
    width = max((len(step.step) for each in checked.profiles for step in each.steps), default=0)
    for each in checked.profiles:
        yield f"{each.name}" + (f": {each.gateway}" if each.gateway else ""), "profile"
        for step in each.steps:
            yield step_line(step, width), step.verdict
            if step.hint:
                yield " " * (width + 12) + step.hint, ""
