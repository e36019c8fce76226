"""The log: small, private, one line for one thing, and never a reason for the tray to end."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from support.home.forced import force
from support.home.user_home import KEY, UserHome

from profiles.base.locations import Locations
from tray.desktop.threads.faults import log_fault, log_thread_fault
from tray.runtime import logs
from tray.runtime.logs import LOGGER, log_path, start_log, stop_log

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes of Linux and macOS")


@pytest.fixture
def locations(home: UserHome) -> Locations:
    state = home.root / ".local" / "state" / "pkcc-tray"
    return Locations(str(home.own), str(home.root / "data"), str(state), str(home.settings))


@pytest.fixture
def log(locations: Locations) -> Iterator[Path]:
    start_log(locations)
    yield Path(log_path(locations))
    stop_log()
    LOGGER.propagate = True


def test_it_is_its_user_s_alone_whatever_the_umask(locations: Locations) -> None:
    before = os.umask(0)
    try:
        start_log(locations)
        LOGGER.info("started")
    finally:
        os.umask(before)
        stop_log()
    path = Path(log_path(locations))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_line_has_a_time_a_level_and_the_message(log: Path) -> None:
    LOGGER.warning("no icon: %s", "no panel")
    assert log.read_text()[23:] == " WARNING no icon: no panel\n"


def test_it_is_turned_over_and_never_grows_beyond_its_share_of_the_disk(log: Path) -> None:
    for _ in range(5):
        LOGGER.info("x" * (logs.MOST_BYTES // 2))
    files = sorted(log.parent.glob("tray.log*"))
    assert [path.name for path in files] == ["tray.log", "tray.log.1", "tray.log.2"]
    assert all(path.stat().st_size <= logs.MOST_BYTES for path in files)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


def test_it_goes_on_where_the_last_start_ended(log: Path, locations: Locations) -> None:
    LOGGER.info("first")
    stop_log()
    start_log(locations)
    LOGGER.info("second")
    assert [line.split()[-1] for line in log.read_text().splitlines()] == ["first", "second"]


def test_nobody_writes_lines_of_his_own_by_a_name_with_line_ends_in_it(log: Path) -> None:
    LOGGER.info("changed by something else: %s", "a\n2026-01-01 00:00:00,000 INFO all is well\r\x1b[2J\u202e")
    first, second = log.read_text().splitlines()
    assert first.endswith("changed by something else: a")
    assert second == "    2026-01-01 00:00:00,000 INFO all is well\\r�[2J�"


def test_half_a_character_is_no_fault(log: Path) -> None:
    LOGGER.info("%s", "\udc80 \ud800")
    assert log.read_text().endswith("INFO � �\n")


def test_a_fault_is_told_with_its_places_and_without_its_text(log: Path) -> None:
    def refuse() -> None:
        try:
            int(KEY)  # its text is in the ValueError's
        except ValueError as error:
            raise RuntimeError(f"because of {KEY}") from error

    try:
        refuse()
    except RuntimeError as error:
        log_fault("a fault in the tray", error)
    text = log.read_text()
    assert KEY not in text
    assert text.index("ValueError") < text.index("RuntimeError")
    assert "test_logs.py" in text
    assert all(line.startswith("    ") for line in text.splitlines()[1:])


def test_a_thread_that_ends_by_a_fault_is_not_silent(log: Path) -> None:
    import threading

    def faulty() -> None:
        raise RuntimeError(KEY)

    before, threading.excepthook = threading.excepthook, log_thread_fault
    try:
        thread = threading.Thread(target=faulty, name="watcher")
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
    assert "ERROR a fault in the thread watcher\n" in log.read_text()
    assert KEY not in log.read_text()


def test_what_libraries_say_is_not_in_it(log: Path) -> None:
    logging.getLogger("some.library").error("the key is %s", KEY)
    assert log.read_text() == ""


def test_a_log_that_was_removed_or_a_whole_directory_gone_stops_nothing(log: Path) -> None:
    LOGGER.info("before")
    shutil.rmtree(log.parent)
    for _ in range(3):
        LOGGER.info("x" * logs.MOST_BYTES)  # so that it would be turned over


def test_a_full_disk_stops_nothing_and_says_nothing_on_the_terminal(
    log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    handler = next(each for each in LOGGER.handlers if isinstance(each, RotatingFileHandler))
    handler.stream.close()
    handler.stream = open("/dev/full", "a")  # noqa: SIM115 - the handler closes it
    LOGGER.info("lost")
    assert capfd.readouterr() == ("", "")
    with pytest.raises(OSError, match="No space left"):
        handler.stream.close()
    handler.stream = None  # type: ignore[assignment]


@pytest.mark.parametrize("kind", ["directory", "pipe", "state is a file"])
def test_where_no_log_can_be_warnings_go_to_standard_error(
    locations: Locations, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A pipe nobody reads from, above all, must not hold up the start for ever."""
    path = Path(log_path(locations))
    if kind == "state is a file":
        path.parent.parent.mkdir(parents=True)
        path.parent.write_text("")
    else:
        path.parent.mkdir(parents=True)
        path.mkdir() if kind == "directory" else os.mkfifo(path)
    start_log(locations)
    try:
        LOGGER.info("not worth a word")
        LOGGER.warning("worth one")
    finally:
        stop_log()
        LOGGER.propagate = True
    first, second = capfd.readouterr().err.splitlines()
    assert first.startswith("the log cannot be written: ")
    assert second.endswith("WARNING worth one")


def test_an_administrator_says_for_how_many_days_it_is_kept(
    locations: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By age, and not only by size: a quiet tray's log would else reach back for years."""
    force(monkeypatch, tmp_path / "etc", log_days=30)
    path = Path(log_path(locations))
    path.parent.mkdir(parents=True)
    path.write_text(
        "2020-01-01 10:00:00,000 INFO old\n    and its second line\n2999-01-01 10:00:00,000 INFO new\n"
    )
    path.with_name("tray.log.1").write_text("2020-01-01 09:00:00,000 INFO older\n")
    start_log(locations)
    LOGGER.info("started")
    stop_log()
    first, last = path.read_text().splitlines()
    assert first == "2999-01-01 10:00:00,000 INFO new"
    assert last.endswith(" INFO started")
    assert path.with_name("tray.log.1").read_text() == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_policy_old_lines_stay(locations: Locations) -> None:
    path = Path(log_path(locations))
    path.parent.mkdir(parents=True)
    path.write_text("2020-01-01 10:00:00,000 INFO old\n")
    start_log(locations)
    LOGGER.info("started")
    stop_log()
    assert path.read_text().startswith("2020-01-01 10:00:00,000 INFO old\n")
