"""Secrets that lie elsewhere: an environment variable, a file, a command's output."""

from __future__ import annotations

import os

from profiles.base.errors import SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_checks import check_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.base.secret import Secret

MAX_BYTES = 64 * 1024
COMMAND_LIMIT_S = 10.0


def read_env(variable: str, environ: Mapping[str, str]) -> Secret:
    """The secret in an environment variable. Raises SecretUnavailableError when it is not set."""
    value = environ.get(variable)
    if not value:
        raise SecretUnavailableError(
            f"The environment variable {variable} is not set",
            f"Set {variable} where Claude Code is started.",
        )
    return check_secret(value, f"The key in {variable}")


def read_file(path: str, environ: Mapping[str, str]) -> Secret:
    """The secret on the first line of a regular file of at most 64 kB; `~/` is the home directory."""
    if path[:1] == "~":
        home = environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~")
        path = os.path.join(home, path[2:])
    from profiles.files.read import read_bytes

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


def run_command(argv: Sequence[str], environ: Mapping[str, str], limit_s: float = COMMAND_LIMIT_S) -> Secret:
    """The secret a command prints: no shell, no input, at most 10 s, its error output not shown."""
    what = f"The key command '{os.path.basename(argv[0])}'"
    return check_secret(_output(argv, environ, limit_s, what), f"{what}'s output")


def _output(argv: Sequence[str], environ: Mapping[str, str], limit_s: float, what: str) -> str:
    from profiles.base.programs.paths import ProgramError
    from profiles.base.programs.run import run

    try:
        ran = run(argv, environ, limit_s, most=MAX_BYTES)
    except ProgramError as error:
        hint = error.hint if error.missing else f"{error.hint} The profile's api_key names it."
        raise SecretUnavailableError(f"{what} {error.reason}", hint) from None
    except TimeoutError:
        raise SecretUnavailableError(
            f"{what} did not finish within {limit_s:g} seconds",
            "Run it by hand: it must print the key without asking anything.",
        ) from None
    if ran.code != 0 and len(ran.output) <= MAX_BYTES:
        raise SecretUnavailableError(
            f"{what} failed with exit status {ran.code}", "Run it by hand to see why."
        )
    return _decode(ran.output)


def _decode(data: bytes) -> str:
    """The bytes as text: what is not UTF-8 becomes a character that `check_secret` refuses."""
    return data.decode("utf-8-sig", "replace")
