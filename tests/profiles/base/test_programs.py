"""Which file a program's name means, and how it is run. Windows' rules are tested here as they are pure."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest

import profiles
from profiles.base.programs.paths import ProgramError, command_line, find_program, which
from profiles.base.programs.run import in_terminal, run, run_detached, run_in_shell
from profiles.base.programs.write_limit import size_of, watch

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="scripts with a #! line")
PATH = {"PATH": "/usr/bin:/bin"}


def plant(path: Path, text: str = "echo planted") -> Path:
    """An executable script there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


# Which file ------------------------------------------------------------------------------------------------


@posix_only
@pytest.mark.parametrize(
    "search", ["", ".", "bin", ":/nowhere", "/nowhere:", "/nowhere::/bin", "./bin", "~/bin"]
)
def test_nothing_of_the_current_directory_is_ever_found_by_its_name(
    search: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The helper runs in whatever project a session was started in: a clone's `op` would get the key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    plant(tmp_path / "op")
    plant(tmp_path / "bin" / "op")
    assert which("op", {"PATH": search}) is None
    with pytest.raises(ProgramError, match="not installed"):
        run(["op"], {"PATH": search}, 5.0)


@posix_only
def test_the_first_in_path_that_may_be_executed_is_meant(tmp_path: Path) -> None:
    plant(tmp_path / "a" / "op").chmod(0o644)
    (tmp_path / "b" / "op").mkdir(parents=True)
    wanted = plant(tmp_path / "c" / "op")
    search = ":".join(str(tmp_path / name) for name in "abc")
    assert find_program("op", {"PATH": search}) == str(wanted)
    with pytest.raises(ProgramError, match="may not be executed"):
        find_program("op", {"PATH": str(tmp_path / "a")})


@posix_only
def test_a_path_must_be_absolute_or_the_user_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = plant(tmp_path / "bin" / "tool")
    for word in ("bin/tool", "./bin/tool", "../" + tmp_path.name + "/bin/tool"):
        with pytest.raises(ProgramError, match="relative path"):
            run([word], {**PATH, "HOME": str(tmp_path)}, 5.0)
    assert run(["~/bin/tool"], {**PATH, "HOME": str(tmp_path)}, 5.0).output == b"planted\n"
    assert run([str(program)], {}, 5.0).output == b"planted\n"
    assert find_program("bin/tool", {}, base=str(tmp_path)) == str(program)


WINDOWS_FILES = {
    r"C:\work\clone\op.exe",
    r"C:\work\clone\git.exe",
    r"C:\tools\op.cmd",
    r"C:\tools\git.exe",
    r"C:\tools\git.com",
    r"C:\tools\git.py",
    r"C:\Program Files\1Password\op.exe",
    r"C:\R&D\tool.exe",
    r"\\server\tools\shared.exe",
}
WINDOWS_PATH = (
    r';.;relative;\work\clone;C:;C:relative;C:\tools;"C:\Program Files\1Password";\\server\tools;C:\R&D'
)


def windows(word: str, **environ: str) -> str:
    """What that word means there, with the clone as current directory of drive C."""
    environ = {"Path": WINDOWS_PATH, **environ}
    return find_program(word, environ, windows=True, is_file=WINDOWS_FILES.__contains__)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("op", r"C:\tools\op.cmd"),
        ("op.exe", r"C:\Program Files\1Password\op.exe"),
        ("git", r"C:\tools\git.com"),
        ("git.exe", r"C:\tools\git.exe"),
        ("shared", r"\\server\tools\shared.exe"),
        ("tool", r"C:\R&D\tool.exe"),
        (r"C:\tools\op", r"C:\tools\op.cmd"),
        (r"C:\tools\git.exe", r"C:\tools\git.exe"),
    ],
)
def test_on_windows_a_name_means_a_program_of_an_absolute_directory(word: str, found: str) -> None:
    """Windows itself looks in the current directory before all others."""
    assert windows(word) == found


