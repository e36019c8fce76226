"""Whether a key may be written into a repository: git itself is asked, real git, in every kind of clone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.home.git_repository import CLONES, clone_of_kind, git, repository

from profiles.claude_code.settings.project_root import project_root
from profiles.projects.git.could_commit import ask_git
from profiles.projects.git.exclusion import Exclusion

LOCAL = ".claude/settings.local.json"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}


def test_outside_of_git_a_file_is_safe(tmp_path: Path, environ: dict[str, str]) -> None:
    assert ask_git(str(tmp_path / LOCAL), environ).standing == "none"


def test_a_tracked_file_is_never_taken_for_an_ignored_one(tmp_path: Path, environ: dict[str, str]) -> None:
    """Else a key would go into the next commit: a tracked file stays tracked, whatever .gitignore says."""
    repo = repository(tmp_path / "repo")
    path = str(repo / LOCAL)
    assert ask_git(path, environ).standing == "open"
    (repo / ".gitignore").write_text(f"{LOCAL}\n")
    assert ask_git(path, environ).standing == "ignored"
    (repo / ".claude").mkdir()
    (repo / LOCAL).write_text("{}")
    git(repo, "add", "-f", LOCAL)
    answer = ask_git(path, environ)
    assert (answer.standing, answer.safe) == ("tracked", False)


def test_a_global_ignore_file_counts(tmp_path: Path, environ: dict[str, str]) -> None:
    repo = repository(tmp_path / "repo")
    (tmp_path / ".config" / "git").mkdir(parents=True)
    (tmp_path / ".config" / "git" / "ignore").write_text("**/.claude/settings.local.json\n")
    assert ask_git(str(repo / LOCAL), environ).safe


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_of_another_user_is_not_taken_for_safe(tmp_path: Path, environ: dict[str, str]) -> None:
    repo = repository(tmp_path / "repo")
    for path in [repo, *repo.rglob("*")]:
        os.chown(path, 12345, 12345)
    answer = ask_git(str(repo / LOCAL), environ)
    assert (answer.standing, answer.safe) == ("unknown", False)
    assert "safe.directory" in answer.remedy
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repo}\n")
    assert ask_git(str(repo / LOCAL), environ).standing == "open"


def test_without_git_a_repository_is_not_taken_for_safe(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
    assert ask_git(str(tmp_path / LOCAL), environ).standing == "none"
    (tmp_path / ".git").mkdir()
    answer = ask_git(str(tmp_path / LOCAL), environ)
    assert (answer.standing, answer.reason) == ("unknown", "git is not installed")


def test_a_damaged_repository_is_not_taken_for_none(tmp_path: Path, environ: dict[str, str]) -> None:
    repo = repository(tmp_path / "repo")
    (repo / ".git" / "HEAD").unlink()
    assert ask_git(str(repo / LOCAL), environ).standing == "unknown"


def test_nothing_of_a_foreign_repository_is_run(tmp_path: Path, environ: dict[str, str]) -> None:
    """A clone could name a program as its file system monitor: asking git must not start it."""
    repo = repository(tmp_path / "repo", commit=True)
    ran = tmp_path / "ran"
    program = tmp_path / "monitor"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    git(repo, "config", "core.fsmonitor", str(program))
    git(repo, "ls-files")
    git(repo, "status")
    assert ran.exists(), "the trap must work, or this test could not fail"
    ran.unlink()
    ask_git(str(repo / LOCAL), environ)
    Exclusion(environ, str(tmp_path / "lock")).exclude(str(repo / LOCAL))
    assert not ran.exists()


def test_variables_that_lead_git_elsewhere_are_not_followed(tmp_path: Path, environ: dict[str, str]) -> None:
    repo = repository(tmp_path / "repo")
    other = repository(tmp_path / "other")
    (other / ".git" / "info" / "exclude").write_text(LOCAL)
    led = {**environ, "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(repo)}
    assert ask_git(str(repo / LOCAL), led).standing == "open"


def test_the_repository_of_the_real_file_is_asked(tmp_path: Path, environ: dict[str, str]) -> None:
    """`.claude` may be a link into a dotfiles repository, which would commit the key."""
    repo, dotfiles = repository(tmp_path / "repo"), repository(tmp_path / "dotfiles")
    (repo / ".gitignore").write_text(".claude\n")
    (dotfiles / "claude").mkdir()
    (repo / ".claude").symlink_to(dotfiles / "claude")
    assert ask_git(str(repo / LOCAL), environ).standing == "open"


def test_a_file_that_is_a_link_stands_as_what_it_leads_to(tmp_path: Path, environ: dict[str, str]) -> None:
    repo, dotfiles = repository(tmp_path / "repo"), repository(tmp_path / "dotfiles")
    (repo / ".gitignore").write_text(".claude\n")
    (repo / ".claude").mkdir()
    (dotfiles / "local.json").write_text("{}")
    (repo / LOCAL).symlink_to(dotfiles / "local.json")
    assert ask_git(str(repo / LOCAL), environ).standing == "open"


# Where the client looks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CLONES)
def test_the_root_is_where_the_client_looks(kind: str, tmp_path: Path) -> None:
    directory = clone_of_kind(kind, tmp_path)
    expected = tmp_path / "main [x]" if kind in ("worktree", "subdirectory") else directory
    assert project_root(str(directory)) == str(expected)
    (tmp_path / "link").symlink_to(directory)
    assert project_root(str(tmp_path / "link")) == str(expected)


def test_without_a_repository_it_is_the_directory_itself(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert project_root(str(tmp_path / "a" / "b")) == str(tmp_path / "a" / "b")


@pytest.mark.parametrize("place", [".git", ".git/commondir"])
def test_a_place_with_a_nul_in_it_is_not_followed(tmp_path: Path, place: str) -> None:
    """In such a clone every command ended with a fault, `key print` too."""
    root = tmp_path / "clone"
    (root / place).parent.mkdir(parents=True)
    (root / place).write_bytes(b"gitdir: \0x\n")
    assert project_root(str(root)) == str(root)
