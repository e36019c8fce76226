"""`key print` and the status line as Claude Code runs them, with the guard at work.

Not at a terminal, in a project with two settings files, with the client's marker and the route in the
environment, below a process that stands for the client.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from benchmarks.measure import Home

_CLIENT = """
import json, os, subprocess, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    started = time.perf_counter()
    env = asked["env"] | {"CLAUDE_PID": str(os.getpid())}
    done = subprocess.run(asked["argv"], env=env, cwd=asked["cwd"], input=asked["given"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    elapsed = (time.perf_counter() - started) * 1000
    print(json.dumps([elapsed, done.returncode, done.stderr]), flush=True)
"""
_PROJECT = {"permissions": {"allow": ["Bash(make test)"]}, "env": {"EDITOR": "vim"}}


def _project(home: Home) -> Path:
    return home.path / "project"


class Session:
    """What runs commands in place of a `Home`, from below the stand-in for the client."""

    def __init__(self, ask: IO[str], hear: IO[str], home: Home) -> None:
        self._ask, self._hear = ask, hear
        self._cwd = _project(home)
        claude = home.environ.get("CLAUDE_CONFIG_DIR") or f"{home.path}/.claude"
        with open(f"{claude}/settings.json", encoding="utf-8") as file:
            route = {name: str(value) for name, value in json.load(file)["env"].items()}
        self._environ = home.environ | route | {"CLAUDE_CODE_ENTRYPOINT": "cli", "AI_AGENT": "claude-code"}

    def run(self, *argv: str) -> float:
        """Run a command to its end; returns the milliseconds it took. Raises when it fails."""
        given = {"model": {"id": "claude-sonnet-5-5"}, "workspace": {"project_dir": str(self._cwd)}}
        asked = {"argv": argv, "env": self._environ, "cwd": str(self._cwd), "given": json.dumps(given)}
        self._ask.write(json.dumps(asked) + "\n")
        self._ask.flush()
        elapsed, code, errors = json.loads(self._hear.readline())
        if code != 0:
            raise RuntimeError(f"{' '.join(argv)}: {errors.strip()}")
        return float(elapsed)


@contextmanager
def session(home: Home) -> Iterator[Session]:
    """A session in that home, whose settings carry a profile already."""
    project = _project(home)
    (project / ".claude").mkdir(parents=True, exist_ok=True)
    (project / ".git").mkdir(exist_ok=True)
    # Before it starts: the guard refuses a key where a session's files changed since.
    for name in ("settings.json", "settings.local.json"):
        (project / ".claude" / name).write_text(json.dumps(_PROJECT))
    argv = [sys.executable, "-c", _CLIENT]
    with subprocess.Popen(
        argv, env=home.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        try:
            yield Session(process.stdin, process.stdout, home)
        finally:
            process.stdin.close()
