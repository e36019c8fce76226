"""Row: the power goes while the installed command works, or just after, on real ext4 and XFS file systems.

What a user would lose otherwise: all their settings, as an empty file.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from faults.injection import Point, Scenario, Stage, require_strace
from support.client.command import EXECUTABLE
from torture.kills import check_next, check_struck, describe, on_home
from torture.loop_image import MODES, Disk, disk
from torture.row import Row

from profiles.base.errors import PkccError

KINDS = ("ext4", "xfs")
_AFTERWARDS = 4  # each mode, in turns with the cuts in the middle: one in four when the command has ended


def cut(stage: Stage, its: Disk, point: Point | None, mode: int) -> None:
    """Run up to `point`, or to the end, and cut the power there."""
    if point is None:
        stage.run_through(ready=its.sync)
    else:
        stage.kill(point, ready=its.sync)
    its.cut(mode)


def torment(directory: Path, kind: str, command: Sequence[str], limit_s: float | None, seed: int) -> Row:
    """One file system; with another command than the installed one only what is left at once is looked at."""
    counts: Counter[str] = Counter({"file systems": 1, "cuts": 0, "cuts after the end": 0})
    failures = []
    ours = list(command) == [str(EXECUTABLE)]
    with disk(directory, kind) as its:
        stage = Stage(its.mounted / "user", Scenario("switch", on_home, ("switch", "other")), command)
        points = [*stage.points]
        random.Random(seed).shuffle(points)
        started = time.monotonic()
        middle = [(point, mode) for point in points for mode in MODES]
        for number, (point, mode) in enumerate(middle):
            if limit_s is not None and time.monotonic() - started > limit_s:
                break
            where = None if number // len(MODES) % _AFTERWARDS == 0 else point
            counts["cuts"] += 1
            counts["cuts after the end"] += where is None
            try:
                cut(stage, its, where, MODES[mode])
                check_struck(stage, stage.new)
                if where is None:
                    assert stage.world().bytes() == stage.new, "what was told to be done is gone"
                if ours:
                    check_next(stage)
            except (AssertionError, PkccError, OSError, json.JSONDecodeError) as problem:
                failures.append(f"{kind}, {mode}, at {where or 'the end'}: {describe(problem)}")
    return Row(kind, dict(counts), failures)


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
