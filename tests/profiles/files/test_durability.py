"""Changes that wait for the disk: each is told what became of its own files, and a thousand wait together."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from profiles.files.atomic_replace import writing_private
from profiles.files.durability import finished_together

if TYPE_CHECKING:
    from profiles.files.durability import Writing

MANY = 400  # more than are open at once
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="syncfs is Linux's")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files that were synced by themselves, by their inode."""
    calls: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        calls.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return calls


def written(directory: Path, count: int) -> list[Path]:
    """So many of our own files, written together."""
    paths = [directory / str(number) / "state.json" for number in range(count)]
    finished_together(writing_private(str(path), path.parent.name.encode()) for path in paths)
    return paths


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A directory on a file system that is synced as a whole."""
    if sys.platform != "linux":
        pytest.skip("syncfs is Linux's")
    from profiles.files.file_systems import sync_whole

    with (tmp_path / "probe").open("wb") as file:
        if not sync_whole([file.fileno()]):
            pytest.skip("this file system is not one that is synced as a whole")
    return tmp_path


def test_a_thousand_files_do_not_cost_a_thousand_syncs(whole: Path, synced: list[int]) -> None:
    """A switch with many projects would take seconds."""
    paths = written(whole, MANY)
    assert [path.read_bytes() for path in paths] == [str(number).encode() for number in range(MANY)]
    assert synced == []


@pytest.mark.parametrize("count", [2, 40])
def test_a_few_files_are_synced_by_themselves(tmp_path: Path, synced: list[int], count: int) -> None:
    """Syncing all of a file system would make a switch wait for a download that runs beside it."""
    paths = written(tmp_path, count)
    assert {path.stat().st_ino for path in paths} <= set(synced)


def test_many_files_are_synced_one_by_one_where_the_whole_cannot_be_trusted(
    tmp_path: Path, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a network drive a power cut would leave empty files."""
    if sys.platform == "linux":
        monkeypatch.setattr("profiles.files.file_systems.sync_whole", lambda _handles: {})
    paths = written(tmp_path, MANY)
    assert {path.stat().st_ino for path in paths} <= set(synced)


@LINUX
def test_only_file_systems_that_are_known_are_synced_as_a_whole() -> None:
    from profiles.files.file_systems import sync_whole

    with Path("/proc/self/status").open("rb") as file:
        assert sync_whole([file.fileno()]) == {}


def test_an_old_kernel_whose_sync_hides_errors_is_not_asked(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch would say that all is written while the disk fails."""
    from profiles.files.file_systems import sync_whole

    now = os.uname()
    with (whole / "file").open("wb") as file:
        for release, asked in (("5.7.19-generic", False), ("4.18.0-553.el8", False), ("5.8.0", True)):
            found = os.uname_result((now.sysname, now.nodename, release, now.version, now.machine))
            monkeypatch.setattr(os, "uname", lambda found=found: found)
            assert bool(sync_whole([file.fileno()])) == asked, release


def test_a_failing_sync_of_the_whole_is_an_error_of_every_file(whole: Path) -> None:
    """To say that all is written, when it is not, would cost the user a project's route."""
    from profiles.files.file_systems import sync_whole

    handles = [os.open(whole, os.O_PATH) for _ in range(2)]  # of which syncfs answers EBADF
    try:
        found = sync_whole(handles)
    finally:
        for handle in handles:
            os.close(handle)
    assert [error and error.errno for error in found.values()] == [errno.EBADF] * 2


@pytest.mark.parametrize("count", [1, 2, 5])
def test_an_error_reaches_only_the_change_whose_file_it_was(tmp_path: Path, count: int) -> None:
    """One project on a failing disk must not keep the others on the old route."""

    def change(number: int, handle: int) -> Writing[str]:
        try:
            yield handle
        except OSError:
            return f"{number} failed"
        return f"{number} done"

    with (tmp_path / "file").open("wb") as file:
        good = [change(number, file.fileno()) for number in range(1, count)]
        found = finished_together([change(0, 10**6), *good])  # there is no such handle
    assert found == ["0 failed", *(f"{number} done" for number in range(1, count))]


@pytest.mark.parametrize("count", [5, 100])
def test_what_a_change_raises_is_raised_and_whatever_was_begun_cleans_up(tmp_path: Path, count: int) -> None:
    """After Ctrl-C no lock may stay held, and no temporary file lie about."""
    begun, closed = [], []

    def waiting(number: int) -> Writing[None]:
        begun.append(number)
        try:
            with (tmp_path / str(number)).open("wb") as file:
                yield file.fileno()
                yield file.fileno()
        finally:
            closed.append(number)

    def interrupted() -> Writing[None]:
        yield from waiting(count)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finished_together([*map(waiting, range(count // 2)), interrupted(), *map(waiting, range(count // 2))])
    assert count in begun
    assert sorted(closed) == sorted(begun)


def test_no_more_files_are_open_at_once_than_a_process_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell with `ulimit -n 256`, as macOS gives it, would end a switch in the middle."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        written(tmp_path, MANY)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
