"""Running other programs: which file that is, for how long, how much it may print. Nothing else starts one.

A name is looked up in the absolute entries of PATH alone. The shells of Windows, and Windows itself, look in
the current directory first, and an empty or relative entry of PATH means it elsewhere: our helper runs in
whatever project Claude Code was started in, and a clone may bring an `op` or a `git` of its own.
"""

from __future__ import annotations

import errno
import ntpath
import os
import posixpath
import sys
from contextlib import suppress

from profiles.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import IO

WINDOWS = sys.platform == "win32"
MOST_BYTES = 1024 * 1024
_DRAINED_S = 1.0  # what a program that has ended printed is in the pipe already
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


class Ran(NamedTuple):
    """What a program did. `output` and `errors` are longer than was allowed where it printed too much."""

    code: int
    output: bytes
    errors: bytes


# Which file it is -----------------------------------------------------------------------------------------


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
        home = _variable("HOME", environ, windows) or _variable("USERPROFILE", environ, windows) or "~"
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
        return word  # the system says best what is wrong with it
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
    """As `find_program`; None where it finds none."""
    try:
        return find_program(word, environ)
    except ProgramError:
        return None


def _variable(name: str, environ: Mapping[str, str], windows: bool) -> str | None:
    if not windows:
        return environ.get(name)
    return next((value for key, value in environ.items() if key.upper() == name), None)


def _has_directory(word: str, windows: bool) -> bool:
    return any(char in word for char in ("/\\:" if windows else "/"))


def _is_absolute(path: str, windows: bool) -> bool:
    """Whether a path says all by itself: on Windows `/tools` and `C:tools` do not."""
    if not windows:
        return path.startswith("/")
    drive, rest = ntpath.splitdrive(path)
    return drive[:1] in ("\\", "/") or bool(drive and rest[:1] in ("\\", "/"))


def _search_path(environ: Mapping[str, str], windows: bool) -> list[str]:
    text = _variable("PATH", environ, windows)
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
        known = (_variable("PATHEXT", environ, windows) or "").lower().split(";")
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
    """The same words with the program's absolute path as the first. Raises ProgramError.

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


# Running it -----------------------------------------------------------------------------------------------


def run(
    argv: Sequence[str],
    environ: Mapping[str, str],
    limit_s: float,
    *,
    directory: str | None = None,
    given: str = "",
    most: int = MOST_BYTES,
) -> Ran:
    """Run a program unseen until it ends, with `given` as its input.

    Raises ProgramError where it cannot be started, and TimeoutError when its time is over; it has then ended
    with all that it started. So it is ended when it prints more than `most` bytes. What it leaves running may
    keep its output open, and is not waited for.
    """
    return _heard(_started(command_line(argv, environ), environ, directory, given), limit_s, most)


def run_in_shell(
    command: str, environ: Mapping[str, str], limit_s: float, *, directory: str, windows: bool = WINDOWS
) -> Ran:
    """As `run`, for a command line that the system's shell reads; its own shell, whatever PATH has."""
    if windows:
        root = _variable("SYSTEMROOT", environ, windows) or "C:\\Windows"
        shell = ntpath.join(root, "System32", "cmd.exe")
        process = _started(f'"{shell}" /d /s /c "{command}"', environ, directory, "", executable=shell)
    else:
        process = _started(["/bin/sh", "-c", command], environ, directory, "")
    return _heard(process, limit_s, MOST_BYTES)


def in_terminal(
    argv: Sequence[str], environ: Mapping[str, str], *, base: str | None = None, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """A program started on our own terminal, for its user to talk to. Raises ProgramError."""
    return _popen(command_line(argv, environ, base=base), environ, stdout=stdout)


def detached(argv: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A program started in a session of its own, which may outlive us. Raises ProgramError."""
    from subprocess import DEVNULL

    unheard = {"stdin": DEVNULL, "stdout": DEVNULL, "stderr": DEVNULL}
    return _popen(command_line(argv, environ), environ, start_new_session=True, **unheard)


def _started(
    words: Sequence[str] | str,
    environ: Mapping[str, str],
    directory: str | None,
    given: str,
    executable: str | None = None,
) -> subprocess.Popen[bytes]:
    from subprocess import DEVNULL, PIPE

    process = _popen(
        words,
        environ,
        cwd=directory,
        executable=executable,
        stdin=PIPE if given else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        bufsize=0,  # what is there is read at once
        # A group of its own, so that what it started ends with it.
        process_group=None if WINDOWS else 0,
    )
    if process.stdin is not None:
        with suppress(OSError), process.stdin:  # it may read nothing, and end
            process.stdin.write(given.encode())
    return process


def _popen(
    words: Sequence[str] | str, environ: Mapping[str, str], **options: object
) -> subprocess.Popen[bytes]:
    import subprocess

    if "stdin" in options:  # unseen: from the tray, which has no console, one would flash up
        options["creationflags"] = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(words, env=dict(environ), **options)  # type: ignore[call-overload,no-any-return]  # noqa: S603 - never a shell but where one is asked for; the first word is absolute
    except OSError as error:
        from profiles.files import os_reason

        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        hint = "Is it installed, and all of its path right?" if missing else "Make it executable."
        raise ProgramError(
            f"cannot be started: {os_reason(error)}", hint, missing=missing, error=error
        ) from None
    except ValueError:
        raise ProgramError("cannot be started: its arguments hold a NUL", "Take that out.") from None


def _heard(process: subprocess.Popen[bytes], limit_s: float, most: int) -> Ran:
    import threading
    from subprocess import TimeoutExpired

    heard = (bytearray(), bytearray())

    def listen(stream: IO[bytes], into: bytearray, *, ends: bool) -> None:
        with suppress(OSError), stream:
            while not (ends and len(into) > most) and (part := stream.read(64 * 1024)):
                into.extend(part[: most + 1 - len(into)])
            if ends and len(into) > most and process.poll() is None:
                _kill(process.pid)

    streams = ((process.stdout, heard[0], True), (process.stderr, heard[1], False))
    listeners = [
        threading.Thread(target=listen, args=(stream, into), kwargs={"ends": ends}, daemon=True)
        for stream, into, ends in streams
    ]
    try:
        for listener in listeners:
            listener.start()
        process.wait(limit_s)
    except BaseException as error:
        _kill(process.pid)
        process.wait()
        if isinstance(error, TimeoutExpired):
            raise TimeoutError from None
        raise
    for listener in listeners:
        listener.join(_DRAINED_S)
    return Ran(process.returncode, bytes(heard[0]), bytes(heard[1]))


def _kill(pid: int) -> None:
    import signal

    with suppress(OSError):  # it has just ended
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)  # TerminateProcess
        else:
            os.killpg(pid, signal.SIGKILL)
