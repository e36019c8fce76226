"""Running other programs: for how long, and how much they may print. Nothing else of ours starts one.

Which file that is, `program_paths` says; the system is always given its absolute path.
"""

from __future__ import annotations

import ntpath
import os
import sys
import time
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.given_environment import handed_on
from profiles.base.programs.paths import WINDOWS, ProgramError, command_line, variable

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO, Literal

    # Which terminal a program has: none that it may read (a group of its own), none at all, or ours.
    Reach = Literal["group", "session", "terminal"]

MOST_BYTES = 1024 * 1024
_DRAINED_S = 1.0  # what a program that has ended printed is in the pipe already


class Ran(NamedTuple):
    """What a program did. `output` and `errors` are longer than was allowed where it printed too much."""

    code: int
    output: bytes
    errors: bytes


def run(
    argv: Sequence[str],
    environ: Mapping[str, str],
    limit_s: float,
    *,
    directory: str | None = None,
    given: str = "",
    most: int = MOST_BYTES,
    reach: Reach = "group",
    most_written: int = 0,
) -> Ran:
    """Run a program unseen until it ends, with `given` as its input.

    Raises ProgramError where it cannot be started, and TimeoutError when its time is over; it has then ended
    with all that it started. So it is ended when it prints more than `most` bytes, and before it has written
    a file of more than `most_written` (0: any; on Windows, all that is in `directory`). What it leaves
    running may keep its output open, and is not waited for.
    """
    words = command_line(argv, environ)
    if most_written and not WINDOWS:
        from profiles.base.programs.write_limit import limited

        words = limited(words, most_written)
    process = _started(words, environ, directory, given.encode(), reach=reach)
    if most_written and WINDOWS and directory is not None:
        from profiles.base.programs.write_limit import watch

        watch(process, directory, most_written, _kill)
    return _heard(process, limit_s, most)


def run_in_shell(
    command: str,
    environ: Mapping[str, str],
    limit_s: float,
    *,
    directory: str,
    given: bytes = b"",
    windows: bool = WINDOWS,
) -> Ran:
    """Run a command line in the system's own shell, no matter what PATH has; else as `run`."""
    if windows:
        root = variable("SYSTEMROOT", environ, windows) or "C:\\Windows"
        shell = ntpath.join(root, "System32", "cmd.exe")
        process = _started(f'"{shell}" /d /s /c "{command}"', environ, directory, given, executable=shell)
    else:
        process = _started(["/bin/sh", "-c", command], environ, directory, given)
    return _heard(process, limit_s, MOST_BYTES)


def in_terminal(
    argv: Sequence[str], environ: Mapping[str, str], *, base: str | None = None, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a program on our own terminal, for its user to talk to. Raises ProgramError."""
    return _popen(command_line(argv, environ, base=base), environ, stdout=stdout)


def run_detached(
    argv: Sequence[str],
    environ: Mapping[str, str],
    limit_s: float,
    on_line: Callable[[str], None] | None = None,
) -> bool:
    """Run a program in a session of its own, which may outlive us; False where it failed within `limit_s`.

    `on_line` is given the first line that it prints: then one that prints none within `limit_s` has failed,
    and is ended. Returns when it has ended, or the system would keep it as a zombie. Raises ProgramError.
    """
    from subprocess import DEVNULL, PIPE

    unheard = {"stdin": DEVNULL, "stdout": DEVNULL if on_line is None else PIPE, "stderr": DEVNULL}
    began = time.monotonic()
    process = _popen(command_line(argv, environ), environ, start_new_session=True, **unheard)
    if on_line is not None:
        line = _first_line(process, limit_s)
        if not line:
            _kill(process.pid)
            process.wait()
            return False
        on_line(line)
    return process.wait() == 0 or time.monotonic() - began >= limit_s


def _first_line(process: subprocess.Popen[bytes], limit_s: float) -> str:
    """What it prints first; "" where it ends without, as it has to when its time is over."""
    import threading

    late = threading.Timer(limit_s, _kill, (process.pid,))
    late.daemon = True
    late.start()
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    with process.stdout as printed:
        line = printed.readline(MOST_BYTES)
    late.cancel()
    return line.decode("utf-8", "replace").strip()


def start_detached(argv: Sequence[str], environ: Mapping[str, str]) -> Callable[[], bool]:
    """Start a program in a session of its own, which outlives us; what it returns says whether it runs still.

    Raises ProgramError.
    """
    from subprocess import DEVNULL

    unheard = {"stdin": DEVNULL, "stdout": DEVNULL, "stderr": DEVNULL}
    process = _popen(command_line(argv, environ), environ, start_new_session=True, **unheard)
    return lambda: process.poll() is None


def _started(
    words: Sequence[str] | str,
    environ: Mapping[str, str],
    directory: str | None,
    given: bytes,
    executable: str | None = None,
    reach: Reach = "group",
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
        process_group=0 if reach == "group" and not WINDOWS else None,
        start_new_session=reach == "session",
    )
    if process.stdin is not None:
        with suppress(OSError), process.stdin:  # it may read nothing, and end
            process.stdin.write(given)
    return process


def _popen(
    words: Sequence[str] | str, environ: Mapping[str, str], **options: object
) -> subprocess.Popen[bytes]:
    import subprocess

    if "stdin" in options:  # unseen: from the tray, which has no console, one would flash up
        options["creationflags"] = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(words, env=handed_on(environ), **options)  # type: ignore[call-overload,no-any-return]  # noqa: S603 - never a shell but where one is asked for; the first word is absolute
    except OSError as error:
        from profiles.base.text import os_reason

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

    from profiles.base.programs.ended import wait_until_ended

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
        wait_until_ended(process, limit_s)
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
            return
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:  # it is in our own group, for the terminal's sake
            os.kill(pid, signal.SIGKILL)
