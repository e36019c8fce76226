"""`python -m benchmarks` as it is typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS, main, measured
from benchmarks.measure import Figure

REAL = dict(PARTS)
# What makes a part take its time, and how much of it shows whether the part works.
LITTLE: dict[str, float] = {
    "ROUNDS": 2,
    "SWITCHES": 100,
    "_CLIENTS": 2,
    "_FEW": 2,
    "_IDLE_S": 0.1,
    "_MANY": 6,
    "_MODELS": 1_000,
    "_PAGES": 1,
    "_RULES": 10,
    "_STARTS": 1,
    "_TIMES": 2,
    "_TURNS": 2,
    "_WARM_UP": 1,
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(directory: Path) -> Iterator[Figure]:
        assert not list(directory.iterdir()), "each part has a directory of its own"
        yield Figure("a figure", 1, 2, "ms", "")

    for part in PARTS:
        monkeypatch.setitem(PARTS, part, figures)
    monkeypatch.setattr("benchmarks.__main__.bare_start", lambda _directory: 10.0)


def test_a_part_that_is_named_twice_is_measured_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["large", "large"]) == 0
    assert capsys.readouterr().out.count("a figure |") == 1


def test_a_part_that_there_is_not_is_answered_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["larg"])
    assert "there is no larg: name startup, " in capsys.readouterr().err


def test_a_part_that_breaks_is_named_and_takes_no_figure_with_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes of measuring would be lost to the part that comes last."""

    def breaks(_: Path) -> Iterator[Figure]:
        yield Figure("its first", 1, 2, "ms", "")
        raise RuntimeError("no tray")

    monkeypatch.setitem(PARTS, "size", breaks)
    assert main(["large", "size", "tab"]) == 1
    said = capsys.readouterr()
    assert [line.split(" | ")[0] for line in said.out.splitlines()[2:]] == [
        "| a figure",
        "| its first",
        "| a figure",
    ]
    assert "RuntimeError: no tray" in said.err
    assert said.err.endswith("Broke, and are not measured whole: size\n")


def test_what_is_measured_is_printed_before_the_next_part_begins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who ends it early would have nothing."""

    def looks(_: Path) -> Iterator[Figure]:
        assert "| a figure | 1.00 ms |" in capsys.readouterr().out
        yield Figure("another", 1, 2, "ms", "")

    monkeypatch.setitem(PARTS, "size", looks)
    assert main(["large", "size"]) == 0


@pytest.mark.parametrize("part", REAL)
def test_each_part_measures_all_of_its_figures(
    part: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are measured seldom: one that broke with what it measures would be missed when it is asked for."""
    modules = [module for name, module in sys.modules.items() if name.startswith("benchmarks.")]
    for name, little in LITTLE.items():
        having = [module for module in modules if hasattr(module, name)]
        assert having, f"nothing is called {name} any more"
        for module in having:
            monkeypatch.setattr(module, name, little)
    rows, broken = measured(REAL, [part])
    said = capsys.readouterr().err
    assert not broken, said
    if not rows:
        assert "left out: " in said
        pytest.skip(said)


def test_a_part_that_is_measured_anew_keeps_the_other_rows_and_the_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures of other days, and the comparison with others, would be lost for one new row."""
    monkeypatch.setattr("benchmarks.__main__._ROOT", tmp_path)
    report = tmp_path / "docs" / "benchmarks.md"
    report.parent.mkdir()
    table = "| figure | measured | limit | | |\n|---|---|---|---|---|\n| old | 1 |\n| a figure | 7 |"
    report.write_text(f"Measured then.\n\n{table}\n\n## Others\n")
    for _ in range(2):
        assert main(["large", "--write"]) == 0
    new = table.replace("7 |", "1.00 ms | 2 ms | met | 0.10 x `python -c pass` |")
    day = f"{date.today():%Y-%m-%d}"
    assert report.read_text() == f"Measured then. `large`: {day}.\n\n{new}\n\n## Others\n"
