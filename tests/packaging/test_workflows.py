"""The workflows: what GitHub would refuse, what a security review would, what this project wants of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(path)
    return loaded


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job.get("steps", [])]


def test_all_are_there() -> None:
    assert {path.stem for path in WORKFLOWS} == {
        "ci",
        "docs",
        "newest-client",
        "package-linux",
        "package-macos",
        "package-windows",
        "release",
    }


def test_githubs_own_schema_accepts_them() -> None:
    tool = str(TOOLS / "check-jsonschema")
    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.github-workflows", *map(str, WORKFLOWS)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    tool = str(TOOLS / "zizmor")
    done = subprocess.run(
        [tool, "--offline", "--quiet", "--no-progress", str(ROOT / ".github")], capture_output=True
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@each
def test_nothing_is_permitted_by_default(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job.get("permissions", {}) != "write-all", name


@each
def test_every_action_is_a_commit_with_its_version_said(path: Path) -> None:
    for line in path.read_text().splitlines():
        if (used := re.search(r"uses: (\S+)(.*)", line)) and not used[1].startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used[1]), line
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[2]), line


@each
def test_the_same_action_is_the_same_commit_everywhere(path: Path) -> None:
    pins = {}
    for other in WORKFLOWS:
        for name, commit in re.findall(r"uses: ([\w-]+/[\w-]+)@(\w+)", other.read_text()):
            pins.setdefault(name, commit)
    for name, commit in re.findall(r"uses: ([\w-]+/[\w-]+)@(\w+)", path.read_text()):
        assert pins[name] == commit


@each
def test_what_is_installed_is_hashed(path: Path) -> None:
    for step in steps(path):
        for line in step.get("run", "").splitlines():
            if "pip install" in line or '/pip" install' in line:
                assert "--require-hashes" in line or "--no-deps" in line, line


@each
def test_no_text_from_outside_comes_into_a_script(path: Path) -> None:
    """A tag or branch named by somebody else would run with the job's rights."""
    for step in steps(path):
        assert "${{" not in step.get("run", ""), step


@each
def test_every_job_has_a_time_limit(path: Path) -> None:
    for name, job in load(path)["jobs"].items():
        assert "uses" in job or job["timeout-minutes"] <= 45, name


def test_each_week_every_table_of_the_client_is_held_to_the_newest_one() -> None:
    """A file that is not on the list: a new client changes what it says, and nobody is told."""
    workflow = load(ROOT / ".github" / "workflows" / "newest-client.yml")
    assert workflow["on"]["schedule"]
    assert "make newest-client" in workflow["jobs"]["tables"]["steps"][-1]["run"]
    (listed,) = re.findall(r"^OF_THE_CLIENT := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    run = {path.name for pattern in listed.split() for path in ROOT.glob(pattern)}
    tests = {path.name: path.read_text() for path in (ROOT / "tests" / "e2e").glob("test_*.py")}
    tables = {name for name, text in tests.items() if re.search(r"asking import ask|mmap", text)}
    assert tables <= run
    assert all([*ROOT.glob(pattern)] for pattern in listed.split())


def test_signing_without_a_secret_says_so_and_goes_on() -> None:
    for name in ("package-windows", "package-macos"):
        text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text()
        assert "::notice::" in text
        secrets = load(ROOT / ".github" / "workflows" / f"{name}.yml")["on"]["workflow_call"]["secrets"]
        assert all(not secret["required"] for secret in secrets.values())


def test_only_the_draft_may_write_and_only_pypi_and_it_get_an_identity() -> None:
    jobs = load(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    writing = {name for name, job in jobs.items() if "write" in set(job.get("permissions", {}).values())}
    assert writing == {"draft", "pypi"}
    assert jobs["pypi"]["permissions"] == {"id-token": "write"}
    assert {"draft": jobs["draft"]["environment"], "pypi": jobs["pypi"]["environment"]} == {
        "draft": "release",
        "pypi": "pypi",
    }
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    assert "--draft" in text
    assert "secrets.PYPI" not in text


def test_ci_covers_three_systems_and_every_python_that_we_name() -> None:
    matrix = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "windows", "macos"}
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())
    assert matrix["python"] == named


# The Wine rig's Python, and the one that a release is built with.
@pytest.mark.parametrize("python", ["3.11", "released"])
def test_the_windows_lock_installs_from_wheels_alone(python: str, tmp_path: Path) -> None:
    """A package without one would be built on the runner, unhashed in what it builds with; one that another
    Python alone needs would be missing from the setup."""
    if python == "released":
        (python,) = {
            step["with"]["python-version"]
            for step in steps(ROOT / ".github" / "workflows" / "package-windows.yml")
            if "python-version" in step.get("with", {})
        }
    lock = ROOT / "packaging" / "windows" / "requirements.lock"
    options = [
        "--python-version",
        python,
        "--python-platform",
        "x86_64-pc-windows-msvc",
        "--only-binary",
        ":all:",
    ]
    uv = [str(TOOLS / "uv"), "pip"]
    done = subprocess.run(
        [*uv, "install", "--quiet", "--dry-run", "--no-deps", "--require-hashes", *options,
         "--target", str(tmp_path), "-r", str(lock)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    wanted = [str(ROOT / "pyproject.toml"), str(lock.with_name("requirements.in"))]
    done = subprocess.run(
        [*uv, "compile", "--quiet", "--no-header", "--no-annotate", "-c", str(lock), *options, *wanted],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    locked = set(re.findall(r"^\S+==[^\s;]+", lock.read_text(), re.MULTILINE))
    assert set(done.stdout.split()) <= locked, "run make lock-windows"
