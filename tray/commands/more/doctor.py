"""doctor: everything that can be wrong, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.base.text import os_reason
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App
    from tray.doctor import Finding

_ASK_LIMIT_S = 4.0  # whoever waits for doctor waits for something else


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
    from tray.doctor import CHECKS, Context, examine, worst_first
    from tray.updates.update_watch import ask

    if yes and not fix:
        raise UsageError("--yes goes with --fix", "`pkcc-tray doctor` only looks.")
    ask(app.locations, limit_s=_ASK_LIMIT_S)  # here, since a check writes nothing and calls no network
    found = examine(Context(app), CHECKS)
    fixable = [finding for finding in worst_first(found) if finding.fix is not None]
    mended: list[Finding] = []
    notes: list[str] = []
    if fix and fixable and (yes or _agreed(app, fixable)):
        mended, notes = _mend(fixable)
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


def _mend(fixable: list[Finding]) -> tuple[list[Finding], list[str]]:
    """Those that were mended, and a sentence about each that could not be."""
    mended, notes = [], []
    for finding in fixable:
        assert finding.fix is not None  # noqa: S101 - for the type checker
        try:
            finding.fix()
        except PkccError as error:
            notes.append(f"could not be fixed: {finding.what}: {error.title}. {error.hint}")
        except OSError as error:
            notes.append(f"could not be fixed: {finding.what}: {os_reason(error)}")
        else:
            mended.append(finding)
    return mended, notes
