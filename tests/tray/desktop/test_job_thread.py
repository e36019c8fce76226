"""The tray's worker: what a command asks of it is done once or never, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from profiles.base.errors import PkccError
from tray.desktop.threads.job_thread import JobThread

LIMIT_S = 10.0


class Blocked:
    """Work that stands still until it is let go."""

    def __init__(self, worker: JobThread) -> None:
        self.leave = threading.Event()
        inside = threading.Event()

        def stand() -> None:
            inside.set()
            self.leave.wait(LIMIT_S)

        worker.put(stand)
        assert inside.wait(LIMIT_S)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.asked = threading.Event()

    def __call__(self) -> float:
        self.asked.set()
        return self.now


@pytest.fixture
def errors() -> list[Exception]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(errors: list[Exception], clock: Clock) -> Iterator[JobThread]:
    its = JobThread("worker", errors.append, clock, turn_limit_s=0.05)
    its.start()
    yield its
    its.stop(LIMIT_S)


def test_a_command_gets_what_its_work_returns_or_raises_and_the_tray_does_not_tell_it_too(
    worker: JobThread, errors: list[Exception]
) -> None:
    """Else a slip at the command line would also pop up as a notification."""
    assert worker.ask(lambda: threading.current_thread().name) == "worker"
    with pytest.raises(PkccError, match="no such profile"):
        worker.ask(lambda: _raise(PkccError("no such profile", "")))
    assert errors == []


def test_work_that_cannot_begin_in_time_is_never_done(worker: JobThread) -> None:
    """The command does it itself then: done once more, later, it would undo what the user did since."""
    blocked = Blocked(worker)
    done: list[str] = []
    with pytest.raises(TimeoutError):
        worker.ask(lambda: done.append("too late"))
    blocked.leave.set()
    worker.finish(lambda: done.append("the next"))
    assert done == ["the next"]


def test_work_of_before_a_sleep_is_not_done_after_it(clock: Clock) -> None:
    """A stopped process or a sleeping machine wakes up with work whose sender is long gone."""
    worker = JobThread("worker", lambda _: None, clock, turn_limit_s=LIMIT_S)
    worker.start()
    blocked = Blocked(worker)
    done: list[str] = []
    with ThreadPoolExecutor(1) as command:
        asked = command.submit(worker.ask, lambda: done.append("too late"))
        assert clock.asked.wait(LIMIT_S)
        clock.now += 3600
        blocked.leave.set()
        with pytest.raises(TimeoutError):
            asked.result(LIMIT_S)
    worker.stop(LIMIT_S)
    assert done == []


def test_work_that_began_late_is_waited_for(worker: JobThread) -> None:
    """A switch that takes a while because a keyring does is told as done, not done twice."""
    began = threading.Event()

    def slow() -> str:
        began.set()
        leave.wait(LIMIT_S)
        return "done"

    leave = threading.Event()
    with ThreadPoolExecutor(1) as command:
        asked = command.submit(worker.ask, slow)
        assert began.wait(LIMIT_S)
        threading.Timer(0.2, leave.set).start()  # past the limit for its turn
        assert asked.result(LIMIT_S) == "done"


def test_nobody_waits_for_a_worker_that_has_not_begun_or_has_ended() -> None:
    """A command that comes while the tray starts or ends must not hang."""
    worker = JobThread("worker", lambda _: None, turn_limit_s=LIMIT_S * 10)
    with pytest.raises(TimeoutError):
        worker.ask(lambda: None)
    worker.start()
    worker.stop(LIMIT_S)
    with pytest.raises(TimeoutError):
        worker.ask(lambda: None)
    worker.finish(lambda: None)


def _raise(error: Exception) -> None:
    raise error
