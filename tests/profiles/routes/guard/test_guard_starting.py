"""A file that the client has read and that is gone before the guard looks: its key would go there."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from support.client.guarded_session import session_born

from profiles.routes.guard.asker import Asker
from profiles.routes.guard.starting_session import born_at, changed_since_start, is_starting

CLIENT = {"CLAUDE_CODE_ENTRYPOINT": "cli"}
USER = "/nowhere/.claude/settings.json"


def asker(directory: Path, born: float) -> Asker:
    return Asker(False, CLIENT, {}, str(directory), session_born(born))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_text("{}")
    return tmp_path


def test_what_was_there_before_the_session_is_no_matter(project: Path) -> None:
    assert changed_since_start(asker(project, time.time() + 1), USER) is None


def test_a_file_that_was_written_or_taken_away_since_is_named(project: Path) -> None:
    born = time.time() - 5
    path = project / ".claude" / "settings.json"
    assert changed_since_start(asker(project, born), USER) is not None
    path.unlink()
    assert changed_since_start(asker(project, born), USER) is not None
    os.utime(project / ".claude", (1, 1))  # which does not set back what the kernel writes down
    if sys.platform != "win32":
        assert changed_since_start(asker(project, born), USER) is not None


def test_the_user_s_own_directory_may_change_at_any_time(project: Path) -> None:
    user = str(project / ".claude" / "settings.json")
    assert changed_since_start(asker(project, time.time() - 5), user) is None


def test_only_a_client_that_has_just_been_started_is_starting(project: Path) -> None:
    assert is_starting(asker(project, time.time() - 1))
    assert not is_starting(asker(project, time.time() - 3600))  # its first question may be forgotten
    assert not is_starting(asker(project, time.time())._replace(environ={}))
    assert not is_starting(asker(project, time.time())._replace(session=""))


def test_when_a_process_was_started_is_known_to_some_hundredths_of_a_second() -> None:
    now = time.time()
    found = born_at(session_born(now))
    assert found is not None
    assert abs(found - now) < 0.05


def test_a_clock_that_was_set_back_keeps_no_key_from_anybody(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that started with its clock two hours ahead would refuse each new session for two hours."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 7200)
    assert changed_since_start(asker(project, now - 7201), USER) is None
