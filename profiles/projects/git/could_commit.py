"""Whether git could take a file into a commit: asked of git itself, which knows all its ignore files."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.base.programs.command_line import shown_line
from profiles.projects.git.apart import repositories_apart
from profiles.projects.git.ask import LIMIT_S, GitError, NoRepositoryError, ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Standing = Literal["none", "ignored", "tracked", "open", "unknown"]


class Answer(NamedTuple):
    """How a file stands with git. `reason` says why that is unknown, and `remedy` what to do.

    `none`: no repository · `ignored` · `tracked` · `open`: not ignored, so `git add` takes it · `unknown`.
    `apart` are git's options for a repository that lies apart from the file it tracks.
    """

    standing: Standing
    reason: str = ""
    remedy: str = ""
    apart: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """Whether what is written there stays out of commits."""
        return self.standing in ("none", "ignored")


def ask_git(path: str, environ: Mapping[str, str], limit_s: float = LIMIT_S) -> Answer:
    """How that file, which need not be there yet, stands with git."""
    directory, name = nearest(path)
    try:
        # Asked so, git calls no tracked file ignored: one question settles the usual case.
        ignored, _ = ask(directory, environ, "check-ignore", "--quiet", "--", f"./{name}", limit_s=limit_s)
        if ignored == 0:
            return Answer("ignored")
        code, _ = ask(
            directory, environ, "ls-files", "--error-unmatch", "--", f":(literal){name}", limit_s=limit_s
        )
    except NoRepositoryError:
        apart = _tracking_apart(directory, name, environ, limit_s)
        return Answer("none") if apart is None else Answer("tracked", apart=apart)
    except GitError as error:
        return Answer("unknown", error.reason, error.remedy)
    return Answer("open" if code else "tracked")


def git_error(path: str, answer: Answer, what: str) -> ConflictError:
    """The error for a file that git could take in; `what` is that which must not get there."""
    if answer.standing == "tracked":
        return ConflictError(
            f"git tracks {path}, and {what} would get into its commits",
            f"Take it out of git (`{untracking(path, answer)}`), or use a profile that writes none of it.",
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


def untracking(path: str, answer: Answer) -> str:
    """The command by which git tracks the file no more, and leaves it where it is."""
    directory, name = os.path.split(os.path.realpath(path))
    return shown_line(
        ["git", "-C", directory, *answer.apart, "rm", "--cached", "--force", "--quiet", "--", name]
    )


def nearest(path: str) -> tuple[str, str]:
    """The nearest directory that is there, and the file's path from it: of where the file really lies."""
    real = os.path.realpath(path)
    directory, name = os.path.split(real)
    while not os.path.isdir(directory):
        directory, above = os.path.split(directory)
        name = f"{above}/{name}"
    return directory, name


def _tracking_apart(
    directory: str, name: str, environ: Mapping[str, str], limit_s: float
) -> tuple[str, ...] | None:
    """Git's options for the repository apart that tracks that file; None where none is found in that time.

    One that cannot be asked counts as none: nothing says that it has to do with the file.
    """
    ends = time.monotonic() + limit_s
    with suppress(PkccError):
        for options in repositories_apart(environ):
            left = ends - time.monotonic()
            if left <= 0:
                return None
            with suppress(GitError):
                words = ("--error-unmatch", "--", f":(literal){name}")
                code, _ = ask(directory, environ, "ls-files", *words, limit_s=left, apart=options)
                if code == 0:
                    return options
    return None
