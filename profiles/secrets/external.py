"""Secrets that lie elsewhere: an environment variable, a file, 1Password, a command's output."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from profiles.errors import SecretUnavailableError
from profiles.records import TYPE_CHECKING
from profiles.secrets.checks import check_secret

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from typing import IO

    from profiles.secret_text import Secret

MAX_BYTES = 64 * 1024
COMMAND_LIMIT_S = 10.0
_DRAINED_S = 1.0  # what a command that has ended printed is in the pipe already
OP_LIMIT_S = 30.0  # 1Password may ask for a fingerprint meanwhile


def read_env(variable: str, environ: Mapping[str, str]) -> Secret:
    """The secret in an environment variable. Raises SecretUnavailableError when it is not set."""
    value = environ.get(variable)
    if not value:
        raise SecretUnavailableError(
            f"The environment variable {variable} is not set",
            f"Set {variable} where Claude Code is started, or store the key with `pkcc-tray key set`.",
        )
    return check_secret(value, f"The key in {variable}")


def read_file(path: str, environ: Mapping[str, str]) -> Secret:
    """The secret on the first line of a regular file of at most 64 kB; `~/` is the home directory."""
    if path[:1] == "~":
        home = environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~")
        path = os.path.join(home, path[2:])
    from profiles.files import read_bytes

    data = read_bytes(path)
    if data is None:
        raise SecretUnavailableError(
            f"The key file {path} does not exist", "Make it, or name another file in the profile's api_key."
        )
    if len(data) > MAX_BYTES:
        raise SecretUnavailableError(
            f"The key file {path} is larger than 64 kB", "Check the path: a key file holds one line."
        )
    line = data[: data.find(b"\n") + 1] or data  # its line end too, which may be \r\n
    return check_secret(_decode(line), f"The key in {path}")


def read_op(reference: str, environ: Mapping[str, str]) -> Secret:
    """The secret 1Password's own `op read` prints. Raises SecretUnavailableError."""
    return check_secret(
        _output(("op", "read", reference), environ, OP_LIMIT_S, "1Password's `op`"), "The key from 1Password"
    )


def run_command(argv: Sequence[str], environ: Mapping[str, str], limit_s: float = COMMAND_LIMIT_S) -> Secret:
    """The secret a command prints: no shell, no input, at most 10 s, its error output not shown."""
    what = f"The key command '{os.path.basename(argv[0])}'"
    return check_secret(_output(argv, environ, limit_s, what), f"{what}'s output")


def _output(argv: Sequence[str], environ: Mapping[str, str], limit_s: float, what: str) -> str:
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603 - an argv list from the user's own profile, never a shell
            argv,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            bufsize=0,  # what is there is read at once
            stderr=subprocess.DEVNULL,
            # A group of its own, so that what the command started ends with it.
            process_group=None if sys.platform == "win32" else 0,
            # Without it the tray, which has no console, would have one flash up.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError) as error:
        raise SecretUnavailableError(
            f"{what} cannot be started: {type(error).__name__}",
            "Install it, or give its absolute path in the profile's api_key.",
        ) from None
    try:
        output = _heard(process, limit_s)
    except subprocess.TimeoutExpired:
        raise SecretUnavailableError(
            f"{what} did not finish within {limit_s:g} seconds",
            "Run it by hand: it must print the key without asking anything.",
        ) from None
    if process.returncode != 0 and len(output) <= MAX_BYTES:
        raise SecretUnavailableError(
            f"{what} failed with exit status {process.returncode}", "Run it by hand to see why."
        )
    return _decode(output)


def _heard(process: subprocess.Popen[bytes], limit_s: float) -> bytes:
    """What it prints until it ends, or until that is more than 64 kB: then it is ended.

    What it started and left behind (an agent) may keep the pipe open, and is not waited for.
    Raises TimeoutExpired, the process ended with all it started.
    """
    import threading

    output = bytearray()

    def listen(stream: IO[bytes]) -> None:
        with suppress(OSError), stream:
            while len(output) <= MAX_BYTES and (part := stream.read(MAX_BYTES)):
                output.extend(part)
            if len(output) > MAX_BYTES and process.poll() is None:
                _kill(process.pid)

    listener = threading.Thread(target=listen, args=(process.stdout,), daemon=True)
    try:
        listener.start()
        process.wait(limit_s)
    except BaseException:
        _kill(process.pid)
        process.wait()
        raise
    listener.join(_DRAINED_S)
    return bytes(output)


def _kill(pid: int) -> None:
    import signal

    with suppress(OSError):  # it has just ended
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)  # TerminateProcess
        else:
            os.killpg(pid, signal.SIGKILL)


def _decode(data: bytes) -> str:
    """The bytes as text: what is not UTF-8 becomes a character that `check_secret` refuses."""
    return data.decode("utf-8-sig", "replace")
