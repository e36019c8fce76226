"""The installed package: its start, on the clean Debians that its tests have made (as root), and its size."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import ROUNDS, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 2
LIMIT_MB = 50
# In there, by its own Python, so that entering it is not counted. Warm: each once before.
_TIMED = f"""
import json, subprocess, time
def took(*argv):
    began = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000
commands = ("/usr/bin/python3", "-c", "pass"), ("/usr/bin/pkcc-tray", "--version")
rounds = [[took(*argv) for argv in commands] for _ in range({ROUNDS} + 1)][1:]
print(json.dumps(list(zip(*rounds))))
"""


def installed_figures(directory: Path, root: Path) -> Iterator[Figure]:
    """`--version` of the deb in `root`/dist against an empty Python; told where that cannot be measured."""
    sys.path.insert(0, str(root / "tests"))
    from support.home.linux_root import ROOTS, machine

    debs = sorted((root / "dist").glob("pkcc-tray_*.deb"), key=os.path.getmtime)
    suites = [suite for suite in ("bookworm", "trixie", "forky") if (ROOTS / suite).is_dir()]
    if not debs or not suites or os.geteuid() != 0:
        sys.stderr.write(
            "left out: the installed package is measured as root, after `make packages-linux` and "
            "`pytest tests/packaging/test_linux_packages.py`\n"
        )
        return
    directory.chmod(0o755)
    directory.parent.chmod(0o755)
    for suite in suites:
        with machine(suite, directory) as debian:
            debian.install(debs[-1])
            bare, ours = json.loads(debian.user("/usr/bin/python3", "-I", "-c", _TIMED))
        timed, usual = statistics.median(ours), statistics.median(bare)
        detail = f"{timed:.1f} ms against {usual:.1f} ms, at best {min(ours):.1f} against {min(bare):.1f}"
        yield Figure(f"`--version`, the deb on {suite}", timed / usual, LIMIT, "x", detail)


def size_figure(directory: Path, root: Path) -> Iterator[Figure]:
    """What `uv tool install` puts on the disk; told where there are no libraries to be had."""
    tools = Path(sys.executable).parent
    environ = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_", "PIP_"))}
    environ |= {"HOME": str(directory), "PATH": "/usr/bin:/bin"}
    try:
        subprocess.run(
            [tools / "uv", "tool", "install", "--quiet", "--python", sys.executable, root],
            check=True, env=environ,
        )  # fmt: skip
    except subprocess.CalledProcessError:
        sys.stderr.write("left out: uv cannot install the package here\n")
        return
    subprocess.run(
        [directory / ".local/bin/pkcc-tray", "demo"], check=True, env=environ, stdout=subprocess.DEVNULL
    )
    detail = "by `uv tool install`, with what is compiled at the first use"
    yield Figure("installed size", megabytes(directory / ".local/share/uv"), LIMIT_MB, "MB", detail)


def megabytes(directory: Path) -> float:
    """What all in it takes on the disk."""
    return sum(path.lstat().st_blocks * 512 for path in directory.rglob("*")) / 1e6
