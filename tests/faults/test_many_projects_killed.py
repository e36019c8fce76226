"""Several processes write the projects, one is killed: each project gets the route that was chosen last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from support.client.command import EXECUTABLE, Command
from support.home.many_projects import COUNT, file_of, headers, home_of_many

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="projects are written by processes on Linux only"
)
NAMES = ("first", "second", "third")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    command = home_of_many(tmp_path)
    for name in NAMES:
        command.add(name, "--provider", f"@{name}", key="pk-work-1")
    command.data("switch", "first")
    return command


def carried(command: Command) -> Counter[str]:
    """How many of the projects' files name each provider."""
    return Counter(headers(command.home, number)["x-portkey-provider"] for number in range(COUNT))


class Held:
    """A switch to `second` that cannot end: Claude Code's lock is held in the projects that come last."""

    def __init__(self, command: Command) -> None:
        files = sorted(file_of(command.home, number) for number in range(COUNT))
        self.locks = [
            file.with_name(f"{file.name}.lock") for file in files[-8:]
        ]  # one in each share, at least
        self._touch()
        environ = {"HOME": str(command.home), "PATH": "/usr/bin:/bin", "PKCC_SECRETS": "vault"}
        self.run = subprocess.Popen(
            [str(EXECUTABLE), "switch", "second"], cwd=command.home / "project", env=environ
        )
        limit = time.monotonic() + 25
        while carried(command)["@second"] < COUNT // 2:
            assert self.run.poll() is None
            assert time.monotonic() < limit, "the projects are not written"
            self._touch()
        children = Path(f"/proc/{self.run.pid}/task/{self.run.pid}/children")
        self.workers = [*map(int, children.read_text().split())]
        assert self.workers, "no worker was started"

    def _touch(self) -> None:
        """One that nobody touches for ten seconds is taken for abandoned."""
        for lock in self.locks:
            lock.mkdir(exist_ok=True)
            os.utime(lock)

    def let_go(self) -> None:
        for lock in self.locks:
            lock.rmdir()


def test_after_the_first_is_killed_the_next_command_has_the_last_word(command: Command) -> None:
    """Workers that nobody waits for would write the old route over the new one."""
    held = Held(command)
    held.run.kill()
    held.run.wait()
    held.let_go()
    done = command.run("switch", "third")
    assert done.returncode == 0, done.stderr
    assert carried(command) == {"@third": COUNT}
    assert not any(is_running(worker) for worker in held.workers), "one is left that could write later"


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_the_share_of_a_worker_that_is_killed_is_done_by_the_first(command: Command) -> None:
    """The system ends a process where memory is short: its projects would keep the old route, unsaid."""
    held = Held(command)
    os.kill(held.workers[0], signal.SIGKILL)
    held.let_go()
    assert held.run.wait(30) == 0
    assert carried(command) == {"@second": COUNT}
    assert not list(command.home.rglob("next.json"))


def test_interrupted_none_of_them_leaves_anything_behind(command: Command) -> None:
    """After Ctrl-C no lock of Claude Code's may lie about, and the next command finishes what was begun."""
    held = Held(command)
    held.run.send_signal(signal.SIGINT)
    assert held.run.wait(30) == 130
    assert not any(is_running(worker) for worker in held.workers)
    held.let_go()
    assert not list(command.home.rglob("settings*.json.lock"))
    assert not list(command.home.rglob(".*.pkcc-*"))
    command.data("switch", "third")
    assert carried(command) == {"@third": COUNT}
