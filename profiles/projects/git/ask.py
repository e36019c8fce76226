"""The three questions that git is asked about a directory here, and what keeps it from answering.

`profiles.base.programs.git` has it run no program that the repository names.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.command_line import shown_line
from profiles.base.programs.git import run_git
from profiles.base.programs.paths import ProgramError
from profiles.claude_code.settings.project_root import git_directories, names_network, repository_root
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    Question = Literal["check-ignore", "ls-files", "rev-parse"]

LIMIT_S = 5.0
# What git reads to answer. A named pipe in place of one would have it wait for a writer.
_READ_BY_GIT = (
    *("HEAD", "config", "config.worktree", "commondir", "gitdir", "index", "packed-refs", "shallow"),
    *("info/exclude", "info/attributes", "info/sparse-checkout", "objects/info/alternates"),
)


class GitError(Exception):
    """Git has no answer. `reason` completes "it is not known: …", and `remedy` is what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class NoRepositoryError(GitError):
    """There is no repository there."""


def ask(
    directory: str,
    environ: Mapping[str, str],
    question: Question,
    *words: str,
    limit_s: float = LIMIT_S,
    apart: Sequence[str] = (),
) -> tuple[int, str]:
    """Git's exit code, 0 or 1, and what it printed. Raises GitError, when the limit is over at the latest.

    `apart`: `--git-dir=` of a repository that lies apart, and other options that name it.
    """
    root = None if apart else repository_root(directory)
    git_dirs = [option.partition("=")[2] for option in apart[:1]]
    if (root is not None or apart) and (problem := _problem(root, directory, git_dirs)):
        raise GitError(problem, "Look at what it is, and move it away.")
    try:
        done = run_git(["-C", directory, *apart, question, *words], environ, limit_s)
    except ProgramError as error:
        if root is None and error.missing:
            raise NoRepositoryError("there is no repository", "") from None
        raise GitError(f"git {error.reason}", "Install git, so that it can be asked.") from None
    except TimeoutError:
        raise GitError(f"git did not answer within {limit_s:g} seconds", "Try again.") from None
    if done.code in (0, 1):
        return done.code, os.fsdecode(done.output)
    raise _refused(os.fsdecode(done.errors), root, directory)


def _refused(said: str, root: str | None, directory: str) -> GitError:
    if "not a git repository" in said and root is None:
        return NoRepositoryError("there is no repository", "")
    if "bare repository" in said:  # one that lies open among files: what it is for cannot be seen
        return GitError("a git repository lies open among its files", "Look at what put it there.")
    if "dubious ownership" in said:
        trust = ["git", "config", "--global", "--add", "safe.directory", os.path.realpath(root or directory)]
        remedy = f"If you trust it: `{shown_line(trust)}`"
        return GitError("its git repository belongs to another user", remedy)
    return GitError("git cannot read its repository", f"See `git -C {directory} status`.")


def _problem(root: str | None, directory: str, git_dirs: Sequence[str]) -> str:
    """What would have git wait for ever, or log in to another machine; "" for nothing."""
    try:
        for at in dict.fromkeys(git_dirs if root is None else git_directories(root)):
            for name in _READ_BY_GIT:
                _check_regular(os.path.join(at, *name.split("/")))
            alternates = os.path.join(at, "objects", "info", "alternates")
            lines = (read_bytes(alternates) or b"").decode("utf-8", "replace").splitlines()
            if any(names_network(line) for line in lines):
                return f"{alternates} leads to another machine"
        for at in _down(root, directory) if root is not None else ():
            _check_regular(os.path.join(at, ".gitignore"))
    except PkccError as error:
        return error.title
    return ""


def _check_regular(path: str) -> None:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return  # git says what is wrong with it
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise PkccError(f"{path} is not a regular file")


def _down(root: str, directory: str) -> Iterator[str]:
    """Each directory from the root down to that one."""
    at = root
    yield at
    for name in os.path.relpath(directory, root).split(os.sep):
        at = os.path.normpath(os.path.join(at, name))
        yield at
