from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from profiles.base.errors import PkccError, SecretUnavailableError, UsageError
from profiles.base.secret import Secret
from profiles.secrets import external
from profiles.secrets.store import SecretStore

if TYPE_CHECKING:
    from collections.abc import Iterator

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="scripts with a #! line and named pipes")


@pytest.fixture
def typed_input() -> Iterator[None]:
    """Something on this process's standard input, as a terminal has."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"typed")
    os.close(write_end)
    before = os.dup(0)
    os.dup2(read_end, 0)
    yield
    os.dup2(before, 0)
    for handle in (read_end, before):
        os.close(handle)


def store(home: Path, **environ: str) -> SecretStore:
    paths = SimpleNamespace(data_dir=str(home / "data"))
    return SecretStore(paths, {"HOME": str(home), "PATH": os.environ["PATH"], **environ})


def command(*argv: str) -> str:
    return f"cmd:{json.dumps(argv)}"


def python(code: str) -> str:
    return command(sys.executable, "-c", code)


def test_a_variable_gives_the_key(tmp_path: Path) -> None:
    assert store(tmp_path, MY_KEY="pk-1\n").resolve("env:MY_KEY") == Secret("pk-1")


@pytest.mark.parametrize("environ", [{}, {"MY_KEY": ""}])
def test_an_unset_variable_is_named_so_the_user_can_set_it(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(SecretUnavailableError, match="MY_KEY"):
        store(tmp_path, **environ).resolve("env:MY_KEY")


@pytest.mark.parametrize("content", [b"pk-1", b"pk-1\n", b"pk-1\r\nignored\n", b"\xef\xbb\xbfpk-1\r\n"])
def test_a_file_s_first_line_is_the_key_whatever_editor_wrote_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    assert store(tmp_path).resolve("file:~/key") == Secret("pk-1")
    assert store(tmp_path).resolve(f"file:{tmp_path / 'key'}") == Secret("pk-1")


@pytest.mark.parametrize(
    "content", [b"", b"\npk-1", b"pk 1\n", b"\xff\xfep\0k\0", b"x" * 70_000, b"pk\r\r\n"]
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises((UsageError, SecretUnavailableError)) as caught:
        store(tmp_path).resolve("file:~/key")
    assert "pk" not in caught.value.title.replace("pkcc", "").replace(str(tmp_path), "")


def test_a_large_file_is_not_searched_for_a_key(tmp_path: Path) -> None:
    """`file:` pointed at a log or a database by mistake must not send its first line to a gateway."""
    (tmp_path / "key").write_bytes(b"first-line\n" + b"x" * 70_000)
    with pytest.raises(SecretUnavailableError, match="64 kB"):
        store(tmp_path).resolve("file:~/key")


@posix_only
def test_what_is_no_file_is_refused_at_once_instead_of_waiting(tmp_path: Path) -> None:
    """A named pipe without a writer would hang every request of Claude Code."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    for name in ("pipe", "directory", "missing"):
        with pytest.raises(PkccError, match=name):
            store(tmp_path).resolve(f"file:~/{name}")
    with pytest.raises(PkccError, match="not a regular file"):
        store(tmp_path).resolve("file:/dev/zero")


def test_a_command_s_output_is_the_key(tmp_path: Path) -> None:
    assert store(tmp_path).resolve(python("print('pk-1')")) == Secret("pk-1")


def test_a_command_gets_its_arguments_untouched_by_a_shell(tmp_path: Path) -> None:
    code = "import sys; print(sys.argv[1].replace(' ', '_'))"
    assert store(tmp_path).resolve(command(sys.executable, "-c", code, "$HOME;`id` *")) == Secret(
        "$HOME;`id`_*"
    )


def test_a_command_that_reads_its_input_ends_instead_of_waiting_for_the_user(
    tmp_path: Path, typed_input: None
) -> None:
    assert store(tmp_path).resolve(python("import sys; print('got' + sys.stdin.read())")) == Secret("got")


def test_a_command_s_error_output_and_a_failed_one_s_output_are_not_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; print('pk-secret'); print('pk-secret', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SecretUnavailableError, match="exit status 3") as caught:
        store(tmp_path).resolve(python(code))
    assert "pk-secret" not in f"{caught.value.title} {caught.value.hint}" + "".join(capfd.readouterr())


@posix_only
def test_a_hanging_command_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """Else every key request would leave processes behind."""
    pid_file = tmp_path / "pid"
    os.mkfifo(pid_file)
    script = f'sleep 600 & echo $! > "{pid_file}"; wait'
    started = time.monotonic()
    reader = os.open(pid_file, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(SecretUnavailableError, match="did not finish"):
        external.run_command(["sh", "-c", script], {"PATH": os.environ["PATH"]}, limit_s=1.0)
    assert time.monotonic() - started < 5
    pid = int(os.read(reader, 20))
    os.close(reader)
    assert _gone(pid)


@posix_only
def test_a_command_that_prints_without_end_is_ended_long_before_memory_is(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(UsageError, match="too long"):
        store(tmp_path).resolve(command("yes"))
    assert time.monotonic() - began < external.COMMAND_LIMIT_S  # it heard 64 kB, not ten seconds of it


@posix_only
def test_a_key_is_taken_though_an_agent_that_its_command_started_stays(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f'sleep 600 & echo $! > "{pid_file}"; echo pk-1'
    try:
        assert external.run_command(["sh", "-c", script], {"PATH": os.environ["PATH"]}) == Secret("pk-1")
    finally:
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def _gone(pid: int) -> bool:
    """True once a killed process is gone or a zombie (nobody may reap it in a container)."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)  # another's child gives no event to wait for
    os.kill(pid, signal.SIGKILL)
    return False


def test_a_missing_command_says_so(tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailableError, match="no-such-program"):
        store(tmp_path).resolve(command("no-such-program"))


def test_a_command_that_prints_a_page_is_not_taken_for_a_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        store(tmp_path).resolve(python("print('line\\nline')"))


@posix_only
def test_1password_is_asked_through_its_own_tool_without_a_shell(tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "op"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\n[ "$#" = 2 ] && [ "$1" = read ] && printf "%s\\n" "$2" | tr " " _\n')
    tool.chmod(0o700)
    found = store(tmp_path, PATH=f"{tool.parent}:{os.environ['PATH']}").resolve("op://My Vault/item/field")
    assert found == Secret("op://My_Vault/item/field")


def test_without_1password_s_tool_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailableError, match="`op`"):
        store(tmp_path, PATH=str(tmp_path)).resolve("op://v/i/f")
