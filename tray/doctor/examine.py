"""All checks at once, each in a thread of its own, within one time limit whatever hangs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from tray.doctor.finding import SEVERITIES, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tray.doctor.context import Context

    Check = Callable[[Context], Iterable[Finding]]

LIMIT_S = 4.0  # for all together: a keyring that hangs is given 3 s, and the whole command 5


def examine(
    context: Context, checks: Sequence[Check], limit_s: float = LIMIT_S
) -> dict[Check, list[Finding]]:
    """What each check finds. One that fails, or does not end in time, has that as its finding."""
    deadline = time.monotonic() + limit_s
    answers: dict[Check, list[Finding]] = {}

    def run(check: Check) -> None:
        answers[check] = _made(context, check)

    threads = [threading.Thread(target=run, args=(check,), daemon=True) for check in checks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0.0))
    in_time = dict(answers)  # a check that ends only now is too late
    return {check: in_time.get(check, [_unfinished(check)]) for check in checks}


def worst_first(found: Mapping[Check, list[Finding]]) -> list[Finding]:
    """All findings, problems before warnings before notes."""
    findings = [finding for each in found.values() for finding in each]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _made(context: Context, check: Check) -> list[Finding]:
    try:
        return list(check(context))
    except PkccError as error:
        return [_not_made(check, error.title, error.hint)]
    except OSError as error:
        return [_not_made(check, os_reason(error), "Look at that by hand.")]
    except Exception as error:  # noqa: BLE001 - the other checks still have something to say
        return [_not_made(check, type(error).__name__, "Please report this.")]


def _not_made(check: Check, reason: str, advice: str) -> Finding:
    what = f"{_named(check)} could not be checked: {reason}"
    return warning("doctor", what, "A fault there may be missed.", advice=advice)


def _unfinished(check: Check) -> Finding:
    return warning(
        "doctor",
        f"{_named(check)} could not be checked in time",
        "A disk, a keyring or a program does not answer.",
        advice="Run `pkcc-tray doctor` again; if it stays so, restart what hangs.",
    )


def _named(check: Check) -> str:
    return check.__name__.replace("_", " ")
