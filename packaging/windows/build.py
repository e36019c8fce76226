"""Builds dist/pkcc-tray-VERSION-setup.exe: icon, PyInstaller's folder, NSIS.

    python packaging/windows/build.py               on Windows; requirements.lock installed, makensis in PATH
    python packaging/windows/build.py --wine RIG    on Linux, by wine/prepare.sh's Windows Python (for tests)

Prints the setup's path and size.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD, DIST = ROOT / "build" / "windows", ROOT / "dist"
MAX_MB = 18

sys.path.insert(0, str(ROOT))
from profiles import __version__  # noqa: E402
from tray.icon.artwork import write_files  # noqa: E402


def main() -> None:
    """Build all of it. Raises CalledProcessError when a tool fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wine", metavar="RIG", type=Path)
    rig: Path | None = parser.parse_args().wine
    shutil.rmtree(BUILD, ignore_errors=True)
    write_files(BUILD / "icons")
    freeze(rig)
    setup = make_setup(for_wine=rig is not None)
    size = setup.stat().st_size / 1_000_000
    print(f"{setup}: {size:.1f} MB")
    if size > MAX_MB:
        sys.exit(f"the setup is larger than {MAX_MB} MB")


def freeze(rig: Path | None) -> None:
    """PyInstaller's folder, in build/windows/pkcc-tray."""
    python = (
        [sys.executable]
        if rig is None
        else [str(HERE / "wine" / "wine.sh"), str(rig), r"C:\python\python.exe"]
    )
    options = [
        "--noconfirm",
        "--log-level",
        "WARN",
        "--distpath",
        str(BUILD),
        "--workpath",
        str(BUILD / "work"),
    ]
    environ = {
        **os.environ,
        "PKCC_BUILD": str(BUILD / "icons"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOURCE_DATE_EPOCH": "0",
    }
    done = subprocess.run(
        [*python, "-m", "PyInstaller", *options, str(HERE / "pkcc-tray.spec")],
        cwd=ROOT, env=environ, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stdout)


def make_setup(*, for_wine: bool) -> Path:
    """The setup program, in dist/."""
    DIST.mkdir(exist_ok=True)
    setup = DIST / f"pkcc-tray-{__version__}-setup.exe"
    numbers = __version__.split(".")
    defined: dict[str, str | Path] = {
        "VERSION": __version__,
        "VERSION_4": ".".join([*numbers, *["0"] * (4 - len(numbers))]),
        "SOURCE": BUILD / "pkcc-tray",
        "ICON": BUILD / "icons" / "pkcc-tray.ico",
        "OUTPUT": setup,
    }
    if for_wine:
        defined["TARGET"] = "amd64-unicode"
    options = [f"-D{name}={value}" for name, value in defined.items()]
    makensis = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, str(HERE / "installer.nsi")]
    subprocess.run(makensis, check=True)
    return setup


if __name__ == "__main__":
    main()
