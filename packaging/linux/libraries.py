"""What the package carries of Python: pkcc-tray and its libraries, for each system Python side by side.

A library's compiled parts have the Python's version in their names (`….cpython-312-x86_64-linux-gnu.so`) or
serve all (`.abi3.so`); everything else is the same for each. So one folder serves every version, and what is
not so stops the build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

# Debian 12, Ubuntu 24.04, Debian 13, Ubuntu 26.04; the successor of the last is where the dependency ends.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PYTHON_END = "3.15"
_ROOT = Path(__file__).parents[2]
_LOCK = Path(__file__).with_name("requirements.lock")
_GLIBC = "manylinux_2_28"
# How it came here, which differs by version and says nothing to a user; programs and headers nobody calls.
_MADE_BY = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "uv_cache.json", "uv_build.json")
_USELESS = ("bin", "include", "share")
_USELESS_SUFFIXES = (".h", ".pyi", ".pyx", ".pxd", ".c", ".a")


def collect(target: Path, work: Path, machine: str) -> None:
    """Fill `target` for that machine ("x86_64", "aarch64"); `work` is for what is needed on the way.

    Needs the network or uv's cache; every file is checked against requirements.lock. Raises SystemExit when
    two versions have another file under one name, and CalledProcessError when a tool fails.
    """
    _run("hatchling", "build", "--target", "wheel", "--directory", str(work / "wheel"))
    (wheel,) = (work / "wheel").glob("*.whl")
    for version in PYTHONS:
        installed = work / version
        options = ["--quiet", "--no-deps", "--target", str(installed), "--python-version", version]
        options += ["--python-platform", f"{machine}-{_GLIBC}", "--only-binary", ":all:"]
        _run("uv", "pip", "install", *options, "--require-hashes", "--requirement", str(_LOCK))
        _run("uv", "pip", "install", *options, str(wheel))
        _merge(installed, target)
    _strip(target)


def _merge(installed: Path, target: Path) -> None:
    for source in sorted(path for path in installed.rglob("*") if path.is_file()):
        place = source.relative_to(installed)
        if _useless(place):
            continue
        copy = target / place
        if copy.exists():
            if copy.read_bytes() != source.read_bytes():
                sys.exit(f"{place} is not the same for every Python: they cannot share a folder")
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        copy.chmod(0o644)


def _useless(place: Path) -> bool:
    return (
        place.parts[0] in _USELESS
        or "__pycache__" in place.parts
        or "sboms" in place.parts  # of the one build; the release has its own, of the whole
        or place.name == ".lock"
        or place.suffix in _USELESS_SUFFIXES
        or (place.parts[0].endswith(".dist-info") and place.name in _MADE_BY)
    )


def _strip(target: Path) -> None:
    compiled = [str(path) for path in sorted(target.rglob("*.so*"))]
    options = ["--strip-unneeded", "--remove-section=.comment"]
    subprocess.run(["/usr/bin/strip", *options, *compiled], check=True)  # noqa: S603 - our own files


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of this project's own environment."""
    subprocess.run([str(Path(sys.executable).with_name(tool)), *arguments], cwd=_ROOT, check=True)  # noqa: S603
