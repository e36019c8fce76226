"""Whether the Windows tests are due. A change that is overlooked would reach users untried."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging" / "windows"))

import proven  # noqa: E402


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "tray/runtime/menu/menu.py",
        "tray/icon/status_notifier.py",
        "profiles/files/atomic_replace.py",
        "packaging/windows/installer.nsi",
        "pyproject.toml",
        "tests/packaging/test_windows.py",
        "tests/support/home/wine_machine.py",
        "docs/tray.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def record(tree: Path) -> None:
    (tree / proven.RECORD).write_text(f"{proven.digest(tree)}  on a day\n")


def test_all_that_counts_is_there() -> None:
    for name in proven.CONCERNED:
        assert (ROOT / name).exists(), name


def test_they_are_due_until_recorded_and_then_say_when(tree: Path) -> None:
    assert proven.proven(tree) == ""
    record(tree)
    assert proven.proven(tree) == "on a day"


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "tray/icon/status_notifier.py").write_text("other"),
        lambda tree: (tree / "tray/icon/status_notifier.py").rename(tree / "tray/icon/other.py"),
        lambda tree: (tree / "tray/icon/status_notifier.py").unlink(),
        lambda tree: (tree / "profiles/new.py").touch(),
        lambda tree: (tree / "packaging/windows/installer.nsi").write_text("other"),
        lambda tree: (tree / "pyproject.toml").write_text("other"),
        lambda tree: (tree / "tests/support/home/wine_machine.py").write_text("other"),
    ],
)
def test_each_change_of_what_counts_makes_them_due(tree: Path, change: Callable[[Path], object]) -> None:
    record(tree)
    change(tree)
    assert proven.proven(tree) == ""


def test_nothing_else_makes_them_due(tree: Path) -> None:
    record(tree)
    (tree / "docs/tray.md").write_text("other")
    (tree / "tray/__pycache__").mkdir()
    (tree / "tray/__pycache__/menu.cpython-311.pyc").write_text("compiled")
    assert proven.proven(tree) == "on a day"


@pytest.mark.parametrize(("code", "is_changed"), [(0, False), (0, True), (1, False)])
def test_only_a_pass_on_exactly_this_is_recorded(
    tree: Path, monkeypatch: pytest.MonkeyPatch, code: int, is_changed: bool
) -> None:
    def run(argv: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        environ = options["env"]
        assert isinstance(environ, dict)
        assert environ["CI"] == "true"
        assert "PKCC_WINDOWS_SETUP" not in environ
        if is_changed:
            (tree / "tray/runtime/menu/menu.py").write_text("other")
        return subprocess.CompletedProcess(argv, code)

    monkeypatch.setenv("PKCC_WINDOWS_SETUP", "an old one")
    monkeypatch.setattr(proven.subprocess, "run", run)
    if code or is_changed:
        with pytest.raises(SystemExit):
            proven.prove(tree)
        assert not (tree / proven.RECORD).exists()
    else:
        proven.prove(tree)
        assert proven.proven(tree).startswith("on 2")
