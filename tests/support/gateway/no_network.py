"""A machine without a network, on Linux alone."""

from __future__ import annotations

import shutil
import subprocess

from support.missing import impossible, missing


def without_network() -> tuple[str, ...]:
    """The words before a command line that have it run on such a machine.

    Skips the test where none can be made.
    """
    if shutil.which("unshare") is None:
        missing("unshare")
    apart = ("unshare", "--map-root-user", "--net")
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        impossible("no network namespace (unshare) can be made here")
    return apart
