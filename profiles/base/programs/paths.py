"""Which file a program's name means: an absolute path, looked up in the absolute entries of PATH alone.

The shells of Windows, and Windows itself, look in the current directory first, and an empty or relative entry
of PATH means it elsewhere: our helper runs in whatever project Claude Code was started in, and a clone may
bring an `op` or a `git` of its own.
"""

from __future__ import annotations

import errno
import ntpath
import os
import posixpath
import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

WINDOWS = sys.platform == "win32"
_KINDS = (".com", ".exe", ".bat", ".cmd")  # what Windows can start, in the order in which they are tried
_BATCH = (".bat", ".cmd")
_SPECIAL_TO_CMD = frozenset('"%&|<>^!\r\n')


class ProgramError(Exception):
    """A program that cannot be run: `reason` completes a sentence about it, `hint` is what to do."""

    def __init__(
        self, reason: str, hint: str, *, missing: bool = False, error: OSError | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.missing = missing
        self.error = error


def find_program(
    word: str,
    environ: Mapping[str, str],
    *,
    base: str | None = None,
    windows: bool = WINDOWS,
    is_file: Callable[[str], bool] = os.path.isfile,
    may_run: Callable[[str], bool] = lambda path: os.access(path, os.X_OK),
) -> str:
    """The absolute path of the program that `word` means, such as "/usr/bin/op" for "op".

    A word with a directory in it must be absolute, or begin with `~/`; with `base`, a relative one is taken
    from that directory. Raises ProgramError.
    """
    rules = ntpath if windows else posixpath
    if word[:2] == "~/" or (windows and word[:2] == "~\\"):
        home = variable("HOME", environ, windows) or variable("USERPROFILE", environ, windows) or "~"
        word = rules.join(os.path.expanduser("~") if home == "~" else home, word[2:])
    named = _has_directory(word, windows)
    if named and not _is_absolute(word, windows):
        if base is None:
            raise ProgramError(
                "is named by a relative path, which would mean another file in every directory",
                "Give its absolute path, or its bare name where it is in PATH.",
            )
        word = rules.join(base, word)
    if named and not windows:
        return word  # the system's own error says what is wrong
    directories = [""] if named else _search_path(environ, windows)
    denied = False
    for each in _candidates(word, directories, environ, windows):
        if is_file(each):
            if windows or may_run(each):
                return each
            denied = True
    if denied:
        error = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise ProgramError("may not be executed", "Make it executable.", error=error)
    raise ProgramError("is not installed", "Install it, or add its directory to PATH.", missing=True)


def which(word: str, environ: Mapping[str, str]) -> str | None:
    """The path that `find_program` gives; None where it finds none."""
    try:
        return find_program(word, environ)
    except ProgramError:
        return None


def variable(name: str, environ: Mapping[str, str], windows: bool) -> str | None:
    """The value of a variable, whose name has no case on Windows."""
    if not windows:
        return environ.get(name)
    return next((value for key, value in environ.items() if key.upper() == name), None)


def _has_directory(word: str, windows: bool) -> bool:
    return any(char in word for char in ("/\\:" if windows else "/"))


def _is_absolute(path: str, windows: bool) -> bool:
    """Whether a path depends on no current directory: on Windows `/tools` and `C:tools` do."""
    if not windows:
        return path.startswith("/")
    drive, rest = ntpath.splitdrive(path)
    return drive[:1] in ("\\", "/") or bool(drive and rest[:1] in ("\\", "/"))


def _search_path(environ: Mapping[str, str], windows: bool) -> list[str]:
    text = variable("PATH", environ, windows)
    if text is None:
        text = "" if windows else "/usr/bin:/bin"
    entries = [entry.strip('"') if windows else entry for entry in text.split(";" if windows else ":")]
    return [entry for entry in entries if _is_absolute(entry, windows)]


def _candidates(
    word: str, directories: Sequence[str], environ: Mapping[str, str], windows: bool
) -> Iterator[str]:
    rules = ntpath if windows else posixpath
    endings: Sequence[str] = ("",)
    if windows and not word.lower().endswith(_KINDS):
        known = (variable("PATHEXT", environ, windows) or "").lower().split(";")
        endings = [kind for kind in _KINDS if kind in known] or _KINDS
    for directory in directories:
        for ending in endings:
            yield rules.join(directory, word + ending)


def command_line(
    argv: Sequence[str],
    environ: Mapping[str, str],
    *,
    base: str | None = None,
    windows: bool = WINDOWS,
    is_file: Callable[[str], bool] = os.path.isfile,
) -> list[str]:
    """The words with the program's absolute path as the first. Raises ProgramError.

    Windows hands a batch file to cmd.exe as text, which would run parts of an argument such as `x & calc`.
    """
    program = find_program(argv[0], environ, base=base, windows=windows, is_file=is_file)
    words = [program, *argv[1:]]
    if windows and program.lower().endswith(_BATCH) and _SPECIAL_TO_CMD.intersection("".join(words)):
        raise ProgramError(
            "is a batch file, which cannot be given such arguments safely",
            'Name the program itself (its .exe), or leave out " % & | < > ^ !.',
        )
    return words
