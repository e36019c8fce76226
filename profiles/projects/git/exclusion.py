"""Having git ignore a file in this clone alone, by a line in its `info/exclude`, and no longer."""

from __future__ import annotations

import os
import re
import stat
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError
from profiles.files.atomic_replace import ChangedMeanwhileError, remove_file, replace_file
from profiles.files.locks import locked
from profiles.files.read import read_bytes
from profiles.files.refusals import making_failed
from profiles.projects.git.ask import GitError, NoRepositoryError, ask
from profiles.projects.git.could_commit import ask_git, nearest, untracking
from profiles.projects.git.exclude_file import with_pattern, without_line, without_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.projects.git.could_commit import Answer

_MAGIC = re.compile(r"([\\*?\[\]!# ])")
_LETS_IN = re.compile(r".*\.gitignore:\d+:!")  # which counts before any line of ours
_TRIES = 20  # how often the file may change under us before we give up


class Exclusion:
    """Our lines in exclude files. `lock_path` is held while one of them is replaced."""

    def __init__(self, environ: Mapping[str, str], lock_path: str) -> None:
        self._environ = environ
        self._lock_path = lock_path

    def exclude(self, path: str) -> bool:
        """Have git ignore that file in this clone only; False where it leaves it out already.

        Raises PkccError where that cannot be had: for a tracked file, where another rule lets it in again, or
        where a link leads out of the repository: other clones may share it, or it came with this one.
        """
        place = self._place_of_line(path)
        if place is None:
            return False
        file_path, pattern = place
        self._change(file_path, lambda text: with_pattern(text, pattern))
        if ask_git(path, self._environ).safe:
            return True
        self.stop_excluding(path)
        raise _let_in(path)

    def would_exclude(self, path: str) -> bool:
        """What `exclude` would return, and all that it would raise; nothing is written."""
        if self._place_of_line(path) is None:
            return False
        directory, name = nearest(path)
        with suppress(GitError):
            _, said = ask(directory, self._environ, "check-ignore", "--verbose", "--", f"./{name}")
            if _LETS_IN.match(said):
                raise _let_in(path)
        return True

    def _place_of_line(self, path: str) -> tuple[str, bytes] | None:
        """The exclude file and the line that it lacks; None where git leaves the file out already."""
        answer = ask_git(path, self._environ)
        if answer.safe:
            return None
        if answer.standing != "open":
            raise _refused(path, answer)
        file_path, pattern = exclude_line(path, self._environ)
        if not _is_within(file_path):
            raise _led_out(file_path)
        return file_path, pattern

    def stop_excluding(self, path: str, *, unmarked: bool = False) -> None:
        """Take the lines of `exclude` out again, if they are there.

        `unmarked`: an earlier version put the pattern alone. Raises PkccError where they have to stay.
        """
        if "\n" in os.path.realpath(path):
            return  # no line can hold that
        try:
            file_path, pattern = exclude_line(path, self._environ)
        except NoRepositoryError:
            return

        self._change(file_path, lambda text: text and _without(text, pattern, unmarked=unmarked))

    def is_all(self, path: str, *, unmarked: bool = False) -> bool:
        """Whether a line of ours is all by which git ignores that file, as far as git says.

        Of the rules that match, git names the one that wins: a .gitignore before `info/exclude`, and that
        before the user's own file for all repositories. Raises PkccError where git says nothing.
        """
        file_path, pattern = exclude_line(path, self._environ)
        text = read_bytes(file_path)
        if not text or _without(text, pattern, unmarked=unmarked) == text:
            return False
        directory, name = nearest(path)
        try:
            _, said = ask(directory, self._environ, "check-ignore", "--verbose", "--", f"./{name}")
        except GitError:
            return True
        return "info/exclude:" in said

    def _change(self, file_path: str, change: Callable[[bytes | None], bytes | None]) -> None:
        for _ in range(_TRIES):
            with suppress(ChangedMeanwhileError), locked(self._lock_path):
                base = read_bytes(file_path)
                _replace(file_path, base, change(base))
                return
        raise ConflictError(f"{file_path} keeps changing while it is being edited", "Run the command again.")


def _without(text: bytes, pattern: bytes, *, unmarked: bool) -> bytes | None:
    kept = without_pattern(text, pattern)
    return without_line(kept, pattern) if unmarked and kept == text else kept


def exclude_line(path: str, environ: Mapping[str, str]) -> tuple[str, bytes]:
    """The clone's exclude file (for a worktree or submodule: its own), and the line for that path.

    Raises NoRepositoryError, and ConflictError where git does not say.
    """
    directory, name = nearest(path)
    try:
        code, said = ask(directory, environ, "rev-parse", "--show-prefix", "--git-path", "info/exclude")
    except NoRepositoryError:
        raise
    except GitError:
        code, said = 1, ""
    if code != 0 or said.count("\n") != 2:  # a name with a line end in it is more than a line can hold
        raise ConflictError(
            f"git does not say where {path} could be excluded", f"See `git -C {directory} status`."
        )
    prefix, file_path, _ = said.split("\n")
    line = b"/" + os.fsencode(_MAGIC.sub(r"\\\1", prefix + name))
    return os.path.normpath(os.path.join(directory, file_path)), line


def _refused(path: str, answer: Answer) -> ConflictError:
    if answer.standing == "tracked":
        return ConflictError(f"git tracks {path}", f"`{untracking(path, answer)}` takes it out of git.")
    return ConflictError(f"It is not known how {path} stands with git: {answer.reason}", answer.remedy)


def _let_in(path: str) -> ConflictError:
    return ConflictError(
        f"A .gitignore of the repository lets {path} in again, despite any exclusion",
        "Take its line that begins with `!` out, or use a profile with key_delivery helper.",
    )


def _led_out(file_path: str) -> ConflictError:
    from profiles.files.in_the_way.obstacles import link_on_the_way

    found = link_on_the_way(file_path)
    if found is None:
        return ConflictError(f"{file_path} is reached through a link", "Put a directory in its place.")
    return ConflictError(
        f"{found.path} is a link to {found.real}, out of the repository",
        f"`{found.command}` puts a file of its own in its place.",
    )


def _is_within(file_path: str) -> bool:
    """Whether the exclude file really lies in the repository's own directory."""
    git_directory = os.path.realpath(os.path.dirname(os.path.dirname(file_path)))
    return os.path.realpath(file_path) == os.path.join(git_directory, "info", "exclude")


def _replace(file_path: str, base: bytes | None, data: bytes | None) -> None:
    """Make the file hold `data`; None: it is to go. Raises ChangedMeanwhileError, or PkccError."""
    if data == base:
        return
    info = os.path.dirname(file_path)
    if data is None:
        remove_file(file_path, base or b"", nullcontext())
        with suppress(OSError):
            os.rmdir(info)  # where it was made for the file
    else:
        replace_file(file_path, base, data, _made_in(info) if base is None else None, nullcontext())


def _made_in(info: str) -> int:
    """The mode of a new file there, as the repository shares itself; the directory is made if missing."""
    try:
        shared = stat.S_IMODE(os.stat(os.path.dirname(info)).st_mode)
        if not os.path.isdir(info):
            os.mkdir(info)
            os.chmod(info, shared)
    except OSError as error:
        raise making_failed(info, error) from None
    return shared & 0o666
