"""A file system of its own in an image, and the loss of power that it can be told to suffer."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.missing import missing

_SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN, <linux/fs.h>
# What the journal has in memory is written before the power goes, or is lost with the rest.
MODES = {"journal written": 1, "journal lost": 2}
_SIZE = 320 << 20  # XFS wants 300 MB; the file is sparse


class Disk:
    """A mounted image."""

    def __init__(self, image: Path, mounted: Path) -> None:
        self.image = image
        self.mounted = mounted

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.mounted))

    def unmount(self) -> None:
        _run("umount", str(self.mounted))

    def sync(self) -> None:
        """Make everything that was written so far durable."""
        _run("sync", "--file-system", str(self.mounted))

    def cut(self, mode: int) -> None:
        """The power goes, and comes back: what was not durable is lost."""
        handle = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", mode))
        finally:
            os.close(handle)
        self.unmount()
        self.mount()


@contextmanager
def disk(directory: Path, kind: str) -> Iterator[Disk]:
    """A fresh file system, `ext4` or `xfs`. Skipped with the reason where none can be had."""
    if os.geteuid() != 0:
        missing("power cut: the right to mount (root)")
    if shutil.which(f"mkfs.{kind}") is None:
        missing(f"power cut: mkfs.{kind}")
    its = Disk(directory / f"{kind}.img", directory / kind)
    its.mounted.mkdir()
    with its.image.open("wb") as file:
        file.truncate(_SIZE)
    _run(f"mkfs.{kind}", "-q", str(its.image))
    try:
        its.mount()
    except AssertionError as problem:
        missing(f"power cut: a loop device ({problem})")
    try:
        yield its
    finally:
        its.unmount()


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv[0]}: {done.stderr.strip()}"
