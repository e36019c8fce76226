""".ci/run with stand-ins for all it starts: whichever check fails, the run fails, names it and goes on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason=".ci/run is for Debian")

ROOT = Path(__file__).resolve().parents[2]

# Notes how it was called, and fails where that is wanted. `python3 -m venv DIRECTORY` makes programs there.
STAND_IN = """#!/bin/sh
called="${0##*/} $*"
echo "$called" >>"$CALLS"
for each in "$FAILING" "$ALSO"; do
  case "$called" in *"$each"*) exit 1 ;; esac
done
case "$called" in *"-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/pip" && cp "$0" "$3/bin/pkcc-tray" ;; esac
"""

BUILD = "hatchling build"
CHECKS = [
    "make test",
    "make --jobs 2 demo docs",
    "make e2e",
    "make browser",
    "make faults",
    "-m torture",
    BUILD,
    "pip install --quiet --disable-pip-version-check dist/*.whl",
    "pkcc-tray --version",
    "pkcc-tray demo",
    "test_tool_install.py",
    "install.sh fleet",
    "make packages-linux",
    "test_linux_packages.py",
    "test_fleet.py",
    "test_windows.py",
]
LAST = "test_windows.py"


def run(directory: Path, failing: str, also: str = "nothing else") -> tuple[int, str, str]:
    """Exit code, what was printed, and the calls, a line each."""
    shutil.copytree(ROOT / ".ci", directory / ".ci")
    stand_in = directory / "bin" / "make"
    programs = [directory / "bin" / name for name in ("apt-get", "dpkg-query", "node", "python3")]
    programs += [directory / ".venv" / "bin" / name for name in ("hatchling", "python")]
    programs += [directory / "tests" / "e2e" / "components" / "install.sh"]
    for program in (stand_in, *programs):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(STAND_IN)
        program.chmod(0o755)
    calls = directory / "calls"
    environ = {
        "PATH": f"{directory / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "TMPDIR": str(directory),
        "CALLS": str(calls),
        "FAILING": failing,
        "ALSO": also,
        "PKCC_CI_WINDOWS": "due",
    }
    done = subprocess.run(
        [directory / ".ci" / "run"], env=environ, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, calls.read_text()


@pytest.mark.parametrize("failing", CHECKS)
def test_a_check_that_fails_fails_the_run_and_the_others_are_still_done(failing: str, tmp_path: Path) -> None:
    """A landing must not pass by a check whose failure nobody hears of; nor hide what else would fail."""
    code, printed, calls = run(tmp_path, failing)
    assert code != 0
    assert "All passed" not in printed
    assert failing in calls
    if failing != BUILD:  # without it there is nothing to install
        assert "\n  " in printed[printed.index("== FAILED") :]
        assert LAST in calls


def test_what_failed_is_named_where_the_run_cannot_go_on(tmp_path: Path) -> None:
    code, printed, _ = run(tmp_path, "make faults", also=BUILD)
    assert code != 0
    assert printed[printed.index("== FAILED") :].splitlines()[1:] == ["  Faults"]


def test_all_that_pass_pass(tmp_path: Path) -> None:
    code, printed, calls = run(tmp_path, "nothing of it")
    assert (code, [check for check in CHECKS if check not in calls]) == (0, [])
    assert "All passed" in printed


def test_every_test_is_run_by_something() -> None:
    """A test that nothing runs holds nothing: one of signatures was found so."""
    words = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    for recipe in (ROOT / "Makefile", ROOT / ".ci" / "run"):
        words += re.findall(r"\btests/[\w/.]+", recipe.read_text())
    run = {ROOT / word for word in words}
    tests = (ROOT / "tests").rglob("test_*.py")
    assert [str(test) for test in tests if run.isdisjoint({test, *test.parents})] == []
