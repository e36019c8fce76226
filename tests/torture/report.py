"""The rows as text, Markdown and JSON."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

_SHOWN = 20  # failures of a row in the text; the JSON has them all
_MARKDOWN = """\
# Torture

`make torture` torments the installed command, for ten minutes; `make torture LONG=1` is for nights. Both
write this page and [torture.json](torture.json), which names every failure; a run of some rows (`ROWS=kills`)
renews those. A row has passed when nothing of a user's was lost in all that its counts say was done; one that
lacks a part is skipped, under `CI=true` failed. What each row does, and what could be lost, stands at the top
of its module in `tests/torture`.

| row | what happens | counts | verdict | seconds | run |
|---|---|---|---|---|---|
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


def write(directory: Path, lines: Sequence[Line], order: Sequence[str], *, long: bool, seed: int) -> None:
    """Write torture.md and torture.json, the rows in that order.

    Those that an earlier run left there stay, each with what it was run of.
    """
    run = {
        "form": "long" if long else "short",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "seed": seed,
    }
    path = directory / "torture.json"
    rows = {row["row"]: row for row in _kept(path)} | {line.row: {**line._asdict(), **run} for line in lines}
    ordered = [rows[name] for name in order if name in rows]
    path.write_text(json.dumps({"schema_version": 2, "rows": ordered}, indent=2) + "\n")
    (directory / "torture.md").write_text(_MARKDOWN.format(rows="\n".join(map(_table_row, ordered))))


def _kept(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    data = json.loads(path.read_text())
    return list(data["rows"]) if data["schema_version"] == 2 else []


def _table_row(row: dict[str, Any]) -> str:
    verdict = row["verdict"]
    if verdict == "skipped":
        verdict = f"skipped: {'; '.join(row['failures'])}"
    elif row["failures"]:
        verdict = f"{verdict}: {len(row['failures'])}"
    run = f"{row['form']}, {row['date']}, `{row['commit']}`, {row['system']}, seed {row['seed']}"
    return (
        f"| {row['row']} | {row['about']} | {_told(row['counts'])} | {verdict} | {row['seconds']} | {run} |"
    )


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