@pytest.mark.parametrize(
    "word",
    [r".\op", r"clone\op", r"\work\clone\op.exe", r"C:op", "C:op.exe", "./op.exe", "/work/clone/op.exe"],
)
def test_on_windows_a_path_without_its_drive_is_refused(word: str) -> None:
    with pytest.raises(ProgramError, match="relative path"):
        windows(word)


def test_on_windows_only_the_endings_that_it_can_start_are_tried() -> None:
    assert windows("git", PATHEXT=".PY;.EXE") == r"C:\tools\git.exe"
    assert windows("git", PATHEXT=".PY") == r"C:\tools\git.com"
    with pytest.raises(ProgramError, match="not installed"):
        windows("op", PATHEXT=".EXE;.COM", Path=r"C:\tools")


@pytest.mark.parametrize(
    "argument", ["x & calc", "100%", "%PATH%", 'say "x"', "a|b", "a^b", "a\nb", "a>b", "!x!"]
)
def test_on_windows_a_batch_file_gets_no_argument_that_cmd_would_read(argument: str) -> None:
    """Else a part of the argument, or of the batch file's own path, would be run as a command."""

    def line(*argv: str) -> list[str]:
        return command_line(argv, {}, windows=True, is_file=lambda _: True)

    for argv in ([r"C:\tool.cmd", argument], [r"C:\R&D\tool.BAT", "read"]):
        with pytest.raises(ProgramError, match="batch file"):
            line(*argv)
    assert line(r"C:\tool.cmd", "a b;c,(d)")[1:] == ["a b;c,(d)"]
    assert line(r"C:\x.exe", argument) == [r"C:\x.exe", argument]


def test_nothing_else_looks_up_or_starts_a_program() -> None:
    """A second way to start one would have other rules about where it is looked for."""
    allowed = {
        "profiles/base/programs/run.py": {"Popen"},
        "tray/actions/switching/exec_.py": {"execve"},  # after `find_program`
        "profiles/base/programs/become.py": {"execve"},  # /bin/sh
        "tray/runtime/run.py": {"execv"},  # our own program, by its absolute path
        "tray/desktop/open_target.py": {"startfile"},  # a file or a page, by its absolute path
    }
    starters = {"Popen", "check_call", "check_output", "getoutput", "system", "popen", "startfile"}
    root = Path(profiles.__file__).parents[1]
    for path in [*root.glob("profiles/**/*.py"), *root.glob("tray/**/*.py")]:
        names = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                module = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                name = node.func.attr
                starts = module == "os" and (name in starters or name.startswith(("exec", "spawn", "posix_")))
                starts |= module == "subprocess" and name in {"run", "call", *starters}
                names |= {name} if starts or (module, name) == ("shutil", "which") else set()
            elif isinstance(node, ast.ImportFrom) and node.module in ("subprocess", "shutil"):
                names |= {alias.name for alias in node.names} & {"run", "call", "which", *starters}
        assert names <= allowed.get(path.relative_to(root).as_posix(), set()), path


# How it is run ---------------------------------------------------------------------------------------------


def test_it_is_given_its_input_and_keeps_its_streams_apart() -> None:
    code = "import sys; print(sys.stdin.read()); print('e', file=sys.stderr); sys.exit(3)"
    ran = run([sys.executable, "-c", code], os.environ, 30.0, given="typed")
    assert (ran.code, ran.output.split(), ran.errors.split()) == (3, [b"typed"], [b"e"])


@posix_only
def test_what_it_says_on_the_side_never_ends_it() -> None:
    """A key command that is verbose about what it does still gives its key."""
    code = "import sys; sys.stderr.write('x' * 3_000_000); print('key')"
    ran = run([sys.executable, "-c", code], os.environ, 30.0, most=1000)
    assert (ran.code, ran.output) == (0, b"key\n")
    assert len(ran.errors) <= 1001


