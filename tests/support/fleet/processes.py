"""Servers of others, started on loopback for one test and ended with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from support.missing import missing

_STARTS_S = 15.0


def program(name: str, *, package: str, places: Sequence[str] = ("/usr/sbin", "/usr/lib/git-core")) -> str:
    """Where that program is; the test is skipped, or fails on CI, where it is not installed."""
    found = shutil.which(name) or next((f"{at}/{name}" for at in places if Path(at, name).is_file()), None)
    return found or missing(f"{name} (apt: {package})")


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(
    argv: Sequence[str], address: tuple[str, int] | str, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """That server, from when it takes connections at an address or socket; it ends with all it started."""
    with (
        log.open("wb") as file,
        subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        ) as process,
    ):
        try:
            _wait_for(address, process, log)
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(address: tuple[str, int] | str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTS_S
    while True:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as asking:
            try:
                asking.connect(address)
            except OSError:
                assert process.poll() is None, f"it ended:\n{log.read_text('utf-8', 'replace')}"
                assert time.monotonic() < deadline, f"it does not start:\n{log.read_text('utf-8', 'replace')}"
                time.sleep(0.02)
            else:
                return
