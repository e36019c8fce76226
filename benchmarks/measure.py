"""Timing whole processes against `python -c pass` of the same interpreter, in turns, so noise hits both."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, Protocol

ROUNDS = 20
PYTHON = sys.executable
COMMAND = str(Path(sys.executable).with_name("pkcc-tray"))


class Figure(NamedTuple):
    """One measured figure: medians in milliseconds, or a bare value in `unit`, against its limit."""

    name: str
    value: float
    limit: float
    unit: str
    detail: str

    @property
    def met(self) -> bool:
        """Whether the limit holds; one that does not is reported as missed, never loosened."""
        return self.value <= self.limit


class Home:
    """A throw-away home with the embedded vault; `run` is one real process in it."""

    def __init__(self, directory: Path, environ: dict[str, str] | None = None) -> None:
        self.path = directory
        self.environ = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "PKCC_SECRETS": "vault"} | (
            environ or {}
        )

    def run(self, *argv: str, stdin: str = "") -> float:
        """Run a command to its end; returns the milliseconds it took. Raises when it fails."""
        started = time.perf_counter()
        done = subprocess.run(
            argv, env=self.environ, cwd=self.path, input=stdin, capture_output=True, text=True
        )
        elapsed = (time.perf_counter() - started) * 1000
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
        return elapsed

    def tool(self, *words: str, stdin: str = "") -> float:
        """Run `pkcc-tray` with these words."""
        return self.run(COMMAND, *words, stdin=stdin)


class Runs(Protocol):
    """What runs a command to its end and returns the milliseconds it took: a `Home`, or a session in it."""

    def run(self, *argv: str) -> float: ...  # noqa: D102


def against_bare(home: Runs, *commands: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of the commands (taken in turn) and of `python -c pass`, interleaved."""
    for command in commands:
        home.run(*command)
    timed, bare = [], []
    for round_number in range(ROUNDS):
        bare.append(home.run(PYTHON, "-c", "pass"))
        timed.append(home.run(*commands[round_number % len(commands)]))
    return timed, bare


def bare_start(directory: Path) -> float:
    """How long `python -c pass` takes now, in milliseconds: what any other figure can be compared by."""
    home = Home(directory)
    return statistics.median(home.run(PYTHON, "-c", "pass") for _ in range(ROUNDS))


def ratio(name: str, home: Runs, limit: float, *commands: list[str]) -> Figure:
    """How many times longer the commands take than `python -c pass`."""
    taken, taken_bare = against_bare(home, *commands)
    timed, bare = statistics.median(taken), statistics.median(taken_bare)
    detail = f"{timed:.1f} ms against {bare:.1f} ms, at best {min(taken):.1f} against {min(taken_bare):.1f}"
    return Figure(name, timed / bare, limit, "x", detail)
