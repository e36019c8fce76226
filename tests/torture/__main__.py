"""Run the rows and print what they found: `python -m torture [ROW …] [--long] [--report DIRECTORY]`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context
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


def run_entries(entries: Sequence[Entry], seed: int, *, long: bool, at_once: int) -> Iterator[Line]:
    """Each row's line, as it ends; `at_once` of them beside each other, as most keep one processor busy."""
    seconds = [None if long else entry.seconds for entry in entries]
    if at_once == 1:
        yield from map(run_entry, entries, seconds, [seed] * len(entries))
        return
    with ProcessPoolExecutor(at_once, mp_context=get_context("fork")) as pool:
        rows = {pool.submit(run_entry, *each, seed): each[0] for each in zip(entries, seconds, strict=True)}
        for row in as_completed(rows):
            yield _line(row, rows[row])


def _line(row: Future[Line], entry: Entry) -> Line:
    """What a process found; one that was killed has found nothing, which is a failure."""
    problem = row.exception()
    if problem is None:
        return row.result()
    return Line(entry.module, entry.about, "FAILED", {}, [f"{type(problem).__name__}: {problem}"], 0)


def main() -> int:
    known = {entry.module: entry for entry in ENTRIES}
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known))
    parser.add_argument("--long", action="store_true", help="every row whole: for a night")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--at-once", type=int, default=1, metavar="N", help="so many rows beside each other")
    parser.add_argument("--report", type=Path, metavar="DIRECTORY", help="write torture.md and torture.json")
    wanted = parser.parse_args()
    if unknown := set(wanted.rows) - known.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    print(heading(long=wanted.long, seed=wanted.seed), flush=True)
    lines: list[Line] = []
    entries = [entry for entry in ENTRIES if not wanted.rows or entry.module in wanted.rows]
    for line in run_entries(entries, wanted.seed, long=wanted.long, at_once=wanted.at_once):
        lines.append(line)
        print(one_line(line), flush=True)
        if wanted.report:  # after each row: a night that is cut short leaves what it found
            write(wanted.report, lines, list(known), long=wanted.long, seed=wanted.seed)
    failed = [line for line in lines if line.verdict == "FAILED"]
    if failed and len(lines) > 1:
        print("Failed:", *map(one_line, failed), sep="\n")  # where a long output ends, it is read
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
