"""Fetch the AppImage's runtime for this machine: `python packaging/linux/appimage_runtime.py FILE`.

Its address and hash are in appimage/runtime.lock. For `make packages-linux RUNTIME=FILE`.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import urllib.request
from pathlib import Path

LOCK = Path(__file__).with_name("appimage") / "runtime.lock"
_LIMIT_S = 60


def fetch(target: Path, lock: Path, machine: str) -> None:
    """Write that machine's runtime to `target`.

    Raises SystemExit, with nothing written, where the lock has none for it or what came is another file.
    """
    rows = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    found = [(url, wanted) for name, url, wanted in rows if name == machine]
    if not found:
        sys.exit(f"{lock} has no runtime for {machine}")
    ((url, wanted),) = found
    with urllib.request.urlopen(url, timeout=_LIMIT_S) as answer:  # noqa: S310 - the lock's own address
        data: bytes = answer.read()
    digest = hashlib.sha256(data).hexdigest()
    if digest != wanted:
        sys.exit(f"{url} is not the file that {lock.name} names: its sha256 is {digest}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]), LOCK, platform.machine())
