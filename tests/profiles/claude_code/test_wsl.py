"""If these fail, a client inside WSL is told to run a helper that is not there, and gets no key.

WSL itself cannot run here: paths and wsl.conf are fakes, as Microsoft describes them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from profiles.base.errors import PkccError
from profiles.claude_code.process.sessions import _sessions_in
from profiles.claude_code.wsl import command_line_in, configuration_path, distribution_of, helper_argv

HOME = r"\\wsl$\Ubuntu-24.04\home\u\.claude\settings.json"
EXE = r"C:\Users\Jane Doe\bin\pkcc-tray.exe"


@pytest.mark.parametrize(
    ("path", "distribution"),
    [
        (HOME, "Ubuntu-24.04"),
        (r"\\wsl.localhost\Debian\root\.claude", "Debian"),
        (r"\\WSL$\Debian\x", "Debian"),
        ("//wsl.localhost/Debian/x", "Debian"),
        (r"\\server\share\x", ""),
        (r"\\wsl$", ""),
        (r"C:\wsl$\x\y", ""),
        ("/home/wsl$/x", ""),
        ("", ""),
    ],
)
def test_which_paths_lead_into_a_distribution(path: str, distribution: str) -> None:
    assert distribution_of(path) == distribution


@pytest.mark.parametrize(
    ("configuration", "program"),
    [
        ("", "/mnt/c/Users/Jane Doe/bin/pkcc-tray.exe"),
        ("[automount]\nroot = /win/\n", "/win/c/Users/Jane Doe/bin/pkcc-tray.exe"),
        ("[automount]\nroot=/\n", "/c/Users/Jane Doe/bin/pkcc-tray.exe"),
        ("[automount]\nenabled=true\n[interop]\nenabled=true", "/mnt/c/Users/Jane Doe/bin/pkcc-tray.exe"),
        ("no section at all", "/mnt/c/Users/Jane Doe/bin/pkcc-tray.exe"),
    ],
)
def test_the_program_is_named_as_the_distribution_sees_it(configuration: str, program: str) -> None:
    argv = [EXE, "--config-dir", r"D:\my config", "key", "print"]
    assert helper_argv(argv, configuration) == [program, *argv[1:]]


@pytest.mark.parametrize(
    ("program", "configuration"),
    [(EXE, "[interop]\nenabled = false\n"), (r"\\server\share\pkcc-tray.exe", ""), ("pkcc-tray", "")],
)
def test_where_no_program_of_ours_can_run_it_is_refused_with_what_to_do(
    program: str, configuration: str
) -> None:
    with pytest.raises(PkccError) as raised:
        helper_argv([program], configuration)
    assert "key_delivery settings" in raised.value.hint


def test_the_command_line_is_one_of_a_posix_shell_and_the_configuration_read_when_it_is_made() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return b"[automount]\nroot = /w/\n"

    line = command_line_in(HOME, read)
    assert line is not None
    assert asked == []
    assert line([EXE, "key", "print"]) == "'/w/c/Users/Jane Doe/bin/pkcc-tray.exe' key print"
    assert asked == [configuration_path(HOME)] == [r"\\wsl$\Ubuntu-24.04\etc\wsl.conf"]
    assert command_line_in("/home/u/.claude/settings.json") is None


def test_a_configuration_that_cannot_be_read_means_the_usual_places() -> None:
    def read(path: str) -> bytes:
        raise PkccError("The network name is gone")

    line = command_line_in(HOME, read)
    assert line is not None
    assert line([EXE]) == "'/mnt/c/Users/Jane Doe/bin/pkcc-tray.exe'"


@pytest.mark.skipif(os.name == "nt", reason="a distribution of that name would be asked for")
def test_sessions_of_a_distribution_are_believed(tmp_path: Path) -> None:
    # Its process numbers mean nothing on Windows: taken for dead, their blanks would go too early.
    directory = r"\\wsl$\Ubuntu\home\u\.claude"
    before = os.getcwd()
    os.chdir(tmp_path)  # here such a path is a relative name like any other
    try:
        os.makedirs(os.path.join(directory, "sessions"))
        (tmp_path / directory / "sessions" / "999999999.json").write_text(json.dumps({"procStart": 1}))
        assert [session.pid for session in _sessions_in(directory)] == [999999999]
    finally:
        os.chdir(before)
