"""Whether git could take a file into a commit: asked of git itself, which alone knows all its ignore files.

The repository may be anybody's, so git gets none of our environment's GIT_* variables, asks nobody, runs no
file system monitor or hook of the repository's, and has a time limit.
"""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from profiles.errors import ConflictError
from profiles.files import read_bytes, replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Standing = Literal["none", "ignored", "tracked", "open", "unknown"]

LIMIT_S = 5.0
_OPTIONS = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
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


def ask_git(path: str, environ: Mapping[str, str]) -> Answer:
    """How that file, which need not be there yet, stands with git."""
    directory, name = _place(path)
    try:
        # Asked so, git calls no tracked file ignored: one question settles the usual case.
        code, said = _git(directory, environ, "check-ignore", "--quiet", "--", f"./{name}")
        if code == 0:
            return Answer("ignored")
        if code == 1:
            code, said = _git(
                directory, environ, "--literal-pathspecs", "ls-files", "--error-unmatch", "--", name
            )
            if code in (0, 1):
                return Answer("open" if code else "tracked")
    except FileNotFoundError:
        if not _in_repository(directory):
            return Answer("none")
        return Answer("unknown", "git is not installed", "Install git, so that it can be asked.")
    except TimeoutError:
        return Answer("unknown", f"git did not answer within {LIMIT_S:g} seconds", "Try again.")
    if "not a git repository" in said and not _in_repository(directory):
        return Answer("none")
    if "dubious ownership" in said:
        remedy = f"If you trust it: git config --global --add safe.directory {directory}"
        return Answer("unknown", "its git repository belongs to another user", remedy)
    return Answer("unknown", "git cannot read its repository", f"See `git -C {directory} status`.")


def exclude(path: str, environ: Mapping[str, str]) -> bool:
    """Have git ignore that file in this clone only, by `info/exclude`; False where it was ignored already.

    Raises ConflictError for a tracked file, and where git cannot be asked or another rule lets it in again.
    """
    answer = ask_git(path, environ)
    if answer.safe:
        return False
    if answer.standing != "open":
        raise refusal(path, answer, "what is written there")
    file_path, line = _exclude_line(path, environ)
    base = read_bytes(file_path)
    before = base or b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    replace_file(file_path, base, before + gap + line + b"\n", None, nullcontext())
    if not ask_git(path, environ).safe:
        take_back(path, environ)
        raise ConflictError(
            f"A .gitignore of the repository lets {path} in again, whatever is excluded",
            "Take its line that begins with `!` out, or use a profile with key_delivery helper.",
        )
    return True


def take_back(path: str, environ: Mapping[str, str]) -> None:
    """Take the line of `exclude` out again, if it is there."""
    try:
        file_path, line = _exclude_line(path, environ)
    except ConflictError:
        return
    base = read_bytes(file_path)
    lines = (base or b"").splitlines(keepends=True)
    kept = b"".join(each for each in lines if each.rstrip(b"\r\n") != line)
    if base is not None and kept != base:
        replace_file(file_path, base, kept, None, nullcontext())


def refusal(path: str, answer: Answer, what: str) -> ConflictError:
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
        f"Whether git would commit {path} cannot be told: {answer.reason}; nothing is written there",
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


def _in_repository(directory: str) -> bool:
    above = directory
    while not os.path.lexists(os.path.join(above, ".git")):
        if above == os.path.dirname(above):
            return False
        above = os.path.dirname(above)
    return True


def _exclude_line(path: str, environ: Mapping[str, str]) -> tuple[str, bytes]:
    """The clone's exclude file (for a worktree or submodule: its own), and the line for that path."""
    directory, name = _place(path)
    try:
        code, said = _git(directory, environ, "rev-parse", "--show-prefix", "--git-path", "info/exclude")
    except (FileNotFoundError, TimeoutError):
        code, said = 1, ""
    if code != 0:
        raise ConflictError(
            f"git does not tell where {path} could be excluded", f"See `git -C {directory} status`."
        )
    prefix, file_path = said.split("\n")[:2]
    return os.path.join(directory, file_path), b"/" + os.fsencode(_MAGIC.sub(r"\\\1", prefix + name))


def _git(directory: str, environ: Mapping[str, str], *words: str) -> tuple[int, str]:
    """The exit code and what was said. Raises FileNotFoundError without git, TimeoutError."""
    import subprocess

    clean = {name: value for name, value in environ.items() if not name.upper().startswith("GIT_")}
    clean |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "PATH": environ.get("PATH", os.defpath)}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell
            ["git", "-C", directory, *_OPTIONS, *words],  # noqa: S607 - the user's own git, wherever it is
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return done.returncode, os.fsdecode(done.stdout if done.returncode == 0 else done.stderr)
