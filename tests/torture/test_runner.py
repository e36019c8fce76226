"""What a row found must reach anyone who runs the harness: a loss that is not told is one that stays."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import pytest
from support.missing import missing
from torture import __main__ as runner
from torture.row import Row
from torture.table import Entry


def failing(seconds: float | None, seed: int) -> Row:
    return Row("made", {"kills": 1200}, ["the settings are gone"])


def breaking(seconds: float | None, seed: int) -> Row:
    raise OSError("no disk")


def lacking(seconds: float | None, seed: int) -> Row:
    missing("xfs")


def whole(seconds: float | None, seed: int) -> Row:
    return Row("made", {"seconds": 0 if seconds is None else 1}, [])


def have_rows(monkeypatch: pytest.MonkeyPatch, **rows: Callable[[float | None, int], Row]) -> None:
    """Let the harness have these rows, by name, and no others."""
    for name, run in rows.items():
        made = ModuleType(f"torture.{name}")
        made.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"torture.{name}", made)
    monkeypatch.setattr(runner, "ENTRIES", tuple(Entry(name, 1, "a row made here") for name in rows))


@pytest.mark.parametrize(
    ("run", "ci", "verdict", "told"),
    [
        (failing, "", "FAILED", ["the settings are gone"]),
        (breaking, "", "FAILED", ["OSError: no disk"]),
        (lacking, "", "skipped", ["xfs is not installed"]),
        (lacking, "true", "FAILED", ["Failed: xfs is not installed"]),
        (whole, "", "passed", []),
    ],
)
def test_what_a_row_found_is_told_and_decides_the_exit_code(
    run: Callable[[float | None, int], Row],
    ci: str,
    verdict: str,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    have_rows(monkeypatch, made=run)
    monkeypatch.setattr(sys, "argv", ["torture", "--seed", "7", "--report", str(tmp_path)])
    monkeypatch.setenv("CI", ci)
    assert runner.main() == (verdict == "FAILED")
    (row,) = json.loads((tmp_path / "torture.json").read_text())["rows"]
    assert (row["verdict"], row["failures"]) == (verdict, told)
    assert verdict in capsys.readouterr().out
    assert f"| {verdict}" in (tmp_path / "torture.md").read_text()


def test_a_run_of_one_row_keeps_what_an_earlier_run_found_of_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    have_rows(monkeypatch, one=failing, two=whole)
    for words in (["--long"], ["two"], ["one"]):
        monkeypatch.setattr(sys, "argv", ["torture", "--report", str(tmp_path), *words])
        runner.main()
    rows = json.loads((tmp_path / "torture.json").read_text())["rows"]
    assert [(row["row"], row["verdict"], row["form"]) for row in rows] == [
        ("one", "FAILED", "short"),
        ("two", "passed", "short"),
    ]
    monkeypatch.setattr(sys, "argv", ["torture", "--report", str(tmp_path), "--long", "two"])
    runner.main()
    rows = json.loads((tmp_path / "torture.json").read_text())["rows"]
    assert [row["form"] for row in rows] == ["short", "long"]


def test_rows_that_failed_are_told_once_more_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows take a quarter of an hour: what comes first is lost where only the end is kept."""
    have_rows(monkeypatch, one=failing, two=whole)
    monkeypatch.setattr(sys, "argv", ["torture"])
    assert runner.main() == 1
    printed = capsys.readouterr().out
    assert printed[printed.index("Failed:") :].splitlines()[1].startswith("one: FAILED")


def test_rows_run_beside_each_other_and_each_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    met = get_context("fork").Barrier(2)

    def meeting(seconds: float | None, seed: int) -> Row:
        met.wait(30)  # for the other row
        return Row("made", {"seed": seed}, [])

    have_rows(monkeypatch, one=meeting, two=meeting)
    monkeypatch.setattr(sys, "argv", ["torture", "--seed", "7", "--at-once", "2"])
    assert runner.main() == 0
    told = [line.split(" in ")[0] for line in capfd.readouterr().out.splitlines()[1:]]
    assert sorted(told) == ["one: passed", "two: passed"]


def test_a_row_that_takes_its_process_along_has_failed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where rows run beside each other, a process that is gone must not count as one that found nothing."""

    def killed(seconds: float | None, seed: int) -> Row:
        os.kill(os.getpid(), signal.SIGKILL)
        return whole(seconds, seed)

    have_rows(monkeypatch, one=killed)
    monkeypatch.setattr(sys, "argv", ["torture", "--at-once", "2"])
    assert runner.main() == 1
    assert "one: FAILED" in capfd.readouterr().out
