"""Every way in which somebody may change the settings is noticed; a miss would be a stolen key unseen."""

from __future__ import annotations

import errno
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from unittest import mock

import pytest
from support.counted import calls
from support.desktop.status_notifier import eventually
from support.missing import impossible

from benchmarks.watching import edit_latencies, idle_cost
from tray.desktop import file_watcher as watcher
from tray.desktop.directory_events import DirectoryEvents, start_observer
from tray.desktop.file_watcher import Watcher
from tray.desktop.late_changes import Late
from tray.desktop.watched_files import survey

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

Events = Callable[[Callable[[], None]], DirectoryEvents]
LIMIT_S = 10.0
NEVER_S = 3600.0  # a look that does not come, so that only an event can have told
QUICK_S = 0.05


class Calls:
    """The calls of `on_change`, as they come."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[float] = queue.SimpleQueue()

    def __call__(self) -> None:
        self.queue.put(time.monotonic())

    def wait(self, limit_s: float = LIMIT_S) -> float:
        """The next call."""
        try:
            return self.queue.get(timeout=limit_s)
        except queue.Empty:
            pytest.fail("the change was not noticed")

    def none_for(self, seconds: float) -> None:
        with pytest.raises(queue.Empty):
            self.queue.get(timeout=seconds)


def lost(_on_event: Callable[[], None]) -> DirectoryEvents:
    """Events that are asked for and never arrive."""
    return DirectoryEvents(lambda: None)


@contextmanager
def watching(
    *paths: Path,
    poll_s: float = NEVER_S,
    debounce_s: float = watcher.DEBOUNCE_S,
    events: Events = DirectoryEvents,
    on_late: Callable[[Late | None], None] = lambda _late: None,
) -> Iterator[tuple[Watcher, Calls]]:
    """A running watcher that has had its first look, so that its events are armed."""
    calls = Calls()
    its = Watcher(
        lambda: [str(path) for path in paths], calls, poll_s=poll_s, debounce_s=debounce_s, events=events,
        on_late=on_late,
    )  # fmt: skip
    its.start()
    try:
        its.look_now()
        calls.wait()
        yield its, calls
    finally:
        its.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "claude" / "settings.json"
    path.parent.mkdir()
    path.write_text("{}")
    return path


def in_place(path: Path) -> None:
    path.write_text('{"a": 1}')


def same_size_in_place(path: Path) -> None:
    path.write_text("[]")


def renamed_over(path: Path) -> None:
    beside = path.with_name("settings.json.tmp.1")
    beside.write_text('{"a": 2}')
    beside.replace(path)


def renamed_from_another_directory(path: Path) -> None:
    elsewhere = path.parents[1] / "elsewhere.json"
    elsewhere.write_text('{"a": 3}')
    elsewhere.replace(path)


def removed(path: Path) -> None:
    path.unlink()


def moved_out_of_the_directory(path: Path) -> None:
    path.replace(path.parents[1] / "away.json")


def replaced_by_a_link(path: Path) -> None:
    target = path.parents[1] / "dotfiles.json"
    target.write_text("{}")
    link = path.with_name("link")
    link.symlink_to(target)
    link.replace(path)


def made_again(path: Path) -> None:
    path.unlink()
    path.write_text('{"a": 4}')


def made_unreadable(path: Path) -> None:
    path.chmod(0)


def directory_removed_and_made_again(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.mkdir()
    path.write_text('{"a": 5}')


CHANGES = [
    in_place,
    same_size_in_place,
    renamed_over,
    renamed_from_another_directory,
    removed,
    moved_out_of_the_directory,
    replaced_by_a_link,
    made_again,
    directory_removed_and_made_again,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed_at_once_by_its_event(settings: Path, change: Callable[[Path], None]) -> None:
    with watching(settings) as (_, calls):
        change(settings)
        calls.wait()


@pytest.mark.parametrize("change", [*CHANGES, made_unreadable])
def test_a_change_is_noticed_by_looking_where_no_event_comes(
    settings: Path, change: Callable[[Path], None]
) -> None:
    with watching(settings, poll_s=QUICK_S, events=lost) as (_, calls):
        change(settings)
        calls.wait()


class TestDirectories:
    """The profiles' directory is watched as a whole: a profile edited by hand is in the menu at once."""

    @pytest.fixture
    def profiles(self, tmp_path: Path) -> Path:
        path = tmp_path / "config" / "profiles"
        path.mkdir(parents=True)
        (path / "settings.json").write_text("{}")
        return path

    @pytest.mark.parametrize("change", CHANGES)
    def test_a_change_of_any_file_in_it_is_noticed_by_its_event(
        self, profiles: Path, change: Callable[[Path], None]
    ) -> None:
        with watching(profiles) as (_, calls):
            change(profiles / "settings.json")
            calls.wait()

    def test_a_new_file_is_noticed_and_so_is_each_later_edit_of_it(self, profiles: Path) -> None:
        with watching(profiles) as (_, calls):
            for change in (in_place, in_place, renamed_over, removed):
                change(profiles / "new.json")
                calls.wait()

    @pytest.mark.parametrize("change", [removed, moved_out_of_the_directory, renamed_over])
    def test_without_events_what_comes_and_goes_is_noticed_by_looking(
        self, profiles: Path, change: Callable[[Path], None]
    ) -> None:
        with watching(profiles, poll_s=QUICK_S, events=lost) as (_, calls):
            (profiles / "new.json").write_text("{}")
            calls.wait()
            change(profiles / "new.json")
            calls.wait()

    def test_removed_and_made_again_it_is_watched_as_before(self, profiles: Path) -> None:
        with watching(profiles) as (_, calls):
            for _ in range(3):
                (profiles / "settings.json").unlink()
                profiles.rmdir()
                calls.wait()
                profiles.mkdir()
                calls.wait()
                in_place(profiles / "settings.json")
                calls.wait()

    def test_one_behind_a_link_is_watched_too(self, profiles: Path, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(profiles)
        with watching(link) as (_, calls):
            in_place(profiles / "settings.json")
            calls.wait()


def test_the_file_appearing_where_there_was_neither_file_nor_directory_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "not" / "yet" / "settings.json"
    with watching(path) as (_, calls):
        path.parent.mkdir(parents=True)
        calls.wait()
        path.write_text("{}")
        calls.wait()


def test_after_its_directory_came_back_changes_are_noticed_by_events_as_before(settings: Path) -> None:
    with watching(settings) as (_, calls):
        for _ in range(5):
            directory_removed_and_made_again(settings)
            calls.wait()
            in_place(settings)
            calls.wait()


def test_a_directory_moved_away_and_another_in_its_place_is_noticed(settings: Path) -> None:
    old = settings.parents[1] / "old"
    with watching(settings, poll_s=QUICK_S) as (_, calls):
        settings.parent.rename(old)
        calls.wait()
        settings.parent.mkdir()
        settings.write_text("{}")
        calls.wait()
    with watching(settings) as (its, calls):
        settings.parent.rename(old.with_name("older"))
        settings.parent.mkdir()
        its.look_now()  # as the look every 2 s
        calls.wait()
        settings.write_text("{}")
        calls.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="watchdog pairs moves on Linux")
