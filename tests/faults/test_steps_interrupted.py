"""A command that changes several things at once is killed, or meets an error, at every call by which it does.

What a user would lose otherwise: a profile of which half was written, a route that names a profile which is
gone, a key that nothing uses, or the step that `undo` would take back.
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

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
SPARE = {"name": "spare", "route": {"kind": "provider", "provider": "@spare"}, "api_key": "keyring:work"}
RULES = {"version": 1, "rules": [{"path": "/work/**", "profile": "home"}]}
BUNDLE = "import.json"


def furnished(world: World) -> None:
    """`home` is active and named by a rule, `spare` is another profile; a file to import lies there."""
    world.furnish()
    world.add(SPARE)
    (world.root / "own" / "rules.json").write_text(json.dumps(RULES))
    found = {
        "env": {
            "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
            "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @new\nx-portkey-api-key: pk-CANARY-imported-1",
        }
    }
    (world.root / BUNDLE).write_text(json.dumps(found))
    world.switch("home")


def removed(world: World) -> None:
    furnished(world)
    ran(world, "set", "home", "label", "Changed")
    ran(world, "set", "home", "metadata.a", "b")
    ran(world, "remove", "spare")


def ran(world: World, *argv: str) -> None:
    import subprocess

    environ = {**world.environ, "PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}
    subprocess.run([*COMMAND_LINE, *argv], env=environ, check=True, capture_output=True)


def scenarios(root: str) -> dict[str, Scenario]:
    imported = ("import", f"{root}/home/{BUNDLE}", "--name", "home", "--replace", "--yes")
    return {
        "set": Scenario("set", furnished, ("set", "home", "metadata.a", "b")),
        "rename": Scenario("rename", furnished, ("rename", "home", "base")),
        "import": Scenario("import", furnished, imported),
        "undo": Scenario("undo", removed, ("undo", "3")),
    }


class Held(NamedTuple):
    """What a user has: settings, profiles, rules, the names of keys; and the steps that can be undone."""

    settings: bytes | None
    profiles: dict[str, bytes]
    rules: Any
    keys: list[str]
    steps: list[str]


@pytest.fixture(scope="module", params=["set", "rename", "import", "undo"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    require_strace()
    directory = tmp_path_factory.mktemp("stage")
    built = Stage(directory, scenarios(str(directory))[request.param], COMMAND_LINE)
    assert any("journal" in point.line for point in built.points)
    assert any("own/profiles" in point.line for point in built.points)
    return built


def held(stage: Stage) -> Held:
    """What is there after the next command, whatever that is."""
    old = time.time() - 11  # the killed one's own lock directory is taken over after 10 s
    for lock in stage.root.rglob("*.json.lock"):
        if lock.is_dir():
            os.utime(lock, (old, old))
    answer = stage.run_command(*COMMAND_LINE, "history", "--json")
    assert answer.returncode == 0, answer
    world = stage.world()
    own = world.root / "own"
    return Held(
        world.bytes(),
        {path.name: path.read_bytes() for path in (own / "profiles").glob("[!.]*")},
        json.loads((own / "rules.json").read_bytes()),
        [name for name in world.secrets.names() if not name.startswith("displaced.")],
        [row["what"] for row in json.loads(answer.stdout)["data"]["steps"]],
    )


def before_and_after(stage: Stage) -> tuple[Held, Held]:
    stage.reset()
    before = held(stage)
    stage.run_through()
    return before, held(stage)


def between(stage: Stage) -> list[Any]:
    """The documents after each of the steps that are taken back, where several are."""
    stage.reset()
    found = []
    for _ in range(2 if stage.scenario.name == "undo" else 0):
        assert stage.run_command(*COMMAND_LINE, "undo").returncode == 0
        found.append(held(stage)[1:4])
    return found


def some(points: list[Point], every: int) -> list[Point]:
    """Some of the points, none of them in the caches: what is written there is made again."""
    relevant = [point for point in points if "/rendered" not in point.line and "lock" not in point.line]
    return relevant[::every]


def test_killed_at_any_moment_all_of_it_was_done_or_nothing(stage: Stage) -> None:
    before, after = before_and_after(stage)
    assert before != after
    problems = []
    for point in some(stage.points, 2):
        stage.kill(point)
        found = held(stage)
        if found not in (before, after):
            differs = [name for name, a, b in zip(Held._fields, found, after, strict=True) if a != b]
            problems.append(f"{point}: neither before nor after: {', '.join(differs)}")
        elif stage.world().in_clear():
            problems.append(f"{point}: {stage.world().in_clear()}")
    assert not problems, f"{len(problems)} of {len(stage.points)}:\n" + "\n".join(problems)


def test_an_error_at_any_moment_leaves_the_documents_whole(stage: Stage) -> None:
    """The settings may wait for the next command, which is said; half a step may not stay."""
    before, after = before_and_after(stage)
    whole_steps = [before[1:4], after[1:4], *between(stage)]
    problems = []
    for number, point in enumerate(some(stage.points, 3)):
        if point.call.startswith("unlink") and ".pkcc-" in point.line:
            continue
        error = ERRORS[number % len(ERRORS)]
        result = stage.fail(point, error)
        found = held(stage)
        if found[1:4] not in whole_steps or result.returncode not in range(6) or "Traceback" in result.stderr:
            problems.append(f"{error} at {point}: {result.stderr}")
    assert not problems, f"{len(problems)} of {len(stage.points)}:\n" + "\n".join(problems)
