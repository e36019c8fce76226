"""Replacing a file: what a user would lose is named by each test."""

from __future__ import annotations

import errno
import os
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from support.missing import impossible
from support.root_only import as_nobody, mounted, require_root

from profiles.base.errors import PkccError
from profiles.files import atomic_replace as files
from profiles.files.atomic_replace import (
    ChangedMeanwhileError,
    remove_file,
    replace_file,
    replacing_file,
    write_private,
)
from profiles.files.directories import make_private_directory
from profiles.files.durability import finished
from profiles.files.read import read_bytes, resolve_link, retry_busy
from profiles.files.refusals import writing_failed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes, links and devices")
OLD, NEW = b'{"a": 1}\n', b'{"a": 2, "longer": true}\n'


def replace(path: Path, base: bytes | None = OLD, data: bytes = NEW, mode: int | None = None) -> bool:
    return replace_file(str(path), base, data, mode, nullcontext())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that other users can reach and write: pytest's own are private."""
    with TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        yield Path(name)


def names(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


def refusal(action: Callable[[], object]) -> PkccError:
    with pytest.raises(PkccError) as caught:
        action()
    for text in (caught.value.title, caught.value.hint):
        assert text
        assert "\n" not in text
    return caught.value


# Links -----------------------------------------------------------------------------------------------


def test_a_link_stays_a_link_through_chains_and_the_target_changes(tmp_path: Path, file: Path) -> None:
    """Dotfiles in a repository: a replaced link would silently detach the file from it."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "middle").symlink_to("../settings.json")
    link = tmp_path / "link"
    link.symlink_to(other / "middle")
    assert replace(link)
    assert file.read_bytes() == NEW
    assert link.is_symlink()
    assert (other / "middle").is_symlink()
    assert names(other) == ["middle"]
    assert names(tmp_path) == ["elsewhere", "link", "settings.json"]


def test_a_dangling_link_gets_its_target_and_removing_leaves_the_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "new" / "deep" / "target"
    link.symlink_to(target)
    assert read_bytes(str(link)) is None
    assert replace(link, base=None)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    remove_file(str(link), NEW, nullcontext())
    assert link.is_symlink()
    assert not target.exists()


@pytest.mark.parametrize("action", [read_bytes, resolve_link, lambda path: replace(Path(path))])
def test_a_link_loop_is_refused_in_words(tmp_path: Path, action: Callable[[str], object]) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "leads back to itself" in refusal(lambda: action(str(tmp_path / "a"))).title
    assert names(tmp_path) == ["a", "b"]


def test_a_link_turned_elsewhere_meanwhile_is_not_written_through(tmp_path: Path, file: Path) -> None:
    """Otherwise the edit would land in a file that is not the settings any more."""
    link, other = tmp_path / "link", tmp_path / "other"
    link.symlink_to(file)
    other.write_bytes(OLD)

    @contextmanager
    def turn() -> Iterator[None]:
        link.unlink()
        link.symlink_to(other)
        yield

    with pytest.raises(ChangedMeanwhileError):
        replace_file(str(link), OLD, NEW, None, turn())
    assert file.read_bytes() == other.read_bytes() == OLD
    assert names(tmp_path) == ["link", "other", "settings.json"]


# What a file has beside its content --------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o664, 0o400, 0o4755])
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_mode_stays_whatever_the_umask(file: Path, mode: int, umask: int) -> None:
    file.chmod(mode)
    before = os.umask(umask)
    try:
        assert replace(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_a_new_file_and_its_directories_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """With umask 000 a key would be readable, and the directory writable, for everybody."""
    path = tmp_path / "made" / "too" / "settings.json"
    ours = tmp_path / "state" / "state.json"
    before = os.umask(umask)
    try:
        assert replace(path, base=None)
        write_private(str(ours), NEW)
    finally:
        os.umask(before)
    for made in (path, ours):
        assert made.read_bytes() == NEW
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


def test_no_moment_at_which_the_new_content_is_readable_for_others(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.chmod(0o644)
    seen: list[int] = []
    real = os.replace

    def watching(source: str, target: str) -> None:
        seen.append(stat.S_IMODE(os.stat(source).st_mode))
        real(source, target)

    monkeypatch.setattr(os, "replace", watching)
    assert replace(file, mode=0o600)
    assert seen == [0o600]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_owner_stays(file: Path) -> None:
    """Run as root (sudo, a container) the user would be locked out of their own settings."""
    require_root()
    os.chown(file, 12345, 54321)
    file.chmod(0o640)
    assert replace(file)
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12345, 54321, 0o640)


def test_a_file_of_another_owner_is_written_in_place(open_directory: Path) -> None:
    """A shared, group-writable file would otherwise change hands."""
    require_root()
    path = open_directory / "settings.json"
    path.write_bytes(OLD)
    path.chmod(0o666)

    def act() -> None:
        assert replace(path) is False, "it must say that it wrote in place"

    assert as_nobody(act) == ""
    assert path.read_bytes() == NEW
    assert path.stat().st_uid == 0
    assert names(open_directory) == ["settings.json"]


def test_a_key_is_not_written_into_a_file_that_cannot_be_made_private(open_directory: Path) -> None:
    """Somebody else's file, readable for all: we may write it but not close it. The key must stay out."""
    require_root()
    path = open_directory / "settings.json"
    path.write_bytes(OLD)
    path.chmod(0o666)
    answer = as_nobody(lambda: replace(path, mode=0o600) and None)
    assert "cannot be written" in answer
    assert path.read_bytes() == OLD
    assert names(open_directory) == ["settings.json"]


def acl(*entries: tuple[int, int, int]) -> bytes:
    """Linux's own form of an access list: version 2, then (tag, rights, id) each."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


ANY = 0xFFFFFFFF
ACCESS = "system.posix_acl_access"
DEFAULT = "system.posix_acl_default"
LIST = acl(
    (1, 6, ANY), (2, 4, 4242), (4, 4, ANY), (16, 4, ANY), (32, 0, ANY)
)  # u::rw u:4242:r g::r m::r o::-


def set_or_skip(path: Path, name: str, value: bytes) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("this system has no extended attributes in Python")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        impossible(f"this file system has no {name}: {error}")


def test_extended_attributes_and_access_lists_stay(file: Path) -> None:
    set_or_skip(file, "user.note", b"mine")
    set_or_skip(file, ACCESS, LIST)
    mode = file.stat().st_mode
    assert replace(file)
    assert os.getxattr(file, "user.note") == b"mine"
    assert os.getxattr(file, ACCESS) == LIST
    assert file.stat().st_mode == mode


def test_a_key_closes_the_access_list_too(file: Path) -> None:
    """Mode 0600 with an access list means its mask is empty: the named user reads nothing."""
    set_or_skip(file, ACCESS, LIST)
    assert replace(file, mode=0o600)
    closed = acl((1, 6, ANY), (2, 4, 4242), (4, 4, ANY), (16, 0, ANY), (32, 0, ANY))
    assert os.getxattr(file, ACCESS) == closed


def test_the_directorys_default_access_list_does_not_open_the_file(file: Path) -> None:
    """The old file gave nobody else access; its replacement must not inherit a new reader."""
    set_or_skip(file.parent, DEFAULT, LIST)
    file.chmod(0o640)
    assert ACCESS not in os.listxattr(file)
    assert replace(file)
    assert ACCESS not in os.listxattr(file)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EINTR])
def test_an_error_of_attributes_is_an_error_not_a_loss(
    file: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_or_skip(file, "user.note", b"mine")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "setxattr", fail)
    assert os.strerror(number).lower() in refusal(lambda: replace(file)).title.lower()
    assert file.read_bytes() == OLD
    assert os.getxattr(file, "user.note") == b"mine"
    assert names(file.parent) == ["settings.json"]


def test_a_label_that_only_the_kernel_sets_is_no_reason_to_refuse(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("this system has no extended attributes in Python")
    monkeypatch.setattr(os, "listxattr", lambda *_: ["security.selinux"])
    monkeypatch.setattr(os, "getxattr", lambda *_: b"label")

    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "setxattr", fail)
    assert replace(file)


# What is refused ---------------------------------------------------------------------------------------


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_directory(path: Path) -> None:
    path.mkdir()


def make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000)


def make_device(path: Path) -> None:
    require_root()
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero: reading it never ends


@pytest.mark.parametrize("make", [make_fifo, make_directory, make_large, make_device])
def test_what_is_no_settings_file_is_refused_untouched(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Neither hang on a pipe, nor read a device for ever, nor fill the memory."""
    path = tmp_path / "settings.json"
    make(path)
    before = path.lstat()
    refusal(lambda: read_bytes(str(path)))
    refusal(lambda: replace(path))
    refusal(lambda: remove_file(str(path), OLD, nullcontext()))
    after = path.lstat()
    assert (after.st_mode, after.st_size, after.st_ino) == (before.st_mode, before.st_size, before.st_ino)
    assert names(tmp_path) == ["settings.json"]


def test_a_parent_that_is_a_file_is_refused(tmp_path: Path, file: Path) -> None:
    refusal(lambda: read_bytes(str(file / "settings.json")))
    refusal(lambda: resolve_link(str(file / "settings.json")))
    refusal(lambda: replace(file / "settings.json", base=None))
    refusal(lambda: write_private(str(file / "a" / "b"), NEW))
    assert file.read_bytes() == OLD


def test_an_unreadable_file_is_refused(open_directory: Path) -> None:
    file = open_directory / "settings.json"
    file.write_bytes(OLD)
    file.chmod(0o600)
    answer = as_nobody(lambda: read_bytes(str(file)) and None)
    assert "cannot be read: permission denied" in answer
    assert "is another user's" in answer


def test_a_read_only_directory_is_refused_untouched(open_directory: Path) -> None:
    open_directory.chmod(0o755)
    file = open_directory / "settings.json"
    file.write_bytes(OLD)
    file.chmod(0o666)
    answer = as_nobody(lambda: replace(file) and None)
    assert "cannot be written: permission denied" in answer
    assert file.read_bytes() == OLD
    assert names(file.parent) == ["settings.json"]


@pytest.mark.parametrize("now", [b"", b"{}", None])
def test_a_file_changed_meanwhile_is_not_overwritten(file: Path, now: bytes | None) -> None:
    """Claude Code's own save would be lost."""
    file.unlink()
    if now is not None:
        file.write_bytes(now)
    with pytest.raises(ChangedMeanwhileError):
        replace(file)
    with pytest.raises(ChangedMeanwhileError):
        remove_file(str(file), OLD, nullcontext())
    assert (file.read_bytes() if file.exists() else None) == now
    assert names(file.parent) == ([] if now is None else ["settings.json"])


def test_a_file_that_came_up_meanwhile_is_not_overwritten(file: Path) -> None:
    with pytest.raises(ChangedMeanwhileError):
        replace(file, base=None)
    assert file.read_bytes() == OLD


# Disks and mounts --------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=64k", "tmpfs", small):
        path = small / "settings.json"
        path.write_bytes(OLD)
        with (small / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        error = refusal(lambda: replace(path, data=b" " * 8192))
        assert "no space left" in error.title
        assert "Free some space" in error.hint
        refusal(lambda: write_private(str(small / "ours.json"), b" " * 8192))
        assert path.read_bytes() == OLD
        assert names(small) == ["filler", "settings.json"]


@pytest.mark.parametrize("data", [NEW, b"{}"])
def test_a_bind_mounted_file_is_written_in_place_and_that_is_said(
    tmp_path: Path, file: Path, data: bytes
) -> None:
    """Containers mount the settings file itself; it cannot be replaced."""
    source = tmp_path / "source"
    source.write_bytes(OLD)
    source.chmod(0o644)
    with mounted("--bind", source, file):
        assert replace(file, data=data, mode=0o600) is False
        assert file.read_bytes() == data
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, "a key must not lie open in it"
    assert source.read_bytes() == data
    assert names(tmp_path) == ["settings.json", "source"]


def test_a_file_mounted_in_a_read_only_directory_is_written_in_place(tmp_path: Path, file: Path) -> None:
    """In a sandbox that mounts the file alone writable every switch would be refused."""
    source, spare = tmp_path / "source", tmp_path / "ours" / "settings.json"
    source.write_bytes(OLD)
    spare.parent.mkdir()
    place = tmp_path / "sandbox"
    place.mkdir()
    inner = place / "settings.json"
    inner.touch()
    with mounted("--bind", place, place), mounted("--bind", source, inner):
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        change = replacing_file(str(inner), OLD, NEW, None, nullcontext(), str(spare))
        assert finished(change) is False
    assert source.read_bytes() == NEW
    assert names(spare.parent) == []


@pytest.mark.parametrize("failure", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_an_in_place_write_that_fails_half_way_puts_the_old_content_back(
    file: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    sync, calls = os.fsync, []

    def failing(handle: int) -> None:
        calls.append(os.fstat(handle).st_ino)
        if calls.count(file.stat().st_ino) == 1 and calls[-1] == file.stat().st_ino:
            raise failure
        sync(handle)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises((PkccError, KeyboardInterrupt)):
        replace(file)
    assert calls.count(file.stat().st_ino) == 2
    assert file.read_bytes() == OLD
    assert names(file.parent) == ["settings.json"]


@pytest.mark.parametrize("call", ["replace", "fsync", "fchmod"])
def test_no_temporary_file_stays_behind(file: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    for action in (lambda: replace(file), lambda: write_private(str(file), NEW)):
        assert "input/output error" in refusal(action).title
    assert file.read_bytes() == OLD
    assert names(file.parent) == ["settings.json"]


def test_a_failing_sync_of_the_directory_is_no_failure(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rename is done: to say "failed" would make the user believe the old file is there."""
    real = os.fsync

    def fail_for_directories(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fail_for_directories)
    assert replace(file)
    assert file.read_bytes() == NEW


def test_content_and_rename_are_synced_in_that_order(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a power cut leaves an empty settings file (facts: 12 of 16 runs)."""
    order: list[str] = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(
        os,
        "fsync",
        lambda fd: (order.append("dir" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file"), sync(fd)),
    )
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("rename"), rename(a, b)))
    if sys.platform == "darwin":
        import fcntl

        monkeypatch.setattr(fcntl, "fcntl", mock.Mock(side_effect=OSError))  # no F_FULLFSYNC: fsync it is
    assert replace(file)
    assert order == ["file", "rename", "dir"]


def test_our_own_file_replaces_a_link_instead_of_following_it(tmp_path: Path, file: Path) -> None:
    link = tmp_path / "state.json"
    link.symlink_to(file)
    write_private(str(link), NEW)
    assert not link.is_symlink()
    assert file.read_bytes() == OLD


def test_a_directory_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_directory(str(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_on_windows_a_busy_file_is_tried_again_and_other_errors_are_not() -> None:
    """Virus scanners and Claude Code hold files for moments; access denied for good must end."""

    class BusyError(OSError):
        winerror = 32

    answers: list[BaseException | None] = [BusyError(), BusyError(), None]

    def action() -> str:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return "done"

    assert retry_busy(action) == "done"
    answers[:] = [OSError(errno.EACCES, "denied"), None]
    with pytest.raises(OSError, match="denied"):
        retry_busy(action)
    answers[:] = [BusyError()] * 3
    with pytest.raises(BusyError):
        retry_busy(action, limit_s=0.0)


def test_what_a_killed_run_left_beside_any_file_of_ours_goes_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    left, busy = (tmp_path / f".{name}.json.pkcc-4711-00c0ffee.tmp" for name in ("old", "new"))
    for path in (left, busy):
        path.touch()
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))
    files.write_private(str(tmp_path / "other.json"), b"{}")
    assert not left.exists()
    assert busy.exists()


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (errno.EIO, "log"),
        (errno.EINTR, "again"),
        (errno.EPERM, "lsattr"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EMFILE, "ulimit -n"),
    ],
)
def test_an_error_that_is_none_of_permission_is_not_told_to_be_one(code: int, word: str) -> None:
    error = writing_failed("settings.json", OSError(code, os.strerror(code)))
    assert word in error.hint
    assert "writable" not in error.hint


def test_a_directory_that_is_a_link_to_nowhere_is_told_to_be_one(tmp_path: Path) -> None:
    (tmp_path / ".claude").symlink_to(tmp_path / "unplugged")
    with pytest.raises(PkccError) as caught:
        files.write_private(str(tmp_path / ".claude" / "settings.json"), b"{}")
    assert "link to nowhere" in caught.value.hint


def test_a_file_that_cannot_be_read_for_another_reason_is_not_told_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / ".claude").write_text("a file")
    with pytest.raises(PkccError) as caught:
        read_bytes(str(tmp_path / ".claude" / "settings.json"))
    assert "readable for your user" not in caught.value.hint
