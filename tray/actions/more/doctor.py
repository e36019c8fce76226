"""Finding everything that can be wrong, and fixing what can be fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from tray.doctor import CHECKS, Context, examine, worst_first
from tray.updates.update_watch import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tray.app import App
    from tray.doctor import Finding
    from tray.doctor.examine import Check
    from tray.doctor.finding import ShownFinding


_ASK_LIMIT_S = 4.0  # anyone who waits for doctor waits for something else


class Findings(NamedTuple):
    """What was found, the worst first; what was fixed; and how many checks were made."""

    findings: tuple[ShownFinding, ...]
    mended: tuple[ShownFinding, ...]
    checks: int


def examined(app: App) -> dict[Check, list[Finding]]:
    """What each check finds. First asks whether there is a newer version, where that is due and wanted."""
    ask(app.locations, limit_s=_ASK_LIMIT_S)  # here, since a check writes nothing and calls no network
    return examine(Context(app), CHECKS)


def fixable(found: Mapping[Check, list[Finding]]) -> list[Finding]:
    """What can be fixed without taking anything away, the worst first."""
    return [finding for finding in worst_first(found) if finding.fix is not None]


def fix(app: App, found: Mapping[Check, list[Finding]]) -> tuple[Findings, tuple[str, ...]]:
    """Fix what can be, and look again at those areas: what holds then, and notes on what could not be."""
    fixed, notes = _fixed(fixable(found))
    again = [check for check, findings in found.items() if any(each in fixed for each in findings)]
    return diagnosis({**found, **examine(Context(app), again)}, fixed, notes)


def diagnosis(
    found: Mapping[Check, list[Finding]], fixed: Sequence[Finding] = (), notes: Sequence[str] = ()
) -> tuple[Findings, tuple[str, ...]]:
    """What was found, as it is shown; what was fixed, and is found all the same, counts as found only."""
    findings = worst_first(found)
    still = {finding.what for finding in findings}
    shown = tuple(finding.shown for finding in findings)
    mended = tuple(finding.shown for finding in fixed if finding.what not in still)
    return Findings(shown, mended, len(CHECKS)), tuple(notes)


def _fixed(findings: list[Finding]) -> tuple[list[Finding], list[str]]:
    """Those that were fixed, and a sentence about each that could not be."""
    fixed, notes = [], []
    for finding in findings:
        assert finding.fix is not None  # noqa: S101 - for the type checker
        try:
            finding.fix()
        except PkccError as error:
            notes.append(f"could not be fixed: {finding.what}: {error.title}. {error.hint}")
        except OSError as error:
            notes.append(f"could not be fixed: {finding.what}: {os_reason(error)}")
        else:
            fixed.append(finding)
    return fixed, notes
