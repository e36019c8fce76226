"""Row: the installed command is killed, or answered by an error, at every call by which it changes something.

What a user would lose otherwise: their settings, their own values, a profile, a key, a project's route, or a
command that ever works again. Of commands about a catalog: what `kills_catalogs` says.
"""

from __future__ import annotations

import json
import os
import random
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, zip_longest
from pathlib import Path
from typing import NamedTuple

from faults.injection import ERRORS, Point, Scenario, Stage, require_strace
from faults.world import CANARIES, KEY, ORIGINAL, World
from support.client.command import EXECUTABLE
from support.followed_catalog import TEAM_KEY
from torture.kills_catalogs import Followed, catalog_scenarios, followed
from torture.places import FOREIGN, LOCAL, OWN, age, crowd, furnish, providers
from torture.row import Row

from profiles.base.errors import PkccError
from profiles.base.secret import Secret

NEW_KEY = "pk-CANARYnew5678"
_SECRETS = (*CANARIES, NEW_KEY, TEAM_KEY)
_NOT_DONE = (
    "not in force yet",
    "still carry the profile",
    "still carries the profile",
)  # of the settings, while the rest was done
_AT_ONCE = 2  # stages; each waits for its processes
_SOMEBODY = (1234, 1235)  # who owns the settings, where we may say so


class Strike(NamedTuple):
    """`error` is SIGKILL or an errno's name. Without a point: SIGKILL at any moment, with nobody watching."""

    point: Point | None
    error: str


class Face(NamedTuple):
    """What a file has beside its bytes."""

    mode: int
    owner: tuple[int, int]
    attributes: dict[str, bytes]


def face(world: World) -> Face:
    target = world.settings.resolve()
    status = target.stat()
    attributes = {name: os.getxattr(target, name) for name in os.listxattr(target)}
    return Face(stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid), attributes)


def on_home(world: World) -> None:
    furnish(world, "a", "b", "c")
    target = world.settings.resolve()
    with suppress(OSError):  # not every file system has them
        os.setxattr(target, "user.colour", b"blue")
    target.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(target, *_SOMEBODY)


def on_other(world: World) -> None:
    on_home(world)
    world.switch("other")


def edited(world: World) -> None:
    """Somebody changed a value of ours, which `adopt` takes over."""
    on_home(world)
    data = world.settings.read_bytes()
    assert b"@anthropic" in data
    world.settings.write_bytes(data.replace(b"@anthropic", b"@adopted"))


def two_projects(world: World) -> None:
    furnish(world, "a", "b")
    (world.root / "c").mkdir()


def scenarios(root: Path) -> list[Scenario]:
    """The thirteen commands. `root`: where the home will be, for those that name a directory."""
    project = ("project", "add", str(root / "c"), "--metadata", "repo=c")
    return [
        Scenario("switch", on_home, ("switch", "other")),
        Scenario("off", on_home, ("off",)),
        Scenario("undo", on_other, ("undo",)),
        Scenario("adopt", edited, ("adopt",)),
        Scenario("project add", two_projects, project),
        Scenario("key set", on_home, ("key", "set", "work", "--stdin"), stdin=f"{NEW_KEY}\n"),
        Scenario("rename", on_home, ("rename", "home", "base")),
        *catalog_scenarios(root, on_home),
    ]


def strikes(points: Sequence[Point], seed: int) -> Iterator[Strike]:
    """Every kill and every error at every point, in random order, kills, errors and any moments in turns."""
    shuffle = random.Random(seed).shuffle
    kills = [Strike(point, "SIGKILL") for point in points]
    errors = [
        Strike(point, error)
        for point in points
        for error in (*ERRORS, "EINTR")
        # A temporary file that the system will not remove does stay.
        if not (point.call.startswith("unlink") and ".pkcc-" in point.line)
    ]
    shuffle(kills)
    shuffle(errors)
    moments = [Strike(None, "SIGKILL")] * len(kills)
    return (each for each in chain.from_iterable(zip_longest(kills, errors, moments)) if each is not None)


def check_struck(stage: Stage, new: bytes | None) -> None:
    """At once after the strike: every file is whole, and the settings are old or new."""
    world = stage.world()
    assert world.bytes() in (stage.old, new), "the settings are neither old nor new"
    assert world.settings.is_symlink(), "the link has become a file"
    assert FOREIGN in (world.bytes() or b""), "bytes of the user's were changed"
    providers(world)  # parses the projects' files
    assert world.in_clear() == []


def check_face(stage: Stage, before: Face) -> None:
    """Owner and attributes are what they were; the mode too, or narrower where a key is in the file."""
    now = face(stage.world())
    kept = now._replace(mode=before.mode) == before and now.mode in (before.mode, before.mode & 0o700)
    assert kept, f"mode, owner or attributes were changed: {now}"


