"""doctor: everything that can be wrong, and what fixes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.health.doctor import doctor_lines, finding_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App
    from tray.doctor import Finding


def arguments_doctor(parser: argparse.ArgumentParser) -> None:
    """[--fix [--yes]]."""
    flag(parser, "--fix", "do what can be fixed without taking anything away; asks first")
    flag(parser, "--yes", "with --fix: do not ask")


def doctor(app: App, *, fix: bool, yes: bool) -> Report:
    """Every finding, the worst first; exit code 1 when one is more than a note. Writes only with `fix`.

    Before, it asks whether there is a newer version, where that is due and wanted, and notes the answer.
    """
    from tray.actions.more.doctor import diagnosis, examined, fixable
    from tray.actions.more.doctor import fix as fix_all

    if yes and not fix:
        raise UsageError("--yes goes with --fix", "`pkcc-tray doctor` only looks.")
    with waiting(app, "Looking at everything"):
        seen = examined(app)
    asked_of = fixable(seen) if fix else []
    declined = bool(asked_of) and not (yes or _agreed(app, asked_of))
    found, notes = fix_all(app, seen) if asked_of and not declined else diagnosis(seen)
    wrong = any(finding.severity != "note" for finding in found.findings)
    return report(
        found, doctor_lines, notes=notes, exit_code=1 if wrong else 0, draw="doctor", only_looked=declined
    )


def _agreed(app: App, fixable: list[Finding]) -> bool:
    """Whether the person at the terminal agrees, having seen it all; where nobody sits, --fix agrees."""
    if not app.interactive:
        return True
    from tray.terminal.prompts import confirm, say

    for finding in fixable:
        for line in finding_lines(finding.shown):
            say(line)
    return confirm(f"Fix {'this' if len(fixable) == 1 else f'these {len(fixable)}'}?", default=True)
