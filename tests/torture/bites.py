"""Row: naive writers and a naive helper in our place, or a part of ours taken out. Each must fail its rows.

Without this row, a harness that notices nothing would look like a program that loses nothing.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from faults.injection import Scenario, Stage, require_strace
from torture import guard, power_cut, races
from torture.broken import PARTS, broken_command, broken_everywhere
from torture.kills import check_face, check_struck, describe, face, on_home
from torture.kills_catalogs import catalog_scenarios, followed
from torture.row import Row

_TRIES = 5
_ATTACKS_S = 30.0  # until a user is there, with a catalog, and has met some attacks
_Row = Callable[[Sequence[str], float | None, int], list[str]]
_NAIVE = Path(__file__).with_name("naive.py")


def killed(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    """The row of kills, as far as it can be asked of another's writer: the file just after."""
    require_strace()
    failures = []
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        stage = Stage(Path(name), Scenario("switch", on_home, ("switch", "other")), command)
        before = face(stage.reset())
        for point in (None, *stage.points):
            if point is None:
                stage.run_through()
            else:
                stage.kill(point)
            for check in (lambda: check_struck(stage, stage.new), lambda: check_face(stage, before)):
                try:
                    check()
                except (AssertionError, ValueError) as problem:
                    failures.append(describe(problem))
    return failures


def killed_accepting(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    """The same for a catalog's new version, where it has just come to hold."""
    require_strace()
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        root = Path(name)
        scenario = catalog_scenarios(root / "home", on_home)[0]
        stage = Stage(root, scenario, command)
        its = followed(stage)
        assert its is not None
        for point in stage.points:
            if "/acme/profiles/" in point.line:
                stage.kill(point)
                try:
                    its.check(stage)
                except AssertionError as problem:
                    return [describe(problem)]
    return []


def raced(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    return races.run(limit_s or 10, seed, command).failures


def cut(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    return power_cut.run(limit_s or 30, seed, command).failures


def led_astray(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    return guard.run(max(limit_s or 0, _ATTACKS_S), seed, command).failures


def led_by_a_catalog(command: Sequence[str], limit_s: float | None, seed: int) -> list[str]:
    """The row of keys at strangers, as far as a catalog could send them there; of a part taken out."""
    part = next(name for name in PARTS if broken_command(name) == tuple(command))
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        broken = broken_everywhere(part, Path(name))
        return guard.run(limit_s and max(limit_s, _ATTACKS_S), seed, broken=broken, only="catalogs").failures


# Which row finds what: by a word that its failure has.
EXPECTED: tuple[tuple[str, _Row, str], ...] = (
    ("in place", killed, "neither old nor new"),
    ("in place", raced, "torn reads"),
    ("rename only", killed, "the link has become a file"),
    ("rename only", raced, "saves were lost"),
    ("no fsync", cut, "neither old nor new"),
    ("load and dump", killed, "bytes of the user's were changed"),
    ("asks nothing", led_astray, "bytes of a key at a stranger"),
    ("load and dump", killed, "mode, owner or attributes were changed"),
    ("applies unasked", led_by_a_catalog, "bytes of a key at a stranger"),
    ("no intent", killed_accepting, "of version 44 are others"),
)


def _found(row: _Row, command: Sequence[str], words: str, limit_s: float | None, seed: int) -> list[str]:
    """The failures with those words. What is raced or cut shows itself by chance: it is given some more."""
    for number in range(_TRIES):
        if found := [each for each in row(command, limit_s, seed + number) if words in each]:
            return found
    return []


def run(seconds: float | None, seed: int) -> Row:
    """Each naive style before the rows it should fail. `counts`: the failures of the right kind."""
    share = None if seconds is None else seconds / len(EXPECTED)
    counts = {}
    failures = []
    for style, row, words in EXPECTED:
        command = broken_command(style) if style in PARTS else (sys.executable, str(_NAIVE), style)
        found = _found(row, command, words, share, seed)
        counts[f"{style}, {row.__name__}: {words}"] = len(found)
        if not found:
            failures.append(f"{style!r} was not found out by {row.__name__}: no failure says {words!r}")
    return Row("bites", counts, failures)
