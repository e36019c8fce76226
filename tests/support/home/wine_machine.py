"""A Windows machine by Wine: a prefix of its own, a screen that nobody sees, and a user's mouse.

The prefix is a copy of the rig's (packaging/windows/wine/prepare.sh), so each machine starts clean.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
RIG = Path(os.environ.get("PKCC_WINE_RIG", ROOT / ".wine"))
LIMIT_S = 120.0
_WINE = Path("/usr/lib/wine/wine64")
_SERVER = Path("/usr/lib/wine/wineserver")


class Ran(NamedTuple):
    """What a Windows program did."""

    code: int
    out: str
    err: str


class Machine:
    """`c` is drive C: as a path of this system; `home` the user's directory on it."""

    def __init__(self, prefix: Path, home: Path, display: str) -> None:
        self.prefix = prefix
        self.c = prefix / "drive_c"
        self.display = display
        self.environ = {
            "PATH": "/usr/bin:/bin", "HOME": str(home), "WINEPREFIX": str(prefix), "WINEARCH": "win64",
            "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=", "LANG": "C.UTF-8", "DISPLAY": display,
        }  # fmt: skip
        self.python = "Z:" + str(RIG / "prefix/drive_c/python/python.exe").replace("/", "\\")
        (self.home,) = (path for path in (self.c / "users").iterdir() if path.name != "Public")

    def path(self, windows: str) -> Path:
        """Where a path such as `C:\\x` lies here."""
        assert windows[:3].lower() == "c:\\"
        return self.c / windows[3:].replace("\\", "/")

    def start(self, *argv: str, cwd: Path | None = None, **environ: str) -> subprocess.Popen[bytes]:
        """Start a program in the user's or another directory, its output through pipes."""
        return subprocess.Popen(
            [_WINE, *argv], env=self.environ | environ, cwd=cwd or self.home, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *argv: str, stdin: str = "", cwd: Path | None = None, **environ: str) -> Ran:
        """Run a program to its end. Raises TimeoutExpired."""
        process = self.start(*argv, cwd=cwd, **environ)
        try:
            out, err = process.communicate(stdin.encode(), LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Ran(process.returncode, out.decode().replace("\r\n", "\n"), err.decode().replace("\r\n", "\n"))

    def registry(self, key: str, value: str) -> str | None:
        """A text value below HKEY_CURRENT_USER, "" for the key's own; or None."""
        exported = self.c / "exported.reg"
        exported.unlink(missing_ok=True)
        self.run("reg", "export", f"HKCU\\{key}", "C:\\exported.reg")  # its other output is in a code page
        if not exported.exists():
            return None
        text = exported.read_text("utf-16").replace("\\\n  ", "")
        name = f'"{re.escape(value)}"' if value else "@"
        found = re.search(rf"^{name}=(.*)$", text, re.MULTILINE | re.IGNORECASE)
        if found is None:
            return None
        kind, colon, data = found[1].partition(":")
        if colon and kind == "hex(2)":
            return bytes.fromhex(data.replace(",", "")).decode("utf-16-le").rstrip("\0")
        return re.sub(r"\\(.)", r"\1", found[1][1:-1])

    def mouse(self, *words: str) -> str:
        """Run xdotool."""
        return subprocess.check_output(["xdotool", *words], env=self.environ, text=True, timeout=LIMIT_S)

    def windows(self, *search: str) -> list[str]:
        """The visible windows that xdotool's search finds, by number."""
        done = subprocess.run(
            ["xdotool", "search", "--onlyvisible", *search], env=self.environ, capture_output=True, text=True,
            timeout=LIMIT_S, check=False,
        )  # fmt: skip
        return done.stdout.split()

    def picture(self, name: str) -> None:
        """Keep a picture of the screen where PKCC_SCREENSHOTS says."""
        if directory := os.environ.get("PKCC_SCREENSHOTS"):
            path = Path(directory) / f"{name}.png"
            subprocess.run(["import", "-window", "root", path], env=self.environ, check=True, timeout=LIMIT_S)


def eventually(holds: Callable[[], object], what: str, limit_s: float = 30.0) -> None:
    """Wait until it holds: what a Windows program did can only be looked at from here, not waited for."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {limit_s:g} s: {what}"
        time.sleep(0.1)


def missing_part() -> str:
    """What this system lacks of a rig, or ""."""
    tools = ("Xvfb", "openbox", "xdotool", "import", "makensis", "x86_64-w64-mingw32-gcc")
    lacking = [tool for tool in tools if shutil.which(tool) is None]
    if not _WINE.exists():
        lacking.append("wine64")
    if sys.version_info[:2] != (3, 11):
        lacking.append("CPython 3.11, whose standard library the rig shares")
    return ", ".join(lacking)


def make_rig() -> None:
    """Make the rig where it is missing or out of date."""
    subprocess.run([ROOT / "packaging/windows/wine/prepare.sh", RIG], check=True)


@contextmanager
def machine(directory: Path) -> Iterator[Machine]:
    """A running machine; everything that runs on it ends with it."""
    prefix = directory / "prefix"
    shutil.copytree(
        RIG / "prefix", prefix, symlinks=True,
        ignore=lambda at, _: {"python"} if at.endswith("drive_c") else set(),
    )  # fmt: skip
    home = directory / "unix home"
    home.mkdir()
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x700x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as told:
        display = f":{told.readline().strip()}"
    running = Machine(prefix, home, display)
    manager = subprocess.Popen(["openbox"], env=running.environ, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        subprocess.run([_SERVER, "-k"], env=running.environ, check=False, timeout=LIMIT_S)
        subprocess.run([_SERVER, "-w"], env=running.environ, check=False, timeout=LIMIT_S)
        for process in (manager, screen):
            process.terminate()
            process.wait(LIMIT_S)
