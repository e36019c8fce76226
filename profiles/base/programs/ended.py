"""Waiting for the end of a program, for so long at most."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


def wait_until_ended(process: subprocess.Popen[bytes], limit_s: float) -> None:
    """Raises TimeoutExpired where it has not ended by then.

    `Popen` itself looks again and again: a tray would wake up for it twenty times a second.
    """
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):  # a kernel of before 2019
            _wait_for_the_kernel(os.pidfd_open(process.pid), limit_s)
            limit_s = 0
    process.wait(limit_s)


def _wait_for_the_kernel(handle: int, limit_s: float) -> None:
    """Until the process of that handle has ended; closes it."""
    from select import POLLIN, poll

    try:
        waiting = poll()
        waiting.register(handle, POLLIN)
        waiting.poll(limit_s * 1000)
    finally:
        os.close(handle)
