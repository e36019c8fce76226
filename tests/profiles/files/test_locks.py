"""The two locks: ours among our processes, and Claude Code's directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from profiles.base.errors import ConflictError, PkccError
from profiles.files import locks
from profiles.files.directories import make_private_directory, open_private
from profiles.files.locks import CLAUDE_STALE_S, claude_locked, locked, remove_lock

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from profiles.files.locks import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
# Adds one to a number 50 times, reading and writing apart: only exclusion makes the sum right.
COUNTER = """
import sys
from profiles.files.locks import locked
for _ in range(50):
    with locked(sys.argv[1]):
        with open(sys.argv[2]) as file:
            number = int(file.read())
        with open(sys.argv[2], "w") as file:
            file.write(str(number + 1))
"""


@contextmanager
def holding(lock: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no mode there")
def test_a_lock_that_is_there_is_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch with a thousand projects would wait until each of their locks is on the disk once more."""
    with locked(str(tmp_path / "lock")):
        pass
    changed: list[int] = []
    monkeypatch.setattr(os, "fchmod", lambda handle, _mode: changed.append(handle))
    with locked(str(tmp_path / "lock")) as waited:
        assert not waited
    assert changed == []
    with locked(str(tmp_path / "new")):
        assert len(changed) == 1, "a strict umask would leave one that we cannot open again"


def test_two_processes_exclude_each_other(tmp_path: Path) -> None:
    """Without it two switches at once lose one another's state."""
    number = tmp_path / "number"
    number.write_text("0")
    command = [sys.executable, "-c", COUNTER, str(tmp_path / "lock"), str(number)]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert number.read_text() == "100"


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    """A crash must not block every later command."""
    lock = tmp_path / "state" / "lock"
    with holding(lock) as process:
        process.kill()
        process.wait()
        start = time.monotonic()
        with locked(str(lock)):
            assert time.monotonic() - start < 2


def test_a_lock_that_stays_held_is_a_conflict_not_a_hang(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holding(lock), pytest.raises(ConflictError) as caught, locked(str(lock), limit_s=0.05):
        pytest.fail("two hold the lock")
    assert caught.value.exit_code == 4
    assert "run the command again" in caught.value.hint


def test_a_lock_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PkccError), locked(str(tmp_path / "file" / "lock")):
        pass
    (tmp_path / "lock").mkdir()
    with pytest.raises(PkccError), locked(str(tmp_path / "lock")):
        pass


def test_the_lock_is_free_again_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(str(tmp_path / "lock")):
        raise KeyError
    with locked(str(tmp_path / "lock"), limit_s=0.0):
        pass


# Claude Code's -----------------------------------------------------------------------------------------


def test_claudes_lock_lies_beside_the_link_and_goes_after(tmp_path: Path) -> None:
    """Beside the target Claude Code would not see it, and save over our edit."""
    (tmp_path / "away").mkdir()
    link = tmp_path / "settings.json"
    link.symlink_to(tmp_path / "away" / "settings.json")
    with claude_locked(str(link)):
        assert (tmp_path / "settings.json.lock").is_dir()
    assert sorted(os.listdir(tmp_path)) == ["away", "settings.json"]
    with pytest.raises(KeyError), claude_locked(str(link)):
        raise KeyError
    assert sorted(os.listdir(tmp_path)) == ["away", "settings.json"]


def test_a_fresh_lock_of_claude_is_waited_for(tmp_path: Path) -> None:
    """To go on at once would lose what Claude Code is about to save."""
    lock = tmp_path / "settings.json.lock"
    lock.mkdir()
    tried, order = threading.Event(), []
    real = os.mkdir

    def mkdir(path: str) -> None:
        try:
            real(path)
        finally:
            tried.set()

    def claude() -> None:
        tried.wait(10)
        order.append("claude is done")
        lock.rmdir()

    other = threading.Thread(target=claude)
    other.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", mkdir)
        with claude_locked(str(tmp_path / "settings.json")):
            order.append("we hold it")
    other.join()
    assert order == ["claude is done", "we hold it"]
    assert not lock.exists()


def test_an_abandoned_lock_is_taken_over(tmp_path: Path) -> None:
    """Claude Code killed while saving must not block us for ever."""
    lock = tmp_path / "settings.json.lock"
    lock.mkdir()
    old = time.time() - CLAUDE_STALE_S - 1
    os.utime(lock, (old, old))
    start = time.monotonic()
    with claude_locked(str(tmp_path / "settings.json")):
        assert time.time() - lock.stat().st_mtime < 5, "it must be a fresh one of our own"
    assert time.monotonic() - start < 2
    assert not lock.exists()


