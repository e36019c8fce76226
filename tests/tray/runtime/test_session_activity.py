"""Knowing when Claude Code runs: gateways are looked after then, and never asked from an idle desk."""

from __future__ import annotations

import json
import os
import queue
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from support.desktop.recorded_tray import LIMIT_S, running_tray
from support.home.user_home import UserHome

from profiles.base.locations import find_locations
from tray.app import App
from tray.runtime.watch.beat.own_answers import own_answer
from tray.runtime.watch.beat.sessions import ASKED_LATELY_S, BEAT_S, SessionActivity

if TYPE_CHECKING:
    from tray.runtime.watch.beat.sessions import Event, Processes


class SaidOnce:
    """An activity whose clock and processes are the test's, and what it has told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.runs: Processes = frozenset()
        self.looks = 0
        self.activity = SessionActivity(self._look, lambda: self.now)
        self.events: list[Event] = []
        self.activity.listen(self.events.append)

    def _look(self) -> Processes:
        self.looks += 1
        return self.runs

    def turn(self) -> list[Event]:
        """What is told now."""
        self.wait_s = self.activity.turn()
        told, self.events[:] = list(self.events), []
        return told

    def after(self, seconds: float) -> list[Event]:
        self.now += seconds
        return self.turn()


def test_without_a_session_nothing_is_told_and_nothing_is_waited_for() -> None:
    told = SaidOnce()
    assert told.turn() == []
    told.activity.seen(frozenset())
    assert told.turn() == []
    assert told.wait_s is None
    assert told.looks == 0


def test_a_session_is_told_of_then_each_minute_and_when_it_is_gone() -> None:
    told = SaidOnce()
    told.runs = frozenset({7})
    told.activity.seen(told.runs)
    assert told.turn() == ["started"]
    assert told.wait_s == BEAT_S
    told.activity.seen(told.runs)
    assert told.after(30) == []
    assert told.wait_s == BEAT_S - 30
    assert told.after(30) == ["beat"]
    assert told.after(BEAT_S) == ["beat"]
    assert told.looks == 2
    told.runs = frozenset()  # killed: nothing tells of it but the look
    assert told.after(BEAT_S) == ["ended"]
    assert told.wait_s is None


def test_each_further_session_is_told_of_though_others_run() -> None:
    told = SaidOnce()
    told.activity.seen(frozenset({7}))
    assert told.turn() == ["started"]
    told.activity.seen(frozenset({7, 8}))
    assert told.turn() == ["started"]
    told.activity.seen(frozenset({8}))
    assert told.turn() == []


def test_one_that_cannot_be_seen_counts_for_a_while_after_it_asked_for_its_key() -> None:
    # In a container, or WSL: else its gateway would never be looked after.
    told = SaidOnce()
    told.activity.asked()
    assert told.turn() == ["started"]
    told.activity.asked()
    assert told.turn() == []
    assert told.after(ASKED_LATELY_S - 1) == ["beat"]
    assert told.after(BEAT_S) == ["ended"]


def test_a_listener_that_fails_keeps_nothing_from_the_next() -> None:
    told = SaidOnce()
    activity = SessionActivity(lambda: frozenset())
    activity.listen(lambda _event: 1 / 0)  # type: ignore[arg-type, return-value]
    activity.listen(told.events.append)
    activity.seen(frozenset({7}))
    with mock.patch("threading.excepthook") as heard:
        activity.turn()
    assert told.events == ["started"]
    assert heard.call_count == 1


@contextmanager
def a_session(home: UserHome) -> Iterator[None]:
    """A process that runs, listed as Claude Code lists its own."""
    sessions = home.claude / "sessions"
    sessions.mkdir(exist_ok=True)
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        (sessions / f"{process.pid}.json").write_text(json.dumps({"pid": process.pid, "cwd": "/"}))
        try:
            yield
        finally:
            process.kill()


def test_its_thread_tells_at_once_what_the_tray_s_own_looks_saw(home: UserHome) -> None:
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with running_tray(home) as tray:
        activity = SessionActivity(frozenset)
        activity.listen(told.put)
        activity.start()
        tray.on_sessions = activity.seen
        with a_session(home):
            tray.settle()
            assert told.get(timeout=LIMIT_S) == "started"
        tray.settle()
        assert told.get(timeout=LIMIT_S) == "ended"
        activity.stop()


@pytest.fixture
def app(home: UserHome) -> Iterator[App]:
    with mock.patch.dict(os.environ, home.environ, clear=True):
        yield App(find_locations(os.environ), dict(os.environ), interactive=False, directory="/")


def test_our_own_command_answers_in_a_process_of_its_own_and_ends_with_its_time(
    home: UserHome, app: App
) -> None:
    home.add("work")
    answer = own_answer(app, "list")
    assert answer is not None
    assert [row["name"] for row in answer["profiles"]] == ["work"]
    assert own_answer(app, "show", "nothing-of-that-name") is None
    assert own_answer(app, "list", limit_s=0.001) is None
