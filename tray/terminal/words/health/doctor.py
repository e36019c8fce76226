"""What `doctor` found, in plain words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import counted

if TYPE_CHECKING:
    from tray.actions.more.doctor import Findings
    from tray.doctor.finding import ShownFinding


_NOT_ASKED = "The gateway was not asked: `pkcc-tray check` does that."


def doctor_lines(found: Findings) -> list[str]:
    """What was fixed, then each finding, and a summary."""
    lines = [f"fixed: {finding.what}" for finding in found.mended]
    for finding in found.findings:
        lines += finding_lines(finding)
    return [*lines, _summary(found), _NOT_ASKED]


def finding_lines(finding: ShownFinding) -> list[str]:
    """A finding: what, why, and what to do; a command stands alone on its line, to be copied."""
    return [
        f"{finding.severity}: {finding.what}",
        f"  {finding.why}",
        *([f"  $ {finding.command}"] if finding.command else []),
        *([f"  {finding.advice}"] if finding.advice else []),
    ]


def _summary(found: Findings) -> str:
    findings = found.findings
    if not findings:
        return f"Nothing is wrong: {found.checks} checks were made."
    counts = {
        severity: sum(finding.severity == severity for finding in findings)
        for severity in ("problem", "warning", "note")
    }
    text = ", ".join(counted(count, severity) for severity, count in counts.items() if count)
    fixable = sum(finding.fixable for finding in findings)
    if not fixable:
        return f"{text}."
    return f"{text}. `pkcc-tray doctor --fix` fixes {fixable} of {len(findings)}."
