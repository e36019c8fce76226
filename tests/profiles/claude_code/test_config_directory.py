"""What is said of a CLAUDE_CONFIG_DIR that is no full path, and which one was meant.

A wrong suggestion would send a user's sessions to one more directory that holds no profile.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from profiles.claude_code.beside.config_directory import odd_directory

if sys.platform == "win32":
    pytest.skip("these paths are POSIX ones", allow_module_level=True)


@pytest.mark.parametrize(
    ("value", "words", "meant"),
    [
        ("~/.cc", "does not expand the `~`", "{home}/.cc"),
        ("$HOME/.cc", "expands no variables", "{home}/.cc"),
        ("${HOME}/.cc/", "expands no variables", "{home}/.cc"),
        ("%USERPROFILE%/.cc", "expands no variables", ""),
        ("'/x/cc'", "quotes or spaces", "/x/cc"),
        ("/x/cc ", "quotes or spaces", "/x/cc"),
        (" ", "directory it is started in", ""),
        ("", "directory it is started in", ""),
        ("cc", "below the directory", "{here}/cc"),
        (r"C:\Users\me\.cc", "a path of Windows", ""),
    ],
)
def test_what_is_odd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, words: str, meant: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    odd = odd_directory({"CLAUDE_CONFIG_DIR": value})
    assert odd is not None
    assert words in odd.what
    assert odd.meant == meant.format(home=tmp_path / "home", here=tmp_path)


def test_in_wsl_a_path_of_windows_is_one_of_its_disks() -> None:
    environ = {"CLAUDE_CONFIG_DIR": r"C:\Users\me\.cc", "WSL_DISTRO_NAME": "Debian"}
    odd = odd_directory(environ)
    assert odd is not None
    assert odd.meant == "/mnt/c/Users/me/.cc"


@pytest.mark.parametrize("environ", [{}, {"CLAUDE_CONFIG_DIR": "/x/cc"}, {"CLAUDE_CONFIG_DIR": "/x/c c/é/"}])
def test_a_full_path_is_nothing_odd(environ: dict[str, str]) -> None:
    assert odd_directory(environ) is None
