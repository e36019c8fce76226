"""Several processes write the projects, one is killed: each project gets the route that was chosen last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
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


def carried(command: Command) -> set[str]:
    """The providers that the projects' files name."""
    return {headers(command.home, number)["x-portkey-provider"] for number in range(COUNT)}


def switching(command: Command, name: str) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A switch whose processes are writing projects, and the process IDs of its workers."""
    file = file_of(command.home, COUNT - 1)
    environ = {"HOME": str(command.home), "PATH": "/usr/bin:/bin", "PKCC_SECRETS": "vault"}
    run = subprocess.Popen([str(EXECUTABLE), "switch", name], cwd=command.home / "project", env=environ)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    limit = time.monotonic() + 20
    while not (workers := children.read_text().split()) or file.stat().st_size == 0:
        assert run.poll() is None
        assert time.monotonic() < limit, "no worker was started"
    return run, [*map(int, workers)]


def test_after_the_first_is_killed_the_next_command_has_the_last_word(command: Command) -> None:
    """Workers that nobody waits for would write the old route over the new one."""
    run, workers = switching(command, "second")
    run.kill()
    run.wait()
    done = command.run("switch", "third")
    assert done.returncode == 0, done.stderr
    assert carried(command) == {"@third"}
    for worker in workers:  # none of them is left to write later
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_the_share_of_a_worker_that_is_killed_is_done_by_the_first(command: Command) -> None:
    """The system ends a process where memory is short: its projects would keep the old route, unsaid."""
    run, workers = switching(command, "second")
    os.kill(workers[0], signal.SIGKILL)
    assert run.wait(30) == 0
    assert carried(command) == {"@second"}
    assert not list(command.home.rglob("next.json"))


def test_interrupted_none_of_them_leaves_anything_behind(command: Command) -> None:
    """After Ctrl-C no lock of Claude Code's may lie about, and the next command finishes what was begun."""
    run, _ = switching(command, "second")
    run.send_signal(signal.SIGINT)
    run.wait(30)
    assert not list(command.home.rglob("settings*.json.lock"))
    assert not list(command.home.rglob(".*.pkcc-*"))
    command.data("switch", "third")
    assert carried(command) == {"@third"}
