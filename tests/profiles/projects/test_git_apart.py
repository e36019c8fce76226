"""Dotfiles in a repository that lies apart: a settings file with a key is found to be tracked there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.home.git_repository import git, repository

from profiles.projects.git.could_commit import ask_git, untracking

SETTINGS = ".claude/settings.json"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "ho me"
    (home / ".claude").mkdir(parents=True)
    (home / SETTINGS).write_text("{}")
    monkeypatch.setenv("HOME", str(home))
    return home


def environ_of(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"]}


def bare(home: Path, place: Path, *, names_tree: bool) -> Path:
    """A bare repository that tracks the settings; its own configuration may name its work tree, as yadm's."""
    place.parent.mkdir(parents=True, exist_ok=True)
    git(home, "init", "-q", "--bare", str(place))
    options = [f"--git-dir={place}"]
    if names_tree:
        git(home, *options, "config", "core.bare", "false")
        git(home, *options, "config", "core.worktree", str(home))
    git(home, *options, f"--work-tree={home}", "add", SETTINGS)
    git(home, *options, f"--work-tree={home}", "commit", "-q", "-m", "x")
    return place


PLACES = {
    "yadm": (".local/share/yadm/repo.git", True),
    "old yadm": (".config/yadm/repo.git", True),
    "vcsh": (".config/vcsh/repo.d/claude.git", True),
    "a bare one": (".cfg", False),
    "a bare one in the open": ("dotfiles.git", False),
}


@pytest.mark.parametrize(("place", "names_tree"), PLACES.values(), ids=PLACES)
def test_a_repository_apart_is_found_and_its_remedy_helps(home: Path, place: str, names_tree: bool) -> None:
    """The key would be in the next `yadm commit -a`, and then wherever that is pushed to."""
    assert ask_git(str(home / SETTINGS), environ_of(home)).standing == "none"
    at = bare(home, home / place, names_tree=names_tree)
    answer = ask_git(str(home / SETTINGS), environ_of(home))
    assert (answer.standing, answer.apart[0]) == ("tracked", f"--git-dir={at}")
    assert ask_git(str(home / ".claude" / "other.json"), environ_of(home)).standing == "none"
    done = subprocess.run(
        ["/bin/sh", "-c", untracking(str(home / SETTINGS), answer)],
        env=environ_of(home),
        cwd="/",
        check=False,
    )
    assert done.returncode == 0
    assert (home / SETTINGS).exists()
    assert ask_git(str(home / SETTINGS), environ_of(home)).standing == "none"


@pytest.mark.parametrize(
    "line", ["alias c='git --git-dir=$HOME/src/d/x --work-tree=$HOME'", "export GIT_DIR"]
)
def test_one_that_a_start_file_or_the_shell_names_is_found_anywhere(home: Path, line: str) -> None:
    at = bare(home, home / "src" / "d" / "x", names_tree=False)
    environ = environ_of(home)
    assert ask_git(str(home / SETTINGS), environ).standing == "none"
    if line == "export GIT_DIR":
        environ["GIT_DIR"] = str(at)
    else:
        (home / ".bashrc").write_text(f"{line}\n")
    assert ask_git(str(home / SETTINGS), environ).standing == "tracked"


def test_one_that_zsh_s_own_directory_names_is_found(home: Path) -> None:
    at = bare(home, home / "src" / "x", names_tree=False)
    zsh = home / ".config" / "zsh"
    zsh.mkdir(parents=True)
    (zsh / ".zshrc").write_text(f"alias c='git --git-dir={Path('$HOME') / at.relative_to(home)}'\n")
    environ = environ_of(home) | {"ZDOTDIR": str(zsh)}
    assert ask_git(str(home / SETTINGS), environ).standing == "tracked"


def test_a_repository_of_a_project_is_not_looked_for_apart(home: Path) -> None:
    """A project's own repository answers for it, and a thousand of them would each look through the home."""
    bare(home, home / ".cfg", names_tree=False)
    repo = repository(home / "src" / "api")
    assert ask_git(str(repo / SETTINGS), environ_of(home)).standing == "open"


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes")
@pytest.mark.parametrize("pipe", ["config", "index", "HEAD"])
def test_a_damaged_repository_apart_makes_nothing_wait(home: Path, pipe: str) -> None:
    at = bare(home, home / ".cfg", names_tree=False)
    (at / pipe).unlink()
    os.mkfifo(at / pipe)
    began = time.monotonic()
    assert ask_git(str(home / SETTINGS), environ_of(home), limit_s=5).standing == "none"
    assert time.monotonic() - began < 4


def test_many_repositories_are_looked_at_within_the_limit(home: Path) -> None:
    for number in range(40):
        bare(home, home / f"{number}.git", names_tree=False)
    began = time.monotonic()
    ask_git(str(home / ".claude" / "other.json"), environ_of(home), limit_s=1)
    assert time.monotonic() - began < 3


def test_no_program_of_a_repository_apart_is_run(home: Path) -> None:
    at = bare(home, home / ".cfg", names_tree=False)
    ran, program = home / "ran", home / "monitor"
    program.write_text(f'#!/bin/sh\ntouch "{ran}"\n')
    program.chmod(0o755)
    git(home, f"--git-dir={at}", "config", "core.fsmonitor", f'"{program}"')
    git(home, f"--git-dir={at}", f"--work-tree={home}", "ls-files")
    git(home, f"--git-dir={at}", f"--work-tree={home}", "status")
    assert ran.exists(), "the trap must work, or this test could not fail"
    ran.unlink()
    assert ask_git(str(home / SETTINGS), environ_of(home)).standing == "tracked"
    assert not ran.exists()
