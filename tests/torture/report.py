"""The rows as text, Markdown and JSON."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_SHOWN = 20  # failures of a row in the text; the JSON has them all
_MARKDOWN = """\
# Torture

`make torture` torments the installed command, in about six minutes; `make torture LONG=1` is for nights. Both
write this page and [torture.json](torture.json), which names every failure. A row has passed when nothing of
a user's was lost in all that its counts say was done; a row that lacks a part is skipped, under `CI=true`
failed. What each row does, and what could be lost, stands at the top of its module in `tests/torture`.

{form} form, {date}, commit `{commit}`, {system}, seed {seed}.

| row | what happens | counts | verdict | seconds |
|---|---|---|---|---|
{rows}
"""


class Line(NamedTuple):
    """One row's outcome. `verdict`: passed, FAILED or skipped; `failures` holds the reason of a skip too."""

    row: str
    about: str
    verdict: str
    counts: dict[str, int]
    failures: list[str]
    seconds: float


def heading(*, long: bool, seed: int) -> str:
    return f"{'Long' if long else 'Short'} form, seed {seed}"


def one_line(line: Line) -> str:
    """For the terminal: the outcome, and below it the first failures."""
    shown = [f"    {failure}" for failure in line.failures[:_SHOWN]]
    if len(line.failures) > _SHOWN:
        shown.append(f"    … {len(line.failures) - _SHOWN} more")
    return "\n".join([f"{line.row}: {line.verdict} in {line.seconds} s; {_told(line.counts)}", *shown])


def write(directory: Path, lines: Sequence[Line], *, long: bool, seed: int) -> None:
    """Write torture.md and torture.json."""
    facts = {
        "form": "long" if long else "short",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "seed": seed,
    }
    data = {"schema_version": 1, **facts, "rows": [line._asdict() for line in lines]}
    (directory / "torture.json").write_text(json.dumps(data, indent=2) + "\n")
    rows = "\n".join(
        f"| {line.row} | {line.about} | {_told(line.counts)} | {_verdict(line)} | {line.seconds} |"
        for line in lines
    )
    text = _MARKDOWN.format(**{**facts, "form": str(facts["form"]).capitalize()}, rows=rows)
    (directory / "torture.md").write_text(text)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _verdict(line: Line) -> str:
    if line.verdict == "skipped":
        return f"skipped: {'; '.join(line.failures)}"
    return line.verdict if not line.failures else f"{line.verdict}: {len(line.failures)}"


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
