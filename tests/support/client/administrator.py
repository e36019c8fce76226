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


def with_windows(
    top: Path, files: Mapping[str, str], machine: str | None = None, user: str | None = None
) -> list[str]:
    """The words before a command by which it runs inside WSL, as far as Claude Code asks.

    `files` lie in Windows' own directory; `machine` and `user` are the texts in the registry's HKLM and HKCU,
    read by a stand-in for `reg.exe`.
    """
    if os.getuid() != 0:
        pytest.skip("laying an administrator's file needs root, in a namespace")
    directory, registry = top / "c/Program Files/ClaudeCode", top / "c/Windows/System32/reg.exe"
    for path, text in {directory / name: text for name, text in files.items()}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    registry.parent.mkdir(parents=True)
    for name, value in {"HKLM": machine, "HKCU": user}.items():
        if value is not None:
            (top / name).write_text(f"\nHKEY\n    Settings    REG_SZ    {value}\n\n")
    missing = "ERROR: The system was unable to find the specified registry key or value."
    registry.write_text(
        f'#!/bin/sh\ncat "{top}/${{2%%\\\\*}}" 2>/dev/null || {{ echo "{missing}" >&2; exit 1; }}\n'
    )
    registry.chmod(0o755)
    mount = f"mount --bind {top} /mnt"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False).returncode:
        impossible("no mount namespace here")
    return ["unshare", "-m", "sh", "-c", f'{mount} && export WSL_DISTRO_NAME=Debian && exec "$@"', "sh"]