def test_a_file_moved_out_of_its_directory_delays_no_news(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """watchdog by itself holds such a move, and all that follows, back for half a second."""
    from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

    monkeypatch.setattr(InotifyMoveEventGrouper, "delay", NEVER_S)
    for change in (moved_out_of_the_directory, in_place):
        with watching(settings) as (_, calls):
            other = settings.with_name("other")
            other.write_text("x")
            other.replace(settings.parents[1] / "other")
            change(settings)
            calls.wait()


class TestLinks:
    """Dotfile managers make the settings a link: what it leads to counts."""

    @pytest.fixture
    def target(self, tmp_path: Path) -> Path:
        target = tmp_path / "dotfiles" / "claude.json"
        target.parent.mkdir()
        target.write_text("{}")
        return target

    @pytest.fixture
    def link(self, tmp_path: Path, target: Path) -> Path:
        middle = tmp_path / "middle" / "link.json"
        middle.parent.mkdir()
        middle.symlink_to(target)
        link = tmp_path / "claude" / "settings.json"
        link.parent.mkdir()
        link.symlink_to(os.path.relpath(middle, link.parent))
        return link

    @pytest.mark.parametrize("change", [in_place, renamed_over, removed])
    def test_a_change_of_the_target_in_its_own_directory(
        self, link: Path, target: Path, change: Callable[[Path], None]
    ) -> None:
        with watching(link) as (_, calls):
            change(target)
            calls.wait()

    def test_the_link_in_the_middle_led_elsewhere(self, link: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.json"
        other.write_text("{}")
        middle = tmp_path / "middle" / "link.json"
        with watching(link) as (_, calls):
            middle.unlink()
            middle.symlink_to(other)
            calls.wait()
            in_place(other)
            calls.wait()

    def test_a_dangling_link_whose_target_appears(self, link: Path, target: Path) -> None:
        target.unlink()
        target.parent.rmdir()
        with watching(link) as (_, calls):
            target.parent.mkdir()
            target.write_text("{}")
            calls.wait()

    def test_a_directory_that_is_a_link_led_elsewhere(self, settings: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        (other / "settings.json").write_text("{}")
        through = tmp_path / "through"
        through.symlink_to(settings.parent)
        with watching(through / "settings.json", poll_s=QUICK_S) as (_, calls):
            through.unlink()
            through.symlink_to(other)
            calls.wait()

    def test_a_hard_link_written_elsewhere(self, settings: Path, tmp_path: Path) -> None:
        twin = tmp_path / "twin.json"
        twin.hardlink_to(settings)
        with watching(settings, poll_s=QUICK_S) as (_, calls):
            in_place(twin)
            calls.wait()

    def test_a_link_to_itself_stops_nothing(self, settings: Path) -> None:
        settings.unlink()
        settings.symlink_to(settings.name)
        with watching(settings) as (_, calls):
            settings.unlink()
            settings.write_text("{}")
            calls.wait()


def test_a_write_whose_time_and_size_were_put_back_is_noticed_by_looking(settings: Path) -> None:
    before = settings.stat()
    with watching(settings, poll_s=QUICK_S, events=lost) as (_, calls):
        settings.write_text("[]")
        os.utime(settings, ns=(before.st_atime_ns, before.st_mtime_ns))
        calls.wait()


def test_nothing_else_in_the_directory_is_anybodys_business(settings: Path) -> None:
    """Claude Code writes logs and sessions beside its settings all day: none of it may cost a look."""
    with watching(settings) as (_, calls):
        for number in range(50):
            (settings.parent / f"{number}.jsonl").write_text("x")
        settings.read_text()
        (settings.parent / "0.jsonl").replace(settings.parent / "1.jsonl")
        calls.none_for(4 * watcher.DEBOUNCE_S)


def test_many_writes_at_once_are_one_change(settings: Path) -> None:
    with watching(settings) as (_, calls):
        for _ in range(20):
            in_place(settings)
        calls.wait()
        calls.none_for(3 * watcher.DEBOUNCE_S)


def test_each_pause_of_a_writer_is_reported_before_it_is_done(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that writes in two halves: the badge is right at the second, however long the first stood."""
    monkeypatch.setattr(watcher, "LONGEST_WAIT_S", NEVER_S)
    pauses, calls = Calls(), Calls()
    its = Watcher(lambda: [str(settings)], calls, poll_s=NEVER_S, debounce_s=NEVER_S, on_pause=pauses)
    its.start()
    try:
        its.look_now()
        calls.wait()
        (settings.parent / "session.jsonl").write_text("x")  # of this one nobody is told
        for change in (in_place, renamed_over):
            change(settings)
            pauses.wait()
        pauses.none_for(3 * watcher.PAUSE_S)
        assert calls.queue.empty()
    finally:
        its.stop()


def test_a_constant_stream_of_writes_counts_as_a_pause_now_and_then(settings: Path) -> None:
    pauses = Calls()
    its = Watcher(lambda: [str(settings)], lambda: None, poll_s=NEVER_S, debounce_s=NEVER_S, on_pause=pauses)
    its.start()
    try:
        began = time.monotonic()
        while pauses.queue.empty() and time.monotonic() < began + LIMIT_S:
            in_place(settings)
        pauses.wait(0.001)
    finally:
        its.stop()


def test_a_constant_stream_of_writes_does_not_put_the_call_off_for_ever(settings: Path) -> None:
    with watching(settings, debounce_s=NEVER_S) as (_, calls):  # as if no pause were ever long enough
        began = time.monotonic()
        while calls.queue.qsize() < 3 and time.monotonic() < began + LIMIT_S:
            in_place(settings)
        for _ in range(3):
            calls.wait(0.001)


def test_a_look_asked_for_is_taken_at_once_though_nothing_changed(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "LONGEST_WAIT_S", NEVER_S)
    with watching(settings, debounce_s=NEVER_S) as (its, calls):
        its.look_now()
        calls.wait()


def test_a_path_that_joins_later_is_watched(settings: Path, tmp_path: Path) -> None:
    paths = [str(settings)]
    project = tmp_path / "project" / "settings.local.json"
    project.parent.mkdir()
    calls = Calls()
    its = Watcher(lambda: paths, calls, poll_s=NEVER_S)
    its.start()
    try:
        paths.append(str(project))
        its.look_now()
        calls.wait()
        project.write_text("{}")
        calls.wait()
    finally:
        its.stop()


def test_calls_never_overlap_and_a_change_during_one_is_told_after_it(settings: Path) -> None:
    inside, entered, leave, overlaps = [0], threading.Semaphore(0), threading.Semaphore(0), []

    def slow() -> None:
        inside[0] += 1
        overlaps.append(inside[0])
        entered.release()
        leave.acquire(timeout=LIMIT_S)
        inside[0] -= 1

    its = Watcher(lambda: [str(settings)], slow, poll_s=QUICK_S)
    its.start()
    its.look_now()
    assert entered.acquire(timeout=LIMIT_S)
    in_place(settings)
    leave.release()
    assert entered.acquire(timeout=LIMIT_S)
    leave.release()
    its.stop()
    assert set(overlaps) == {1}


def test_a_fault_in_what_is_called_is_reported_and_the_watching_goes_on(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: queue.SimpleQueue[threading.ExceptHookArgs] = queue.SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", reported.put)
    faults = [ValueError("mine")]
    calls = Calls()

    def sometimes() -> None:
        if faults:
            raise faults.pop()
        calls()

    its = Watcher(lambda: [str(settings)], sometimes, poll_s=NEVER_S)
    its.start()
    try:
        its.look_now()
        assert reported.get(timeout=LIMIT_S).exc_type is ValueError
        in_place(settings)
        calls.wait()
    finally:
        its.stop()


@pytest.mark.parametrize(
    ("code", "helps"),
    [(errno.EMFILE, "max_user_instances"), (errno.ENOSPC, "max_user_watches"), (errno.ENOTSUP, "")],
)
def test_where_the_system_gives_no_events_looking_is_enough_and_what_helps_is_known(
    settings: Path, code: int, helps: str
) -> None:
    """All inotify instances or watches used up, or a network drive."""
    refusals, heard = [], []

    def refuse() -> NoReturn:
        refusals.append(code)
        raise OSError(code, os.strerror(code))

    refused = partial(DirectoryEvents, start=refuse)
    with watching(settings, poll_s=QUICK_S, events=refused, on_late=heard.append) as (_, calls):
        (late,) = heard
        assert late is not None
        assert late.what.startswith(f"Changes in {settings.parent} are noticed up to 2 s late: ")
        assert os.strerror(code).lower() in late.what
        assert helps in late.command
        assert bool(late.command) == bool(helps)
        in_place(settings)
        calls.wait()
        calls.none_for(4 * QUICK_S)
    assert len(heard) == 1  # said once, not at each look
    assert refusals == [code]  # and the system is not asked twenty times a second


def test_events_come_again_once_the_system_has_some_to_give(settings: Path) -> None:
    refused, heard = threading.Event(), []

    def refuse_once() -> BaseObserver:
        if refused.is_set():
            return start_observer()
        refused.set()
        raise OSError(errno.EMFILE, "too many")

    events = partial(DirectoryEvents, start=refuse_once, retry_s=0.0)
    with watching(settings, events=events, on_late=heard.append) as (its, calls):
        its.look_now()
        calls.wait()
        assert [late is None for late in heard] == [False, True]
        in_place(settings)
        calls.wait()


_POLLING_PROGRAM = """
import sys, time
from tray.desktop.file_watcher import Watcher
watcher = Watcher(
    lambda: [sys.argv[1]], lambda: print("changed", flush=True), poll_s=0.05,
    on_late=lambda late: print(late.what, late.command, flush=True),
)
watcher.start()
watcher.look_now()
sys.stdin.read()
watcher.stop()
"""


def test_really_no_inotify_instance_left(settings: Path) -> None:
    """The real refusal, not a stand-in for it, in a user namespace where the limit is none."""
    lowered = "echo 0 > /proc/sys/user/max_inotify_instances"
    inside = ["unshare", "--user", "--map-root-user", "sh", "-c"]
    try:
        subprocess.run([*inside, lowered], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        impossible("no unprivileged user namespaces (unshare) here")
    script = f'{lowered}; exec "$0" "$@"'
    argv = [*inside, script, sys.executable, "-c", _POLLING_PROGRAM, str(settings)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert str(settings.parent) in said
        assert "sysctl fs.inotify.max_user_instances=" in said
        assert process.stdout.readline() == "changed\n"
        in_place(settings)
        assert process.stdout.readline() == "changed\n"
        process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_ten_thousand_edits_and_a_hundred_restarts_leave_no_thread_and_no_descriptor(settings: Path) -> None:
    with watching(settings) as (_, calls):
        in_place(settings)  # what is loaded once is loaded now
        calls.wait()
    threads, handles = threading.active_count(), len(os.listdir("/proc/self/fd"))
    with watching(settings) as (_, calls):
        busy_threads, busy_handles = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for number in range(10_000):
            (renamed_over if number % 2 else in_place)(settings)
        calls.wait()
        for _ in range(20):
            directory_removed_and_made_again(settings)
            calls.wait()
        eventually(lambda: threading.active_count() == busy_threads, "a watch for the last directory only")
        eventually(lambda: len(os.listdir("/proc/self/fd")) == busy_handles, "no handle for the others")
    for _ in range(100):
        with watching(settings):
            pass
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == handles


def test_it_can_be_stopped_from_within_its_own_call_and_twice(settings: Path) -> None:
    done = threading.Event()

    def stop() -> None:
        its.stop()
        done.set()

    its = Watcher(lambda: [str(settings)], stop)
    its.start()
    its.look_now()
    assert done.wait(LIMIT_S)
    its.stop()
    its.stop()


def test_an_edit_is_noticed_within_the_promised_time() -> None:
    # A machine that is busy with other tests delays now one edit and now another; a slow watcher, each time.
    tries = (edit_latencies(20) for _ in range(10))
    assert any(found[len(found) // 2] <= 40 and found[-1] <= 200 for found in tries)


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_look_asks_for_no_directory_twice(tmp_path: Path) -> None:
    """It is taken every two seconds, on a computer that runs on its battery too."""
    paths = [str(tmp_path / "here" / name / f"{number}.json") for name in ("a", "b") for number in range(5)]
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    with (
        mock.patch("os.lstat", side_effect=os.lstat) as ways,
        mock.patch("os.stat", side_effect=os.stat) as seen,
    ):
        found = survey(paths)
    assert found.places[str((tmp_path / "here" / "a").resolve())] == {f"{number}.json" for number in range(5)}
    for asked in (ways, seen):
        looked_at = [os.fspath(call.args[0]) for call in asked.mock_calls]
        assert len(looked_at) == len(set(looked_at))


def test_a_look_at_what_is_as_it_was_only_asks_again(tmp_path: Path) -> None:
    """Most looks are such: what a computer on its battery spends while nobody changes a setting."""
    there, link, gone = (tmp_path / name for name in ("there", "link", "gone"))
    there.touch()
    link.symlink_to("elsewhere")
    paths = [str(there), str(link), str(gone / "deeper")]
    seen = survey(paths)
    assert seen.again(list(paths)) is seen
    assert calls(lambda: seen.again(paths)) < calls(lambda: survey(paths)) / 2
    changes: list[Callable[[], object]] = [
        lambda: there.write_text("more"),
        lambda: link.unlink() or link.symlink_to("another"),
        gone.mkdir,
        (gone / "deeper").touch,
    ]
    for change in changes:
        change()
        now = seen.again(paths)
        assert (now.signatures, now.places) != (seen.signatures, seen.places)
        assert now.again(paths) is now
        seen = now


def test_idling_wakes_up_for_its_look_only() -> None:
    """A laptop's battery pays for more."""
    cost = idle_cost(2 * watcher.POLL_S)
    assert cost.wakeups <= cost.seconds * 0.5 + 2
