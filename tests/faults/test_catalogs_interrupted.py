"""`catalog update` is killed, or meets an error, at every call by which it changes something.

What a user would lose otherwise: profiles that can be read, the version that they accepted, or a catalog that
ever updates again. It may stop between fetching, accepting, writing profiles and writing the settings.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, NamedTuple

import pytest
from faults.injection import COMMAND_LINE, ERRORS, Point, Scenario, Stage, require_strace
from faults.world import World
from support.catalogs import SAFE, WORK, Signer, acme, data_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
FULL = os.environ.get("PKCC_FAULTS") == "full"
SIGNER = Signer()
UPDATE = ("catalog", "update", "acme")


def publish(world: World, serial: int, **work: Any) -> None:
    profiles = [{**WORK, "key": {"suggest": "op://Dev/portkey/{user}"}, **work}, SAFE]
    data = data_of(acme(serial=serial, profiles=profiles, keys=[SIGNER.public.text]))
    directory = world.root / "published"
    directory.mkdir(exist_ok=True)
    (directory / "pkcc-catalog.json").write_bytes(data)
    (directory / "pkcc-catalog.json.minisig").write_bytes(SIGNER.sign(data))


def following(world: World) -> None:
    """Version 43 is accepted and its `work` in use; 44 with another model is published."""
    import subprocess

    world.furnish()
    publish(world, 43)
    environ = {**world.environ, "PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}
    source = str(world.root / "published")
    add = ("catalog", "add", source, "--key", SIGNER.public.text, "--yes", "--input", "user=jane")
    for argv in (add, ("switch", "acme/work")):
        subprocess.run([*COMMAND_LINE, *argv], env=environ, check=True, capture_output=True)
    publish(world, 44, models={"sonnet": "claude-sonnet-6"}, label="New")


class Held(NamedTuple):
    """What a user has: settings, the catalog's profiles, which version holds, what is subscribed to."""

    settings: bytes | None
    profiles: dict[str, Any]
    serial: int
    subscriptions: Any


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    require_strace()
    built = Stage(tmp_path_factory.mktemp("stage"), Scenario("update", following, UPDATE), COMMAND_LINE)
    for part in ("catalogs.pending", "accepted.json", "profiles/work.json"):
        assert any(part in point.line for point in built.points), part
    return built


def held(stage: Stage) -> Held:
    """What is there; every file of it can be read."""
    data = stage.root / "own" / "data" / "catalogs" / "acme"
    profiles = {path.name: json.loads(path.read_bytes()) for path in (data / "profiles").glob("[!.]*.json")}
    accepted = json.loads(json.loads((data / "accepted.json").read_bytes())["data"])
    subscriptions = json.loads((stage.root / "own" / "catalogs.json").read_bytes())
    return Held(stage.world().bytes(), profiles, accepted["serial"], subscriptions)


def run(stage: Stage, *argv: str) -> None:
    old = time.time() - 11  # the killed one's own lock directory is taken over after 10 s
    for lock in stage.root.rglob("*.json.lock"):
        if lock.is_dir():
            os.utime(lock, (old, old))
    done = stage.run_command(*COMMAND_LINE, *argv)
    assert done.returncode == 0, done


def before_and_after(stage: Stage) -> tuple[Held, Held]:
    stage.reset()
    before = held(stage)
    stage.run_through()
    after = held(stage)
    assert (before.serial, after.serial) == (43, 44)
    assert before.settings != after.settings
    return before, after


def some(points: list[Point], every: int) -> list[Point]:
    relevant = [point for point in points if "/rendered" not in point.line and "lock" not in point.line]
    return relevant[:: 1 if FULL else every]


def check(stage: Stage, before: Held, after: Held) -> str:
    """What went wrong after a strike; "" for nothing."""
    struck = held(stage)
    if struck.serial == 43 and struck.profiles != before.profiles:
        return "profiles of what does not hold"
    run(stage, "history", "--json")  # any command finishes what was begun
    found = held(stage)
    if found.profiles != (before if found.serial == 43 else after).profiles:
        return f"version {found.serial} holds, but other profiles are there"
    run(stage, *UPDATE)
    differs = [name for name, a, b in zip(Held._fields, held(stage), after, strict=True) if a != b]
    return f"never became as it was to be: {', '.join(differs)}" if differs else ""


def test_killed_at_any_moment_the_last_good_version_holds(stage: Stage) -> None:
    before, after = before_and_after(stage)
    problems = []
    for point in some(stage.points, 6):
        stage.kill(point)
        if problem := check(stage, before, after):
            problems.append(f"{point}: {problem}")
    assert not problems, f"{len(problems)} of {len(stage.points)}:\n" + "\n".join(problems)


def test_an_error_at_any_moment_is_said_and_loses_nothing(stage: Stage) -> None:
    before, after = before_and_after(stage)
    problems = []
    for number, point in enumerate(some(stage.points, 14)):
        error = ERRORS[number % len(ERRORS)]
        result = stage.fail(point, error)
        if result.returncode not in range(6) or "Traceback" in result.stderr:
            problems.append(f"{error} at {point}: {result.stderr}")
        elif problem := check(stage, before, after):
            problems.append(f"{error} at {point}: {problem}")
    assert not problems, f"{len(problems)} of {len(stage.points)}:\n" + "\n".join(problems)
