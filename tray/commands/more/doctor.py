"""doctor: everything that can be wrong, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App
    from tray.doctor import Finding


def arguments_doctor(parser: argparse.ArgumentParser) -> None:
    """[--fix [--yes]]."""
    parser.add_argument(
        "--fix", action="store_true", help="do what can be fixed without taking anything away; asks first"
    )
    parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")


def doctor(app: App, *, fix: bool, yes: bool) -> Result:
    """Every finding, the worst first; exit code 1 when one is more than a note. Writes only with `fix`.

    Before, it asks whether there is a newer version, where that is due and wanted, and notes the answer.
    """
    from tray.actions.doctor import examined
    from tray.actions.doctor import fix as fix_all
    from tray.doctor import CHECKS, Context, examine, worst_first

    if yes and not fix:
        raise UsageError("--yes goes with --fix", "`pkcc-tray doctor` only looks.")
    found = examined(app)
    fixable = [finding for finding in worst_first(found) if finding.fix is not None]
    mended: list[Finding] = []
    notes: list[str] = []
    if fix and fixable and (yes or _agreed(app, fixable)):
        mended, notes = fix_all(fixable)
        again = [check for check, findings in found.items() if any(each in mended for each in findings)]
        found |= examine(Context(app), again)
    findings = worst_first(found)
    data = {
        "findings": [finding.row() for finding in findings],
        "mended": [
            finding.row() for finding in mended if finding.what not in {each.what for each in findings}
        ],
        "checks": len(CHECKS),
    }
    wrong = any(finding.severity != "note" for finding in findings)
    return Result("doctor", data, tuple(notes), exit_code=1 if wrong else 0)


def _agreed(app: App, fixable: list[Finding]) -> bool:
    """Whether the person at the terminal agrees, having seen it all; where nobody sits, --fix is the word."""
    if not app.interactive:
        return True
    from tray.terminal.prompts import confirm, say
    from tray.terminal.words.doctor import finding_lines

    for finding in fixable:
        for line in finding_lines(finding.row()):
            say(line)
    return confirm(f"Fix {'this' if len(fixable) == 1 else f'these {len(fixable)}'}?", default=True)
