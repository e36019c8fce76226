"""A stand-in for Claude Code, as far as the guard can see it.

A process that was started in a shell, keeps its first environment, and runs the key helper by a shell in an
environment of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.home.user_home import ROOT, Ran, UserHome

_CLIENT = """
import json, os, subprocess, sys
for line in sys.stdin:
    asked = json.loads(line)
    environ = {k: v for k, v in (os.environ | asked["env"]).items() if v is not None}
    done = subprocess.run(
        ["/bin/sh", "-c", asked["command"]], env=environ, cwd=asked["cwd"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)
"""


class GuardedSession:
    """A session in `directory`, started with its first question, as the real one asks when it starts."""

    def __init__(self, home: UserHome, directory: Path, shell: Mapping[str, str]) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._shell = home.environ | dict(shell)
        self.directory = directory
        self.env: dict[str, str | None] = {"CLAUDE_CODE_ENTRYPOINT": "cli", **home.env(), **shell}

    def start(self) -> subprocess.Popen[str]:
        """Start it, where it is not yet."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CLIENT],
                env=self._shell,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process

    def end(self) -> None:
        """Close it."""
        if self._process is not None:
            self._process.communicate()

    def key(self, name: str = "work", **env: str | None) -> Ran:
        """What `key print` says to it, with those variables in its environment too."""
        asked = {
            "command": f"exec {sys.executable} -m tray key print {name}; exit $?",
            "env": {"PYTHONPATH": str(ROOT)} | self.env | env,
            "cwd": str(self.directory),
        }
        process = self.start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        return Ran(*json.loads(process.stdout.readline()))

    def write(self, name: str, env: Mapping[str, object], **top: object) -> Path:
        """Let a settings file of its directory say so; `name` without `.json`."""
        path = self.directory / ".claude" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"env": env, **top}))
        return path


def session_born(at: float, pid: int = 1) -> str:
    """How a client that was started then is known."""
    if sys.platform != "linux":
        return f"{pid}:{at}"
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME) - (time.time() - at)
    return f"{pid}:{round(since_boot * os.sysconf('SC_CLK_TCK'))}"


@contextmanager
def guarded_session(home: UserHome, shell: Mapping[str, str] | None = None) -> Iterator[GuardedSession]:
    """A session that was started in a shell with those variables besides the home's own."""
    directory = home.root / "project"
    directory.mkdir(exist_ok=True)
    session = GuardedSession(home, directory, shell or {})
    try:
        yield session
    finally:
        session.end()
