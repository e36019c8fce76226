"""Striking a real process at a chosen system call, by strace: with a kill, or with an error.

A `Scenario` says in which world a process starts and what it does. `points` runs it once and lists every
call by which it changes something below the world's root; `strike` runs it again and hits one of them.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from faults.driver import act
from faults.world import World
from support.missing import impossible

REPOSITORY = Path(__file__).parents[2]
CHANGING = (
    "openat,write,pwrite64,fsync,fdatasync,syncfs,rename,renameat,renameat2,mkdir,mkdirat,rmdir,unlink,unlinkat,"
    "chmod,fchmod,fchmodat,fchown,setxattr,fsetxattr,fremovexattr,ftruncate"
)
DRIVER = (sys.executable, "-m", "faults.driver")
COMMAND_LINE = (sys.executable, "-m", "tray")
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EDQUOT")
_CALL = re.compile(r"^(?:\d+\s+)?(\w+)\(")
_REPLACES = re.compile(r'rename.*, "[^"]*/settings\.json"')
_TIME_LIMIT_S = 60
_SERIAL = Path(__file__).parent / "serial"


class Point(NamedTuple):
    """The `ordinal`-th call of that name in the process; `line` as strace shows it."""

    call: str
    ordinal: int
    line: str

    def __str__(self) -> str:
        return f"{self.call}#{self.ordinal} {self.line}"


class Scenario(NamedTuple):
    """`prepare` makes the world in which the process does `action`; `busy` makes the file unreplaceable.

    `stdin` is what the process is given to read.
    """

    name: str
    prepare: Callable[[World], object]
    action: tuple[str, ...]
    busy: bool = False
    stdin: str = ""


class Stage:
    """One scenario, set up again before each run. Paths stay the same: the state's place depends on them."""

    def __init__(self, directory: Path, scenario: Scenario, command: Sequence[str] = DRIVER) -> None:
        self.scenario = scenario
        self.command = command
        self.root = directory / "home"
        self._template = directory / "template"
        self.root.mkdir(parents=True)
        scenario.prepare(self.world())
        self.old = self.world().bytes()
        shutil.copytree(self.root, self._template, symlinks=True)
        self._owners = {
            path.relative_to(self.root): path.lstat()[4:6]
            for path in self.root.rglob("*")
            if not path.is_symlink()
        }
        self._busy: list[str] = []
        self._longest_s = 1.0  # that an undisturbed run takes, as far as is known
        self._find_points()  # compiles
        self.points = self._find_points()
        if scenario.busy:
            rename = next(point for point in self.points if _REPLACES.search(point.line))
            self._busy = ["-e", f"inject={rename.call}:error=EBUSY:when={rename.ordinal}"]
            self.points = [point for point in self._find_points() if point.call != rename.call]
        self.new = self.world().bytes()

    def world(self) -> World:
        return World(self.root, vault=True)

    def reset(self) -> World:
        shutil.rmtree(self.root)
        shutil.copytree(self._template, self.root, symlinks=True)
        if os.geteuid() == 0:
            for path, owner in self._owners.items():
                os.chown(self.root / path, *owner)
        return self.world()

    def _find_points(self) -> list[Point]:
        """Every changing call below the root, from one run that succeeds."""
        log = self.root.parent / "trace"
        self.run_through(["-o", str(log), *self._busy])
        counter: Counter[str] = Counter()
        points = []
        for line in log.read_text().splitlines():
            match = _CALL.match(line)
            if match is None:
                continue
            counter[match[1]] += 1
            opens = match[1] == "openat" and not re.search("O_(WRONLY|RDWR|CREAT)", line)
            if str(self.root) in line and not opens:
                points.append(Point(match[1], counter[match[1]], line))
        return points

    def run_through(self, options: Sequence[str] = (), ready: Callable[[], None] = lambda: None) -> None:
        """Run the action unharmed; AssertionError when it fails. `ready` is called when all is set up."""
        self.reset()
        ready()
        result = self._run([*options])
        assert result.returncode == 0, result.stdout + result.stderr

    def kill(self, point: Point, ready: Callable[[], None] = lambda: None) -> None:
        """Run the action and end it, as `kill -9` would, when it enters that call; `ready` as above."""
        self.reset()
        ready()
        result = self._run([*self._busy, "-e", f"inject={point.call}:signal=SIGKILL:when={point.ordinal}"])
        assert result.returncode in (-9, 137), f"not killed at {point}: {result}"

    def kill_at(self, rng: random.Random) -> None:
        """Run the action as a user does, with all its threads, and end it at any moment of it."""
        self.reset()
        began = time.monotonic()
        with subprocess.Popen(
            [*self.command, *self.scenario.action],
            env=self._environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.root.parent,
        ) as process:
            assert process.stdin is not None
            process.stdin.write(self.scenario.stdin)
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.2, 1.1) * self._longest_s)
            ended = process.poll() is not None
            process.kill()
        if ended:  # the next is to find it at work
            self._longest_s = min(self._longest_s, time.monotonic() - began)

    def fail(self, point: Point, error: str) -> subprocess.CompletedProcess[str]:
        """Run the action while that call answers with an error."""
        self.reset()
        return self._run([*self._busy, "-e", f"inject={point.call}:error={error}:when={point.ordinal}"])

    def follow_up(self, *action: str) -> None:
        """Another command afterwards, unharmed, in this process."""
        act(self.world(), *action)

    def run_command(self, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in this world, unharmed and untraced."""
        return subprocess.run(
            argv,
            env=self._environ(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT_S,
            cwd=self.root.parent,
        )

    def _environ(self, *paths: Path) -> dict[str, str]:
        return {
            **self.world().environ,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, (*paths, REPOSITORY, REPOSITORY / "tests"))),
            # Compiled by the first run of this stage: anyone else who compiles must not shift the ordinals.
            "PYTHONPYCACHEPREFIX": str(self.root.parent / "compiled"),
            "PYTHONHASHSEED": "0",
        }

    def _run(self, options: list[str]) -> subprocess.CompletedProcess[str]:
        if "-o" not in options:
            options = ["-o", os.devnull, *options]
        # By the kernel's filter only these calls stop; a signal gets lost where that filter is.
        quick = [] if any("signal=" in option for option in options) else ["--seccomp-bpf"]
        trace = ["strace", "-f", *quick, "-qq", "-y", "-s", "0", "-e", f"trace={CHANGING}", *options]
        return subprocess.run(
            [*trace, *self.command, *self.scenario.action],
            env=self._environ(_SERIAL),
            input=self.scenario.stdin,
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT_S,
            cwd=self.root.parent,
        )


def require_strace() -> None:
    """Skip with the reason where strace cannot be used; under CI that is a failure."""
    try:
        probe = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True)
        problem = probe.stderr if probe.returncode else ""
    except FileNotFoundError:
        problem = "strace is not installed"
    if problem:
        impossible(f"needs strace: {problem.strip()}")