def check_next(stage: Stage) -> None:
    """The next command completes, `off` gives the user's bytes, and nothing lies about."""
    age(stage.root)
    switched = stage.run_command(str(EXECUTABLE), "switch", "other")
    assert switched.returncode == 0, f"the next command failed: {switched.stderr}"
    world = stage.world()
    found = providers(world)
    carried = {"user": found.pop("user"), **{name: value for name, value in found.items() if value}}
    assert set(carried.values()) == {"@other"}, f"not the route of the next command: {carried}"
    assert {"a", "b", *crowd(world)} <= carried.keys(), f"a project has lost its route: {carried}"
    assert world.missing() == [], "a displaced key of the user's is lost"
    assert world.secrets.resolve("keyring:work").reveal() in (KEY, NEW_KEY)
    names = world.store.names()
    assert {"work", "other", "third"} < set(names), names
    for name in names:
        world.store.load(name)
    back = stage.run_command(str(EXECUTABLE), "off")
    assert back.returncode == 0, f"off failed: {back.stderr}"
    assert stage.world().bytes() == ORIGINAL, "off did not give the user's bytes back"
    assert (stage.root / "b" / LOCAL).read_bytes() == OWN, "off did not give the project's bytes back"
    assert not (stage.root / "a" / LOCAL).exists(), "off left a project's file that we had made"
    if leftovers(stage):  # where those two have no business: the next that writes there cleans
        age(stage.root)
        for words in (("copy", "other", "again"), ("switch", "again"), ("off",)):
            done = stage.run_command(str(EXECUTABLE), *words)
            assert done.returncode == 0, f"{words[0]} failed: {done.stderr}"
        vault = stage.world().secrets
        vault.put("spare", Secret(KEY))
        vault.put("work", Secret(KEY))
    assert leftovers(stage) == [], f"left behind: {leftovers(stage)}"


def leftovers(stage: Stage) -> list[str]:
    """Without Claude Code's locks, which it shares with us and takes over when they are old."""
    return [each for each in stage.world().leftovers() if not each.endswith(".json.lock")]


def check_strike(
    stage: Stage, strike: Strike, before: Face, catalog: Followed | None, rng: random.Random
) -> None:
    if strike.point is None:
        stage.kill_at(rng)
    elif strike.error == "SIGKILL":
        stage.kill(strike.point)
    else:
        result = stage.fail(strike.point, strike.error)
        text = result.stdout + result.stderr
        assert result.returncode in range(6), text
        assert result.returncode == 0 or text.strip(), "it failed without a word"
        assert "Traceback" not in text, text
        assert not any(secret in text for secret in _SECRETS), "a secret was printed"
        done = result.returncode == 0 and not any(words in text for words in _NOT_DONE)
        assert not done or stage.world().bytes() == stage.new, "it says that it is done"
    check_struck(stage, stage.new)
    check_face(stage, before)
    if catalog is not None:
        catalog.check(stage)
    check_next(stage)


def describe(problem: BaseException) -> str:
    return str(getattr(problem, "title", "") or problem).strip() or type(problem).__name__


def _strike_all(directory: Path, number: int, limit_s: float | None, seed: int) -> Row:
    """One command, struck until it has been everywhere or the time is over (its preparation not counted)."""
    scenario = scenarios(directory / "home")[number]
    stage = Stage(directory, scenario, (str(EXECUTABLE),))
    counts: Counter[str] = Counter({"commands": 1, "points": len(stage.points)})
    failures = []
    before = face(stage.reset())
    catalog = followed(stage)
    if catalog is None:
        stage.run_through()
    check_struck(stage, stage.new)
    check_face(stage, before)
    rng = random.Random(seed)
    started = time.monotonic()
    for strike in strikes(stage.points, seed):
        if limit_s is not None and time.monotonic() - started > limit_s:
            break
        kind = "kills" if strike.error == "SIGKILL" else "errors"
        counts[kind if strike.point else "kills at any moment"] += 1
        try:
            check_strike(stage, strike, before, catalog, rng)
        except (AssertionError, PkccError, json.JSONDecodeError) as problem:
            where = strike.point or "any moment"
            failures.append(f"{scenario.name}: {strike.error} at {where}: {describe(problem)}")
    return Row(scenario.name, dict(counts), failures)


def run(seconds: float | None, seed: int) -> Row:
    """All thirteen commands; without `seconds` at every point with every error."""
    require_strace()
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name, ThreadPoolExecutor(_AT_ONCE) as pool:
        count = len(scenarios(Path(os.sep)))
        share = None if seconds is None else seconds * _AT_ONCE / count
        stages = [
            pool.submit(_strike_all, Path(name, str(number)), number, share, seed) for number in range(count)
        ]
        rows = [stage.result() for stage in stages]
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.counts)
    return Row("kills", dict(counts), [failure for row in rows for failure in row.failures])
