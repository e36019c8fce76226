"""The words of `support`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import counted
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from tray.actions.more.support import Support


def support_lines(outcome: Support) -> list[str]:
    """Everything in it, such as `pkcc-tray  1.2.0`; what to send to anyone who helps."""
    versions = outcome.versions
    catalogs = [
        [each.name, "" if each.serial is None else f"version {each.serial}", each.state, _age(each.days_old)]
        for each in outcome.catalogs
    ]
    policy = [[each.key, each.origin, "" if each.valid else "not as it should be"] for each in outcome.policy]
    rows = [
        ["pkcc-tray", versions.pkcc_tray],
        ["Claude Code", versions.claude_code or "not found"],
        ["Python", versions.python],
        ["system", f"{versions.system}, {versions.machine}"],
        ["profile", {"": "none", "own": "one of your own"}.get(outcome.active, outcome.active)],
        ["policy", counted(len(policy), "key")],
    ]
    found = [[each.severity, each.check, counted(each.times, "time")] for each in outcome.findings]
    return [
        *table(rows),
        *table(policy, "  "),
        f"catalogs: {len(catalogs)}",
        *table(catalogs, "  "),
        "",
        *(["Findings of doctor:", *table(found, "  ")] if found else ["doctor finds nothing."]),
    ]


def _age(days: int | None) -> str:
    if days is None:
        return "never asked for"
    return f"asked for {counted(days, 'day')} ago" if days else "asked for today"
