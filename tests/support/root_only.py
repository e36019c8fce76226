"""What only root can set up: mounts, other users. Elsewhere such a test is skipped, under CI it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.missing import impossible

from profiles.base.errors import PkccError

NOBODY = 65534


def require_root() -> None:
    if sys.platform == "win32":
        pytest.skip("other users, mounts and owners are set up by POSIX's means")
    if os.geteuid() == 0:
        return
    reason = "needs root: to mount, to change owners, to be another user"
    impossible(reason)


@contextmanager
def mounted(*arguments: str | Path) -> Iterator[None]:
    """A mount for the time of the block; where even root may not mount, a skip (a failure under CI)."""
    require_root()
    where = str(arguments[-1])
    result = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        impossible(f"mount is not allowed here: {result.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", where], check=True)


def as_nobody(action: Callable[[], None]) -> str:
    """The title and hint of the PkccError that `action` raises as another user, "" for none."""
    require_root()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        text = ""
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            action()
        except PkccError as error:
            text = f"{error.title}\n{error.hint}"
        except BaseException as error:  # noqa: BLE001 - the child must not run the rest of pytest
            text = f"TRACEBACK {error!r}"
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer
