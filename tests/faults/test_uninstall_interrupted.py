"""`uninstall` is killed at the calls by which it changes something, and run again: then nothing is left.

What a user would lose otherwise: settings that name a helper which is gone, with the memory of what was there
before gone as well; or keys that stay in a store of which nobody knows any more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from faults.injection import COMMAND_LINE, Point, Scenario, Stage, require_strace
from faults.world import ORIGINAL, World

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
FULL = os.environ.get("PKCC_FAULTS") == "full"
UNINSTALL = ("uninstall", "--yes")


def in_use(world: World) -> None:
    """A profile is in use, in a project too, and starts at login."""
    world.furnish()
    (world.root / "project").mkdir()
    environ = {**world.environ, "PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}
    for line in ("switch home", "project add project --metadata a=b", "autostart on"):
        argv = [*COMMAND_LINE, *line.split()]
        subprocess.run(argv, env=environ, check=True, capture_output=True, cwd=world.root)


def files(stage: Stage) -> dict[str, bytes]:
    """All that is there of files, but for Python's own."""
    found = [path for path in stage.root.rglob("*") if path.is_file()]
    return {str(path.relative_to(stage.root)): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    require_strace()
    return Stage(tmp_path_factory.mktemp("stage"), Scenario("uninstall", in_use, UNINSTALL), COMMAND_LINE)


def some(points: list[Point]) -> list[Point]:
    return points[:: 1 if FULL else 9]


def test_killed_at_any_moment_the_same_command_goes_on(stage: Stage) -> None:
    stage.run_through()
    gone = files(stage)
    assert not any("own/" in name or "autostart" in name for name in gone), gone
    assert stage.world().bytes() == ORIGINAL
    problems = []
    for point in some(stage.points):
        stage.kill(point)
        helper = b"key print" in (stage.world().bytes() or b"")
        profile = stage.root / "own" / "profiles" / "home.json"
        if helper and not profile.exists():
            problems.append(f"{point}: settings name a helper whose profile is gone")
        old = time.time() - 11  # the killed one's own lock directory is taken over after 10 s
        for lock in stage.root.rglob("*.json.lock"):
            if lock.is_dir():
                os.utime(lock, (old, old))
        done = stage.run_command(*COMMAND_LINE, *UNINSTALL)
        if done.returncode != 0:
            problems.append(f"{point}: {done.stderr}")
        elif (now := files(stage)) != gone:
            differs = sorted(name for name in gone | now if gone.get(name) != now.get(name))
            problems.append(f"{point}: {differs}")
    assert not problems, f"{len(problems)} of {len(stage.points)}:\n" + "\n".join(problems)
