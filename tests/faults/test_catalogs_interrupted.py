"""A command about a catalog is killed, or meets an error, at every call by which it changes something.

What a user would lose otherwise: profiles that can be read, the version that they accepted or went back
to, or a catalog that ever updates again. It may stop between fetching, accepting, writing profiles and the
settings.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from faults.injection import ERRORS, Point, Scenario, Stage, require_strace
from support.client.command import EXECUTABLE
from support.followed_catalog import NEXT_CHANGE, SPARE_KEY, Change, Course, changes, held

if TYPE_CHECKING:
    from faults.world import World

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
FULL = os.environ.get("PKCC_FAULTS") == "full"
# What each must write, or it is not what it is taken for.
PARTS = {
    "catalog update": ("catalogs.pending", "accepted.json", "profiles/work.json", "/settings.json"),
    "catalog accept": ("catalogs.pending", "accepted.json", "profiles/work.json", "/settings.json"),
    "catalog add": ("catalogs.pending", "accepted.json", "profiles/work.json", "catalogs.json"),
    "join": ("catalogs.pending", "vault", "profiles/work.json", "/settings.json"),
    "catalog rollback": ("catalogs.pending", "offered.json", "profiles/work.json", "/settings.json"),
    "catalog remove": ("catalogs.pending", "catalogs.json", "profiles/work.json", "/settings.json"),
}


class Struck(NamedTuple):
    """A change on its stage, and what it comes to unharmed."""

    change: Change
    stage: Stage
    course: Course

    def run(self, *argv: str, stdin: str = "") -> int:
        old = time.time() - 11  # the killed one's own lock directory is taken over after 10 s
        for lock in self.stage.root.rglob("*.json.lock"):
            if lock.is_dir():
                os.utime(lock, (old, old))
        return self.stage.run_command(str(EXECUTABLE), *argv, stdin=stdin).returncode

    def check(self) -> str:
        """What went wrong by a strike; "" for nothing."""
        try:
            self.course.check_struck(held(self.stage.world()))
            assert self.run("history", "--json") == 0
            self.course.check_looked(held(self.stage.world()))
            assert self.run(*NEXT_CHANGE, stdin=SPARE_KEY) == 0
            now = held(self.stage.world())
            self.course.check_next(now)
            code = self.run(*self.change.action, stdin=self.change.stdin)
            assert code == 0 or now.serial == self.course.after.serial, f"it ends with {code} from then on"
            self.course.check_again(held(self.stage.world()))
        except AssertionError as problem:
            return str(problem)
        return ""


@pytest.fixture(scope="module", params=sorted(PARTS))
def struck(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Struck:
    require_strace()
    directory = tmp_path_factory.mktemp("stage")
    change = next(each for each in changes(directory / "home") if each.name == request.param)

    def prepare(world: World) -> None:
        world.furnish()
        change.prepare(world)

    stage = Stage(
        directory, Scenario(change.name, prepare, change.action, stdin=change.stdin), (str(EXECUTABLE),)
    )
    for part in PARTS[change.name]:
        assert any(part in point.line for point in stage.points), part
    before = held(stage.reset())
    stage.run_through()
    course = Course(before, held(stage.world()), change.in_steps)
    assert before != course.after
    return Struck(change, stage, course)


def some(points: list[Point], every: int) -> list[Point]:
    relevant = [point for point in points if "/rendered" not in point.line and "lock" not in point.line]
    return relevant[:: 1 if FULL else every]


def test_killed_at_any_moment_the_last_good_version_holds(struck: Struck) -> None:
    problems = []
    for point in some(struck.stage.points, 12):
        struck.stage.kill(point)
        if problem := struck.check():
            problems.append(f"{point}: {problem}")
    assert not problems, f"{len(problems)} of {len(struck.stage.points)}:\n" + "\n".join(problems)


def test_an_error_at_any_moment_is_said_and_loses_nothing(struck: Struck) -> None:
    problems = []
    for number, point in enumerate(some(struck.stage.points, 30)):
        error = ERRORS[number % len(ERRORS)]
        result = struck.stage.fail(point, error)
        if result.returncode not in range(6) or "Traceback" in result.stderr:
            problems.append(f"{error} at {point}: {result.stderr}")
        elif problem := struck.check():
            problems.append(f"{error} at {point}: {problem}")
    assert not problems, f"{len(problems)} of {len(struck.stage.points)}:\n" + "\n".join(problems)
