"""Running another program for what it says, with a limit on how long."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def answer_of(
    argv: Sequence[str], environ: Mapping[str, str], directory: str, limit_s: float
) -> tuple[int, str] | None:
    """Its exit code and output, or None where it does not start or does not end in time.

    It gets no input, and its error output goes nowhere. After the limit it ends, with what it started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - never a shell; the callers say which programs
            argv,
            env=dict(environ),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=None if sys.platform == "win32" else 0,
        )
    except (OSError, ValueError):
        return None
    with process:
        try:
            output = process.communicate(timeout=limit_s)[0]
        except subprocess.TimeoutExpired:
            _end(process)
            return None
    return process.returncode, output.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            import signal

            os.killpg(process.pid, signal.SIGKILL)