@posix_only
def test_one_that_prints_without_end_or_never_ends_is_ended() -> None:
    began = time.monotonic()
    assert run(["yes"], PATH, 30.0, most=1000).code != 0
    with pytest.raises(TimeoutError):
        run(["sleep", "60"], PATH, 0.2)
    assert time.monotonic() - began < 20


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux says when a process ends")
def test_a_program_is_waited_for_without_looking_again_and_again() -> None:
    """The tray asks by commands of its own while it idles: it would wake twenty times a second for each."""
    with mock.patch("time.sleep", side_effect=AssertionError("looked again")):
        assert run(["sleep", "0.2"], PATH, 30.0).code == 0
        with pytest.raises(TimeoutError):
            run(["sleep", "60"], PATH, 0.2)


@posix_only
def test_a_command_line_is_read_by_the_system_s_own_shell(tmp_path: Path) -> None:
    """A `sh` that comes first in PATH must not see the key that the helper prints."""
    plant(tmp_path / "sh")
    ran = run_in_shell(
        "echo $((1 + 1)); pwd", {"PATH": f"{tmp_path}:/usr/bin:/bin"}, 10.0, directory=str(tmp_path)
    )
    assert ran.output.decode() == f"2\n{tmp_path}\n"


def test_what_cannot_be_started_says_why(tmp_path: Path) -> None:
    for word in (str(tmp_path / "gone"), str(tmp_path)):
        with pytest.raises(ProgramError, match=r"cannot be started|not installed"):
            in_terminal([word], os.environ)
    with pytest.raises(ProgramError, match="NUL"):
        run([sys.executable, "a\0b"], os.environ, 5.0)


FILLS = "f = open('pack', 'wb'); [(f.write(bytes(100_000)), f.flush()) for _ in range(100)]"


@posix_only
def test_one_that_writes_without_end_is_ended_before_the_disk_is_full(tmp_path: Path) -> None:
    """A git server may send whatever it likes."""
    filling = [sys.executable, "-c", FILLS]
    ran = run(filling, os.environ, 30.0, directory=str(tmp_path), most_written=1_000_000)
    assert ran.code != 0
    assert size_of(str(tmp_path)) <= 1_000_000
    assert run(filling, os.environ, 30.0, directory=str(tmp_path), most_written=20_000_000).code == 0


def test_where_the_system_has_no_such_limit_the_directory_is_looked_at(tmp_path: Path) -> None:
    """As on Windows."""
    slowly = f"import time; {FILLS}; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", slowly], cwd=tmp_path) as process:
        watch(process, str(tmp_path), 1_000_000, lambda _pid: process.kill())
        assert process.wait(30) != 0


@posix_only
def test_one_that_may_ask_nobody_has_no_terminal() -> None:
    """An ssh that asks for a passphrase at /dev/tty would stop for ever in the background."""
    code = "import os; print(os.getsid(0) == os.getpid())"
    argv = [sys.executable, "-c", code]
    assert run(argv, os.environ, 30.0, reach="session").output == b"True\n"
    assert run(argv, os.environ, 30.0, reach="terminal").output == b"False\n"


@posix_only
def test_one_on_our_own_terminal_is_ended_in_time_and_we_are_not() -> None:
    with pytest.raises(TimeoutError):
        run(["sleep", "60"], PATH, 0.2, reach="terminal")


# Beside us -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("does", "limit_s"),
    [("import time; time.sleep(600)", 1.0), ("", 60.0), ("print('a line'); raise SystemExit(1)", 60.0)],
    ids=["hangs", "is done before it says anything", "fails"],
)
def test_a_program_that_says_nothing_in_time_has_failed(does: str, limit_s: float) -> None:
    """A click that opens nothing would be waited for without end, and nobody told."""
    heard: list[str] = []
    assert not run_detached([sys.executable, "-c", does], os.environ, limit_s, on_line=heard.append)
    assert heard == (["a line"] if "print" in does else [])


def test_a_program_that_has_said_something_may_take_its_time() -> None:
    """The manager says its link, and then serves for hours."""
    does = "import time; print('a line', flush=True); time.sleep(1.5); raise SystemExit(1)"
    heard: list[str] = []
    assert run_detached([sys.executable, "-c", does], os.environ, 1.0, on_line=heard.append)
    assert heard == ["a line"]