@pytest.mark.parametrize("touched", [False, True])
def test_a_lock_from_before_the_clock_was_set_back_does_not_stay_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touched: bool
) -> None:
    """Every switch would fail until tomorrow, for a Claude Code that was killed in a wrong hour."""
    lock = tmp_path / "settings.json.lock"
    lock.mkdir()
    tomorrow = time.time() + 86_400
    os.utime(lock, (tomorrow, tomorrow))
    real = os.mkdir

    def mkdir(path: str) -> None:
        nonlocal tomorrow
        tomorrow += 1
        if touched:
            os.utime(lock, (tomorrow, tomorrow))
        real(path)

    monkeypatch.setattr(os, "mkdir", mkdir)
    settings = str(tmp_path / "settings.json")
    if touched:  # somebody still holds it, whatever the clock says
        with pytest.raises(ConflictError), claude_locked(settings, stale_s=0.01, limit_s=0.1):
            pytest.fail("Claude Code holds it")
    else:
        with claude_locked(settings, stale_s=0.01):
            assert lock.stat().st_mtime < time.time() + 5, "it must be a fresh one of our own"


def test_a_lock_that_stays_is_a_conflict_and_is_left_alone(tmp_path: Path) -> None:
    lock = tmp_path / "settings.json.lock"
    lock.mkdir()
    settings = str(tmp_path / "settings.json")
    with pytest.raises(ConflictError) as caught, claude_locked(settings, limit_s=0.05):
        pytest.fail("Claude Code holds it")
    assert str(lock) in caught.value.title
    assert lock.is_dir()


def test_where_no_lock_can_be_made_the_work_goes_on(tmp_path: Path) -> None:
    """A read-only directory with a link to elsewhere (Nix, home-manager): the compare has to do."""
    done = False
    with claude_locked(str(tmp_path / "missing" / "settings.json")):
        done = True
    assert done


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask that counts")
@pytest.mark.parametrize("mask", [0o277, 0o777])
def test_under_a_strict_umask_a_lock_can_be_taken_again(tmp_path: Path, mask: int) -> None:
    """Else every later command fails on a lock file that its own user may not open."""
    lock = tmp_path / "state" / "x.lock"
    before = os.umask(mask)
    try:
        with locked(str(lock)):
            pass
    finally:
        os.umask(before)
    assert lock.stat().st_mode & 0o777 == 0o600
    with locked(str(lock)):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="an open file is not removed there")
def test_one_that_waited_for_a_lock_that_was_removed_takes_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An `uninstall` removes lock files: who waited for it and who came later would both have written."""
    lock, real, asked = tmp_path / "ours" / "lock", locks.try_lock, []

    def held_and_removed_at_first(handle: int) -> bool:
        asked.append(handle)
        if len(asked) == 1:
            shutil.rmtree(lock.parent)
        return len(asked) > 1 and real(handle)

    monkeypatch.setattr(locks, "try_lock", held_and_removed_at_first)
    with locked(str(lock)), pytest.raises(ConflictError), locked(str(lock), limit_s=0.05):
        pytest.fail("two hold the lock")


def test_a_lock_is_removed_once_nobody_holds_it(tmp_path: Path) -> None:
    """Else the next would lock a new file while the first still writes: one of the two changes is lost."""
    lock = tmp_path / "lock"
    with locked(str(lock)):
        with pytest.raises(ConflictError, match="does not finish"):
            remove_lock(str(lock), limit_s=0)
        assert lock.exists()
    remove_lock(str(lock))
    assert not lock.exists()
    remove_lock(str(lock))  # there is none


@pytest.mark.parametrize("directory_of", ["a directory", "a file"])
def test_a_directory_that_goes_while_one_is_made_in_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory_of: str
) -> None:
    """Two `uninstall` at once: the second said that a directory on its way is missing, and ended with 1."""
    real, gone = os.mkdir, []
    path = tmp_path / "a" / "b"

    def removing(each: str, mode: int) -> None:
        if os.fspath(each) == str(path) and not gone:
            gone.append(shutil.rmtree(path.parent))
        real(each, mode)

    monkeypatch.setattr(os, "mkdir", removing)
    if directory_of == "a file":
        os.close(open_private(str(path / "file"), os.O_RDWR | os.O_CREAT))
    else:
        make_private_directory(str(path))
    assert (len(gone), path.is_dir()) == (1, True)


def test_who_waited_for_a_lock_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then is it looked again where a file lies: a link that was turned meanwhile would be missed."""
    lock = tmp_path / "lock"
    with holding(lock) as holder:
        assert holder.stdin is not None
        ends = holder.stdin.close
        monkeypatch.setattr(time, "sleep", lambda _seconds: ends())
        with locked(str(lock)) as waited:
            assert waited
