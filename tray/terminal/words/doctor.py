"""What `doctor` found, in plain words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def doctor_lines(data: dict[str, Any]) -> list[str]:
    """What was mended, then each finding, and a summary."""
    found = [f"fixed: {row['what']}" for row in data["mended"]]
    for row in data["findings"]:
        found += finding_lines(row)
    return [*found, _summary(data)]


def finding_lines(row: dict[str, Any]) -> list[str]:
    """A finding: what, why, and what to do; a command stands alone on its line, to be copied."""
    return [
        f"{row['severity']}: {row['what']}",
        f"  {row['why']}",
        *([f"  $ {row['command']}"] if row["command"] else []),
        *([f"  {row['advice']}"] if row["advice"] else []),
    ]


def _summary(data: dict[str, Any]) -> str:
    from tray.terminal.words.views import counted

    findings = data["findings"]
    if not findings:
        return f"Nothing is wrong: {data['checks']} checks were made."
    counts = {
        severity: sum(row["severity"] == severity for row in findings)
        for severity in ("problem", "warning", "note")
    }
    text = ", ".join(counted(count, severity) for severity, count in counts.items() if count)
    fixable = sum(row["fixable"] for row in findings)
    if not fixable:
        return f"{text}."
    return f"{text}. `pkcc-tray doctor --fix` fixes {fixable} of {len(findings)}."
