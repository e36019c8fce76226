"""A task shared by several processes: whatever happens to one, no work is lost, and no lock let go early.

Each test runs a program of its own: this process has threads, which a copy of it would not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="tasks are shared by processes on Linux only")

START = """
import json, os, signal, sys, time
from profiles.base.programs.worker_processes import *
"""


def run(program: str, *argv: str) -> object:
    """What a program prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", START + program, *argv],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_each_does_its_share_and_only_the_first_may_ask_the_user() -> None:
    """Eight processes would ask for one passphrase eight times."""
    program = """
def task(number):
    try:
        forbid_in_worker()
    except NotInWorkerError:
        return [number, os.getpid(), "worker"]
    return [number, os.getpid(), "first"]
print(json.dumps([shared_by_processes(task, 3, print), os.getpid()]))
"""
    found, own = run(program)  # type: ignore[misc]
    assert [(number, kind) for number, _, kind in found] == [(0, "first"), (1, "worker"), (2, "worker")]
    assert found[0][1] == own
    assert len({pid for _, pid, _ in found}) == 3


@pytest.mark.parametrize(
    "end", ["os.kill(os.getpid(), signal.SIGKILL)", "raise ValueError", "sys.exit(0)", "return lambda: 1"]
)
def test_a_worker_that_fails_says_nothing_and_its_share_is_known_to_be_undone(end: str) -> None:
    """Out of memory, the system ends a worker: its projects would keep the old route, unsaid."""
    program = f"""
def task(number):
    if number == 1:
        {end}
    return "x" * 200_000
print(json.dumps([found and len(found) for found in shared_by_processes(task, 3, print)]))
"""
    assert run(program) == [200_000, None, 200_000]


def test_where_no_process_can_be_added_the_first_does_its_share() -> None:
    """A user with `ulimit -u` reached would see a switch fail half-way."""
    program = """
def refused():
    raise BlockingIOError
os.fork = refused
print(json.dumps(shared_by_processes(lambda number: number, 3, print)))
"""
    assert run(program) == [0, None, None]


@pytest.mark.parametrize("spare", range(6))
def test_with_hardly_an_open_file_left_no_worker_goes_on_as_the_program_itself(spare: int) -> None:
    """Two copies of one switch would write the settings, and print what they did, twice."""
    program = """
import resource
own = os.getpid()
spare = int(sys.argv[1])
first = os.dup(2)
resource.setrlimit(resource.RLIMIT_NOFILE, (first + spare, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
os.close(first)
try:
    found = shared_by_processes(lambda number: number, 3, print)
except OSError:
    found = None
os.write(1, b"x" if os.getpid() == own else b"a second one")
"""
    done = subprocess.run(
        [sys.executable, "-c", START + program, str(spare)], capture_output=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == (b"x", b"")


def test_where_the_system_waits_for_ended_processes_a_half_answer_counts_as_none() -> None:
    """Started where SIGCHLD is ignored, nobody says how a worker ended."""
    program = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
class Half:
    def __reduce__(self):
        os.kill(os.getpid(), signal.SIGKILL)
print(json.dumps(shared_by_processes(lambda number: Half() if number == 1 else number, 3, print)))
"""
    assert run(program) == [0, None, 2]


def test_what_a_worker_leaves_is_done_by_the_first() -> None:
    """A secret that nothing needs any more would stay in the keyring, or the user be asked by each worker."""
    program = """
done = []
def task(number):
    return left_to_first(f"of {number}")
print(json.dumps([shared_by_processes(task, 3, done.append), done]))
"""
    assert run(program) == [[False, True, True], ["of 1", "of 2"]]


def test_interrupted_it_has_the_workers_put_away_what_they_began(tmp_path: Path) -> None:
    """After Ctrl-C a worker that nobody knows of would go on writing projects, or leave its files about."""
    program = """
def task(number):
    if number == 0:
        while not os.path.exists(sys.argv[1] + "/begun"):
            time.sleep(0.001)
        raise KeyboardInterrupt
    try:
        open(sys.argv[1] + "/begun", "w").close()
        time.sleep(20)
    finally:
        open(sys.argv[1] + "/put away", "w").close()
try:
    shared_by_processes(task, 2, print)
except KeyboardInterrupt:
    print(json.dumps(os.listdir(sys.argv[1])))
"""
    assert sorted(run(program, str(tmp_path))) == ["begun", "put away"]  # type: ignore[call-overload]


def test_a_lock_stays_held_until_the_last_worker_has_ended(tmp_path: Path) -> None:
    """The command that is killed would let the next one in while its workers still write the old route."""
    program = """
from profiles.files.locks import locked
def task(number):
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.write(1, b"alive")
    os.read(0, 1)
with locked(sys.argv[1]):
    shared_by_processes(task, 2, print)
"""
    from profiles.base.errors import ConflictError
    from profiles.files.locks import locked

    lock = str(tmp_path / "lock")
    with subprocess.Popen(
        [sys.executable, "-c", START + program, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        first.wait(30)
        assert first.stdout.read(5) == b"alive"
        with pytest.raises(ConflictError), locked(lock, limit_s=0):
            pass
        first.stdin.write(b"x")
        first.stdin.close()
        with locked(lock):
            pass


def test_a_process_with_other_threads_makes_no_copies_of_itself() -> None:
    """What another thread of the tray holds just then would never be let go in the copy, which would hang."""
    program = """
import threading
alone = processes_for_a_task()
threading.Thread(target=time.sleep, args=(10,), daemon=True).start()
print(json.dumps([alone, processes_for_a_task()]))
"""
    alone, beside = run(program)  # type: ignore[misc]
    assert (alone > 1, beside) == (True, 1)
    assert alone <= 2 * len(os.sched_getaffinity(0))
