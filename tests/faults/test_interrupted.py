"""A real process is killed, or meets an error, at every call by which it changes something.

What a user would lose otherwise: their settings, their own keys, or a command that ever works again.
PKCC_FAULTS=full strikes the command line itself, with every error at every call (minutes); without it a small
process with the core alone is struck, and each call meets one of the errors.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from faults.injection import COMMAND_LINE, DRIVER, ERRORS, Point, Scenario, Stage, require_strace
from faults.world import CANARIES, ORIGINAL, World

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.claude_code.settings.parse import parse_settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
FULL = os.environ.get("PKCC_FAULTS") == "full"
# What may come next: each must set right what the struck one left, and `off` is exact after all of them.
NEXT = (("switch", "home"), ("off",), ("switch", "work"), ("undo",), ("refresh",))


def tried(stage: Stage, points: list[tuple[Point, str]], strike: Callable[[Point, str], None]) -> None:
    """Strike at every point and check what comes after; all that went wrong is told together."""
    problems = []
    for number, (point, error) in enumerate(points):
        try:
            strike(point, error)
            check_recovery(stage, number)
        except (AssertionError, PkccError) as problem:
            title = getattr(problem, "title", "") or str(problem)
            problems.append(f"{error} at {point}\n  then {NEXT[number % len(NEXT)]}: {title}")
    assert not problems, f"{len(problems)} of {len(points)}:\n" + "\n".join(problems)


def linked(world: World) -> None:
    """Settings in a dotfiles repository, with an extended attribute and, where we may, another owner."""
    world.furnish()
    target = world.root / "dotfiles" / "settings.json"
    target.parent.mkdir()
    world.settings.rename(target)
    world.settings.symlink_to(target)
    with suppress(OSError):  # where the file system has them
        os.setxattr(target, "user.note", b"mine")
    if os.geteuid() == 0:
        os.chown(target, 12345, 12345)


def on_work(world: World) -> None:
    linked(world)
    world.switch("work")


def on_home(world: World) -> None:
    on_work(world)
    world.switch("home")


# A header line of the user's that no other gateway may get: a switch takes it out.
LOGIN = ORIGINAL.replace(b"X-B: 2", b"Authorization: Bearer CANARYlogin\\nX-B: 2")


def with_login(world: World) -> None:
    linked(world)
    world.settings.write_bytes(LOGIN)


def login_taken_out(world: World) -> None:
    with_login(world)
    world.switch("work")


def made_by_us(world: World) -> None:
    world.furnish(original=None)
    world.switch("home")


SCENARIOS = (
    Scenario("first switch", linked, ("switch", "work")),
    Scenario("switch to a helper", on_work, ("switch", "home")),
    Scenario("off", on_home, ("off",)),
    Scenario("undo", on_home, ("undo",)),
    Scenario("undo of the first", on_work, ("undo",)),
    Scenario("a file made", lambda world: world.furnish(original=None), ("switch", "work")),
    Scenario("a file removed", made_by_us, ("off",)),
    Scenario("a login taken out", with_login, ("switch", "work")),
    Scenario("a login put back", login_taken_out, ("off",)),
    Scenario("in place", on_home, ("switch", "work"), busy=True),
    Scenario("off in place", on_home, ("off",), busy=True),
)


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda scenario: scenario.name)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    require_strace()
    built = Stage(tmp_path_factory.mktemp("stage"), request.param, COMMAND_LINE if FULL else DRIVER)
    assert len(built.points) > 10, "the trace must have found the calls"
    assert built.old != built.new
    return built


def original(stage: Stage) -> bytes | None:
    if stage.scenario.name.startswith("a login"):
        return LOGIN
    return ORIGINAL if stage.world().settings.is_symlink() else None


def check_settings(world: World, stage: Stage, *, torn: bool = False) -> None:
    """Whole, and old or new; a write in place may be torn until the next command fixes it."""
    now = world.bytes()
    if not torn:
        assert now in (stage.old, stage.new)
        parse_settings(now, "settings")
        reading = world.switcher().read()
        assert reading.condition == "ok"
        assert reading.changes == []
    assert world.in_clear() == []


def check_recovery(stage: Stage, number: int) -> None:
    """Whatever command comes next sets everything right; `off` then gives the first bytes."""
    world = stage.world()
    lock = world.claude / "settings.json.lock"
    if lock.is_dir():  # the killed one's own: taken over after 10 s, which we do not wait for
        old = time.time() - 11
        os.utime(lock, (old, old))
    with suppress(NotFoundError, ConflictError):  # nothing to undo, no profile active: as may be
        stage.follow_up(*NEXT[number % len(NEXT)])
    world = stage.world()
    # Claude Code's lock stays until somebody takes it over; what the key store left is encrypted, or names.
    assert [
        left for left in world.leftovers() if not left.startswith((".claude/settings.json.lock", "own/data/"))
    ] == []
    assert world.missing() == []
    assert world.in_clear() == []
    reading = world.switcher().read()
    assert (reading.condition, reading.changes) == ("ok", [])
    stage.follow_up("off")
    assert stage.world().bytes() == original(stage)
    assert stage.world().missing() == []


def test_a_kill_at_any_moment_loses_nothing(stage: Stage) -> None:
    def strike(point: Point, _: str) -> None:
        stage.kill(point)
        check_settings(stage.world(), stage, torn=stage.scenario.busy)

    tried(stage, [(point, "SIGKILL") for point in stage.points], strike)


def check_failure(stage: Stage, point: Point, error: str) -> None:
    result = stage.fail(point, error)
    assert result.returncode in range(6), result.stderr
    assert "Traceback" not in result.stderr
    assert not any(canary in result.stdout + result.stderr for canary in CANARIES)
    world = stage.world()
    check_settings(world, stage)
    if result.returncode:
        assert world.bytes() == stage.old, "it said that nothing was changed"
        assert world.missing() == []
    else:
        assert world.bytes() == stage.new, "it said that all was done"


def test_an_error_at_any_moment_is_told_and_loses_nothing(stage: Stage) -> None:
    points = [
        (point, error)
        for number, point in enumerate(stage.points)
        for error in (ERRORS if FULL else [ERRORS[number % len(ERRORS)]])
        # A temporary file that the system will not remove does stay.
        if not (point.call.startswith("unlink") and ".pkcc-" in point.line)
    ]
    tried(stage, points, lambda point, error: check_failure(stage, point, error))
