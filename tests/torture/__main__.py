"""Run the rows and print what they found: `python -m torture [ROW …] [--long] [--report DIRECTORY]`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from torture.report import Line, heading, one_line, write
from torture.table import ENTRIES, Entry


def run_entry(entry: Entry, seconds: float | None, seed: int) -> Line:
    """One row's line. Where a part is missing it is skipped, under CI=true failed, as every test here."""
    started = time.monotonic()
    verdict, counts, failures = "passed", {}, []
    try:
        row = import_module(f"torture.{entry.module}").run(seconds, seed)
        counts, failures = row.counts, row.failures
        if failures:
            verdict = "FAILED"
    except pytest.skip.Exception as reason:
        verdict, failures = "skipped", [str(reason)]
    except (Exception, pytest.fail.Exception) as problem:  # noqa: BLE001  a row that breaks fails; the others go on
        verdict, failures = "FAILED", [f"{type(problem).__name__}: {problem}"]
    return Line(entry.module, entry.about, verdict, counts, failures, round(time.monotonic() - started, 1))


def main() -> int:
    known = {entry.module: entry for entry in ENTRIES}
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known))
    parser.add_argument("--long", action="store_true", help="every row whole: for a night")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--report", type=Path, metavar="DIRECTORY", help="write torture.md and torture.json")
    wanted = parser.parse_args()
    if unknown := set(wanted.rows) - known.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    print(heading(long=wanted.long, seed=wanted.seed), flush=True)
    lines = []
    for entry in ENTRIES:
        if wanted.rows and entry.module not in wanted.rows:
            continue
        lines.append(run_entry(entry, None if wanted.long else entry.seconds, wanted.seed))
        print(one_line(lines[-1]), flush=True)
        if wanted.report:  # after each row: a night that is cut short leaves what it found
            write(wanted.report, lines, list(known), long=wanted.long, seed=wanted.seed)
    failed = [line for line in lines if line.verdict == "FAILED"]
    if failed and len(lines) > 1:
        print("Failed:", *map(one_line, failed), sep="\n")  # where a long output ends, it is read
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
