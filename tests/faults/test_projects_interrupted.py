"""A switch with projects is killed, or meets an error, at every call by which it changes something.

What a user would lose otherwise: repositories that go on sending one customer's requests by another's route.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from faults.injection import ERRORS, Point, Scenario, Stage, require_strace
from faults.world import World

from profiles.base.errors import PkccError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
LOCAL = Path(".claude", "settings.local.json")
OWN = b'{"permissions": {"allow": []},\t"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1"}}\r\n'
OTHER = {"name": "other", "route": {"kind": "provider", "provider": "@other"}, "api_key": "keyring:work"}


def furnished(world: World) -> None:
    """Two projects that follow, one with a file of its own, and one that is pinned to what is not active."""
    world.furnish()
    world.add(OTHER)
    (world.root / "b" / ".claude").mkdir(parents=True)
    (world.root / "b" / LOCAL).write_bytes(OWN)
    world.switch("home")
    for name in ("a", "b"):
        world.register(name, metadata={"repo": name})


def crowded(world: World) -> None:
    """So many projects that they wait for the disk together."""
    furnished(world)
    for number in range(66):
        world.register(f"p{number}", metadata={"repo": str(number)})


SCENARIOS = (
    Scenario("switch", furnished, ("switch", "other")),
    Scenario("off", furnished, ("off",)),
)


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda scenario: scenario.name)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    require_strace()
    built = Stage(tmp_path_factory.mktemp("stage"), request.param)
    written = [point for point in built.points if "settings.local.json" in point.line]
    assert len(written) >= 10, "the trace must have come to the projects"
    return built


def forget_locks(world: World) -> None:
    """The killed one's own lock directories: taken over after 10 s, which we do not wait for."""
    old = time.time() - 11
    for lock in world.root.rglob("*.json.lock"):
        if lock.is_dir():
            os.utime(lock, (old, old))


def check_together(world: World) -> None:
    """Settings and projects name one and the same route, and nothing is left half-done."""
    reading = world.switcher().read()
    assert (reading.condition, reading.changes) == ("ok", [])
    provider = reading.values.get("header.x-portkey-provider")
    registry = world.projects().registry()
    looks = world.projects().look(registry.projects.values(), reading.state, paused=registry.paused)
    assert {look.condition for look in looks} == {"ok"}, looks
    for name in map(os.path.basename, registry.projects):
        path = world.root / name / LOCAL
        text = json.loads(path.read_bytes())["env"]["ANTHROPIC_CUSTOM_HEADERS"] if path.exists() else ""
        lines = dict(line.split(": ", 1) for line in text.split("\n") if line)
        assert lines.get("x-portkey-provider") == provider
        assert lines.get("X-Mine") == ("1" if name == "b" else None)
    assert world.missing() == []
    assert world.in_clear() == []


def check_way_back(world: World) -> None:
    forget_locks(world)
    world.switcher().off()
    assert (world.root / "b" / LOCAL).read_bytes() == OWN
    assert not (world.root / "a" / LOCAL).exists()
    left = [each for each in world.leftovers() if not each.startswith("own/data/") and ".lock" not in each]
    assert left == []


def struck(stage: Stage, points: list[tuple[Point, str]]) -> None:
    problems = []
    for point, error in points:
        try:
            if error == "SIGKILL":
                stage.kill(point)
            else:
                result = stage.fail(point, error)
                assert result.returncode in range(6), result.stderr
                assert "Traceback" not in result.stderr
            world = stage.world()
            forget_locks(world)
            world.resume()
            if error != "SIGKILL":
                world.switcher().write_projects()  # as the report of what could not be written says
            check_together(stage.world())
            check_way_back(stage.world())
        except (AssertionError, PkccError) as problem:
            problems.append(f"{error} at {point}: {getattr(problem, 'title', '') or problem}")
    assert not problems, f"{len(problems)} of {len(points)}:\n" + "\n".join(problems)


def test_killed_at_any_moment_it_is_rolled_forward_by_the_next_command(stage: Stage) -> None:
    struck(stage, [(point, "SIGKILL") for point in stage.points])


def test_an_error_at_any_moment_leaves_no_project_behind(stage: Stage) -> None:
    errors = [(point, ERRORS[number % len(ERRORS)]) for number, point in enumerate(stage.points)]
    struck(
        stage,
        [each for each in errors if not (each[0].call.startswith("unlink") and ".pkcc-" in each[0].line)],
    )


def test_many_projects_that_wait_for_the_disk_together_are_rolled_forward_too(tmp_path: Path) -> None:
    """Killed at any moment, or told that the disk failed: no project is left with another route, or none."""
    require_strace()
    stage = Stage(tmp_path, Scenario("switch", crowded, ("switch", "other")))
    together = [point for point in stage.points if point.call == "syncfs"]
    if not together:
        pytest.skip("this file system is not one that is synced as a whole")
    assert len(together) == 2 * 4, "two parts of them, each with two files and their two directories"
    sampled = [*together, *stage.points[:: len(stage.points) // 20]]
    struck(stage, [*((point, "SIGKILL") for point in sampled), *((point, "EIO") for point in together)])
