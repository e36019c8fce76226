"""Whether the Windows setup has been proven as it is now, without proving it again: that takes long.

    python packaging/windows/proven.py          exit code 0: unchanged since its tests passed; 1: they are due
    python packaging/windows/proven.py --test   runs them under Wine, and records in `proven` that they passed

What counts is what goes into the setup, and what builds and tries it. Prints one line that says so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
RECORD = "packaging/windows/proven"
TESTS = ("tests/packaging/test_windows.py", "tests/packaging/test_windows_policy.py")
CONCERNED = (
    "packaging/windows", "profiles", "tray", "pyproject.toml", *TESTS, "tests/support/home/wine_machine.py",
)  # fmt: skip


def digest(root: Path) -> str:
    """Of the names and contents of all that counts; the record itself does not."""
    total = hashlib.sha256()
    for name in sorted(_files(root)):
        if name != RECORD:
            total.update(f"{name}\0{hashlib.sha256((root / name).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _files(root: Path) -> Iterator[str]:
    for concerned in CONCERNED:
        path = root / concerned
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(root).as_posix()


def proven(root: Path) -> str:
    """When and how the tests passed on exactly this; "" when they are due."""
    try:
        recorded, _, how = (root / RECORD).read_text().strip().partition("  ")
    except FileNotFoundError:
        return ""
    return how if recorded == digest(root) else ""


def prove(root: Path) -> None:
    """Run the tests, none left out, and record that they passed. Exits where they did not."""
    environ = {name: value for name, value in os.environ.items() if name != "PKCC_WINDOWS_SETUP"}
    before, started = digest(root), time.monotonic()
    tests = [sys.executable, "-m", "pytest", *TESTS]
    # With CI a part that is missing is a failure: nothing passes by being left out.
    if code := subprocess.run(tests, cwd=root, env=environ | {"CI": "true"}, check=False).returncode:
        sys.exit(code)
    if digest(root) != before:
        sys.exit("All passed, but something was changed meanwhile: nothing is recorded")
    minutes = (time.monotonic() - started) / 60
    how = f"on {time.strftime('%Y-%m-%d', time.gmtime())}, in {minutes:.0f} minutes"
    (root / RECORD).write_text(f"{before}  {how}\n")
    print(f"Recorded in {RECORD}: commit it")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--test", action="store_true")
    if parser.parse_args().test:
        prove(ROOT)
    elif how := proven(ROOT):
        print(f"nothing that concerns it has changed since all its tests passed, {how}")
    else:
        sys.exit(1)


if __name__ == "__main__":
    main()
