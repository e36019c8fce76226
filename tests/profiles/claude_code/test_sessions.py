"""If these fail, a running session keeps an old route, or blanks stay for sessions that ended long ago."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profiles.claude_code.process.sessions import Session, running_sessions

LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a process's start time in clock ticks"
)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A living process that ends when its standard input does."""
    code = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-S", "-c", code], stdin=subprocess.PIPE) as child:
        yield child
        if child.stdin is not None and not child.stdin.closed:
            child.stdin.close()
        child.wait(10)


def ticks(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def write(folder: Path, name: object, data: object) -> None:
    path = folder / "sessions" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())


def record(**fields: Any) -> dict[str, Any]:
    return {"cwd": "/w", "version": "2.1.197", "startedAt": 1700000000000, "status": "idle"} | fields


def test_a_living_session_is_found_with_where_and_what_it_is(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    write(tmp_path, process.pid, record(pid=process.pid, more={"new": "field"}))
    assert running_sessions(str(tmp_path)) == [Session(process.pid, "/w", "2.1.197", 1700000000000, "idle")]


@LINUX
@pytest.mark.parametrize("spell", [int, str])
def test_the_start_time_is_understood_as_number_and_as_text(
    tmp_path: Path, process: subprocess.Popen[bytes], spell: type
) -> None:
    write(tmp_path, process.pid, record(procStart=spell(ticks(process.pid))))
    assert [session.pid for session in running_sessions(str(tmp_path))] == [process.pid]


@LINUX
@pytest.mark.parametrize("wrong", [1, "1", "", "x", [], {}, 1.5, True])
def test_a_pid_that_another_process_got_since_is_no_session(
    tmp_path: Path, process: subprocess.Popen[bytes], wrong: object
) -> None:
    write(tmp_path, process.pid, record(procStart=wrong))
    assert running_sessions(str(tmp_path)) == []


def test_a_session_that_was_killed_is_gone_though_its_file_is_there(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    write(tmp_path, process.pid, record())
    assert len(running_sessions(str(tmp_path))) == 1
    process.kill()
    process.wait(10)
    assert running_sessions(str(tmp_path)) == []


@LINUX
def test_a_process_that_ended_but_was_not_collected_is_no_session(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    write(tmp_path, process.pid, record())
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie from here on
    assert running_sessions(str(tmp_path)) == []


@LINUX
def test_a_command_name_with_parentheses_and_spaces_does_not_confuse(tmp_path: Path) -> None:
    shell = tmp_path / "a) S 1 (b"
    shell.symlink_to(sys.executable)
    code = "import sys; print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [str(shell), "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        write(tmp_path, child.pid, record(procStart=ticks(child.pid)))
        sessions = running_sessions(str(tmp_path))
        assert child.stdin is not None
        child.stdin.close()
        child.wait(10)
    assert [session.pid for session in sessions] == [child.pid]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"null", b"[]", b"5", b"[" * 200_000, b'{"a": ' * 100_000, b"9" * 5000],
    ids=lambda data: repr(data[:8]),
)
def test_a_file_that_is_not_understood_is_no_session_and_no_error(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, os.getpid(), data)
    assert running_sessions(str(tmp_path)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among files")
def test_a_named_pipe_among_the_files_does_not_hang_a_switch(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    os.mkfifo(tmp_path / "sessions" / f"{os.getpid()}.json")
    assert running_sessions(str(tmp_path)) == []


def test_fields_of_other_kinds_than_today_are_left_blank(tmp_path: Path) -> None:
    write(tmp_path, os.getpid(), record(cwd=None, version=2, startedAt="x", status=[]))
    assert running_sessions(str(tmp_path)) == [Session(os.getpid(), "", "", 0, "")]
    write(tmp_path, os.getpid(), {})
    assert running_sessions(str(tmp_path)) == [Session(os.getpid(), "", "", 0, "")]


def test_names_that_are_no_pid_and_pids_that_cannot_be_are_passed_over(tmp_path: Path) -> None:
    for name in ("abc", "-1", "1.5", "²", "4194305", "9" * 100, f"{os.getpid()}.json.tmp"):
        write(tmp_path, name, record())
    (tmp_path / "sessions" / str(os.getpid())).touch()
    (tmp_path / "sessions" / f"{os.getpid()}.json").mkdir()
    assert running_sessions(str(tmp_path)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to probe a process with")
def test_on_macos_too_a_pid_that_cannot_be_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("profiles.claude_code.process.sessions.sys.platform", "darwin")
    write(tmp_path, "9" * 100, record())
    write(tmp_path, os.getpid(), record(procStart="anything"))
    assert [session.pid for session in running_sessions(str(tmp_path))] == [os.getpid()]


def test_no_sessions_directory_means_no_sessions(tmp_path: Path) -> None:
    assert running_sessions(str(tmp_path)) == []
    (tmp_path / "sessions").touch()
    assert running_sessions(str(tmp_path)) == []


def test_the_oldest_comes_first(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    write(tmp_path, process.pid, record(startedAt=1))
    write(tmp_path, os.getpid(), record(startedAt=2))
    assert [session.pid for session in running_sessions(str(tmp_path))] == [process.pid, os.getpid()]


@pytest.mark.parametrize("text", ["/a\0b", "/a\ud800b"])
def test_text_that_cannot_be_printed_or_opened_is_left_blank(tmp_path: Path, text: str) -> None:
    """One odd session file must not make the whole listing fail."""
    write(tmp_path, os.getpid(), record(cwd=text, version=text, status=text))
    assert running_sessions(str(tmp_path)) == [Session(os.getpid(), "", "", 1700000000000, "")]


def test_sessions_of_several_directories_are_found_each_once(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    """A client is listed in its own directory though the settings file lies in a project."""
    project, own = tmp_path / "project", tmp_path / "own"
    for folder in (project, own):
        folder.mkdir()
    write(project, os.getpid(), record(startedAt=2))
    write(own, os.getpid(), record(startedAt=2))
    write(own, process.pid, record(startedAt=1))
    found = running_sessions(str(project), str(own))
    assert [session.pid for session in found] == [process.pid, os.getpid()]
