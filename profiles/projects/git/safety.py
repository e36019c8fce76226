"""Whether git could take a file into a commit: asked of git itself, which knows all its ignore files."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError
from profiles.files.atomic_replace import replace_file
from profiles.files.read import read_bytes
from profiles.projects.git.questions import LIMIT_S, GitError, NoRepositoryError, ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Standing = Literal["none", "ignored", "tracked", "open", "unknown"]

_MAGIC = re.compile(r"([\\*?\[\]!# ])")


class Answer(NamedTuple):
    """How a file stands with git. `reason` says why that is unknown, and `remedy` what to do.

    `none`: no repository · `ignored` · `tracked` · `open`: not ignored, so `git add` takes it · `unknown`.
    """

    standing: Standing
    reason: str = ""
    remedy: str = ""

    @property
    def safe(self) -> bool:
        """Whether what is written there stays out of commits."""
        return self.standing in ("none", "ignored")


def ask_git(path: str, environ: Mapping[str, str], limit_s: float = LIMIT_S) -> Answer:
    """How that file, which need not be there yet, stands with git."""
    directory, name = _place(path)
    try:
        # Asked so, git calls no tracked file ignored: one question settles the usual case.
        ignored, _ = ask(directory, environ, "check-ignore", "--quiet", "--", f"./{name}", limit_s=limit_s)
        if ignored == 0:
            return Answer("ignored")
        code, _ = ask(
            directory, environ, "ls-files", "--error-unmatch", "--", f":(literal){name}", limit_s=limit_s
        )
    except NoRepositoryError:
        return Answer("none")
    except GitError as error:
        return Answer("unknown", error.reason, error.remedy)
    return Answer("open" if code else "tracked")


def exclude(path: str, environ: Mapping[str, str]) -> bool:
    """Have git ignore that file in this clone only, by `info/exclude`; False where it was ignored already.

    Raises ConflictError for a tracked file, and where git cannot be asked or another rule lets it in again.
    """
    answer = ask_git(path, environ)
    if answer.safe:
        return False
    if answer.standing != "open":
        raise git_error(path, answer, "what is written there")
    file_path, line = exclude_line(path, environ)
    base = read_bytes(file_path)
    before = base or b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    replace_file(file_path, base, before + gap + line + b"\n", None, nullcontext())
    if not ask_git(path, environ).safe:
        stop_excluding(path, environ)
        raise ConflictError(
            f"A .gitignore of the repository lets {path} in again, despite any exclusion",
            "Take its line that begins with `!` out, or use a profile with key_delivery helper.",
        )
    return True


def stop_excluding(path: str, environ: Mapping[str, str]) -> None:
    """Take the line of `exclude` out again, if it is there."""
    try:
        file_path, line = exclude_line(path, environ)
    except ConflictError:
        return
    base = read_bytes(file_path)
    lines = (base or b"").splitlines(keepends=True)
    kept = b"".join(each for each in lines if each.rstrip(b"\r\n") != line)
    if base is not None and kept != base:
        replace_file(file_path, base, kept, None, nullcontext())


def git_error(path: str, answer: Answer, what: str) -> ConflictError:
    """The error for a file that git could take in; `what` is that which must not get there."""
    if answer.standing == "tracked":
        return ConflictError(
            f"git tracks {path}, and {what} would get into its commits",
            f"Take it out of git (git rm --cached {path}), or use a profile that writes none of it.",
        )
    if answer.standing == "open":
        return ConflictError(
            f"git would commit {path}, and {what} with it",
            "Add --exclude (to `project add` or `switch NAME --project`) to have git ignore it in this clone,"
            " or ignore it yourself.",
        )
    return ConflictError(
        f"It is not known whether git would commit {path}: {answer.reason}; nothing is written there",
        answer.remedy,
    )


def _place(path: str) -> tuple[str, str]:
    """The nearest directory that is there, and the file's path from it: of where the file really lies."""
    real = os.path.realpath(path)
    directory, name = os.path.split(real)
    while not os.path.isdir(directory):
        directory, above = os.path.split(directory)
        name = f"{above}/{name}"
    return directory, name


def exclude_line(path: str, environ: Mapping[str, str]) -> tuple[str, bytes]:
    """The clone's exclude file (for a worktree or submodule: its own), and the line for that path.

    Raises ConflictError where git does not say.
    """
    directory, name = _place(path)
    try:
        code, said = ask(directory, environ, "rev-parse", "--show-prefix", "--git-path", "info/exclude")
    except GitError:
        code, said = 1, ""
    if code != 0:
        raise ConflictError(
            f"git does not say where {path} could be excluded", f"See `git -C {directory} status`."
        )
    prefix, file_path = said.split("\n")[:2]
    line = b"/" + os.fsencode(_MAGIC.sub(r"\\\1", prefix + name))
    return os.path.normpath(os.path.join(directory, file_path)), line
