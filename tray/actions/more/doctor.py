"""Finding everything that can be wrong, and fixing what can be fixed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from tray.doctor import CHECKS, Context, examine, worst_first
from tray.updates.update_watch import ask

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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


class Examined(NamedTuple):
    """What a look found, when that was (seconds since 1970), and how long it took."""

    found: dict[Check, list[Finding]]
    at: float
    took_s: float


def look(app: App) -> Examined:
    """Make all checks, and say when."""
    at = time.time()
    found = examined(app)
    return Examined(found, at, time.time() - at)


def examined(app: App) -> dict[Check, list[Finding]]:
    """What each check finds. First asks whether there is a newer version, where that is due and wanted."""
    ask(app.locations, limit_s=_ASK_LIMIT_S)  # here, since a check writes nothing and calls no network
    return examine(Context(app), CHECKS)


def fixable(found: Mapping[Check, list[Finding]]) -> list[Finding]:
    """What can be fixed without taking anything away, the worst first."""
    return [finding for finding in worst_first(found) if finding.fix is not None]


class Fixed(NamedTuple):
    """What holds after a fix, what was fixed, and a sentence about each that could not be."""

    found: dict[Check, list[Finding]]
    fixed: tuple[Finding, ...]
    notes: tuple[str, ...]


def fix(app: App, found: Mapping[Check, list[Finding]]) -> tuple[Findings, tuple[str, ...]]:
    """Fix what can be, and look again at those areas: what holds then, and notes on what could not be."""
    done = _fixed_of(app, found, fixable(found))
    return diagnosis(*done)


def fix_agreed(app: App, found: Mapping[Check, list[Finding]], agreed: Collection[str]) -> Fixed:
    """Fix what a person agreed to, by what it says, as it is now: those areas are looked at before."""
    areas = [check for check, findings in found.items() if any(each.what in agreed for each in findings)]
    now = {**found, **examine(Context(app), areas)}
    return _fixed_of(app, now, [each for each in fixable(now) if each.what in agreed])


def _fixed_of(app: App, found: Mapping[Check, list[Finding]], wanted: list[Finding]) -> Fixed:
    fixed, notes = _fixed(wanted)
    again = [check for check, findings in found.items() if any(each in fixed for each in findings)]
    return Fixed({**found, **examine(Context(app), again)}, tuple(fixed), tuple(notes))


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
