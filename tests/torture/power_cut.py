"""Row: the power goes while the installed command works, or just after, on real ext4 and XFS file systems.

What a user would lose otherwise: all their settings, as an empty file.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from faults.injection import Point, Scenario, Stage, require_strace
from faults.world import World
from support.client.command import EXECUTABLE
from torture.kills import check_next, check_struck, describe, on_home
from torture.loop_image import MODES, Disk, disk
from torture.places import CROWD, furnish, providers
from torture.row import Row

from profiles.base.errors import PkccError

KINDS = ("ext4", "xfs")
_AFTERWARDS = 3  # each mode, in turns with the cuts in the middle: one in three when the command has ended


def in_a_crowd(world: World) -> None:
    """A user whose projects are so many that they wait for the disk together."""
    furnish(world, "a", "b", "c", *CROWD)


def cut(stage: Stage, its: Disk, point: Point | None, mode: int) -> None:
    """Run up to `point`, or to the end, and cut the power there."""
    if point is None:
        stage.run_through(ready=its.sync)
    else:
        stage.kill(point, ready=its.sync)
    its.cut(mode)


def torment(directory: Path, kind: str, command: Sequence[str], limit_s: float | None, seed: int) -> Row:
    """One file system; with another command than the installed one only what is left at once is looked at."""
    counts: Counter[str] = Counter({"file systems": 1, "cuts": 0, "cuts after the end": 0, "in a crowd": 0})
    failures = []
    ours = list(command) == [str(EXECUTABLE)]
    with disk(directory, kind) as its:
        users = {"user": on_home, "crowd": in_a_crowd} if ours else {"user": on_home}
        stages = [
            Stage(its.mounted / name, Scenario("switch", prepare, ("switch", "other")), command)
            for name, prepare in users.items()
        ]
        started = time.monotonic()
        middle = [(stage, point, mode) for stage, point in _in_turns(stages, seed) for mode in MODES]
        for number, (stage, point, mode) in enumerate(middle):
            if limit_s is not None and time.monotonic() - started > limit_s:
                break
            where = None if number // len(MODES) % _AFTERWARDS == 0 else point
            counts["cuts"] += 1
            counts["in a crowd"] += stage is not stages[0]
            counts["cuts after the end"] += where is None
            try:
                cut(stage, its, where, MODES[mode])
                check_struck(stage, stage.new)
                if where is None:
                    assert stage.world().bytes() == stage.new, "what was told to be done is gone"
                    if ours:
                        assert {*providers(stage.world()).values()} == {"@other"}, "a project is behind"
                if ours:
                    check_next(stage)
            except (AssertionError, PkccError, OSError, json.JSONDecodeError) as problem:
                failures.append(f"{kind}, {mode}, at {where or 'the end'}: {describe(problem)}")
    return Row(kind, dict(counts), failures)


def _in_turns(stages: Sequence[Stage], seed: int) -> Iterator[tuple[Stage, Point]]:
    """The points of all users in random order, one of each in turn."""
    shuffled = [[(stage, point) for point in stage.points] for stage in stages]
    for points in shuffled:
        random.Random(seed).shuffle(points)
    return chain.from_iterable(zip(*shuffled, strict=False))  # all of the one with the fewest


def run(
    seconds: float | None,
    seed: int,
    command: Sequence[str] = (str(EXECUTABLE),),
    kinds: Sequence[str] = KINDS,
) -> Row:
    """Both file systems, one after the other."""
    require_strace()
    share = None if seconds is None else seconds / len(KINDS)
    counts: Counter[str] = Counter()
    failures = []
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        for kind in KINDS:
            row = torment(Path(name), kind, command, share, seed)
            counts.update(row.counts)
            failures += row.failures
    return Row("power_cut", dict(counts), failures)
