"""What an administrator lays down for a machine's users, in a namespace of the test's own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.missing import impossible


def with_managed(top: Path, files: Mapping[str, str], room: str = "claude-code") -> list[str]:
    """The words before a command by which it finds these files in `/etc/claude-code`, or in another room.

    Skips with a reason where there is no root, no mount namespace or no overlay.
    """
    if os.getuid() != 0:
        pytest.skip("laying an administrator's file needs root, in a namespace")
    for name, text in files.items():
        path = top / room / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    mount = f"mount -t overlay overlay -o lowerdir={top}:/etc /etc"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False).returncode:
        impossible("no mount namespace or overlay here")
    return ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"]
