"""The first part of an AppImage, which is a program of others: only the very file that is pinned gets in."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging" / "linux"))

from appimage_runtime import LOCK, fetch  # noqa: E402

PROGRAM = b"\x7fELF stands in for the runtime"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    (tmp_path / "published").write_bytes(PROGRAM)
    digest = hashlib.sha256(PROGRAM).hexdigest()
    path = tmp_path / "runtime.lock"
    path.write_text(f"# why\nx86_64 {(tmp_path / 'published').as_uri()} {digest}\n")
    return path


def test_the_pinned_file_is_taken(lock: Path, tmp_path: Path) -> None:
    fetch(tmp_path / "new/runtime", lock, "x86_64")
    assert (tmp_path / "new/runtime").read_bytes() == PROGRAM


def test_another_file_at_the_same_address_is_refused(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "published").write_bytes(PROGRAM + b"!")
    with pytest.raises(SystemExit, match=r"is not the file that runtime\.lock names"):
        fetch(tmp_path / "runtime", lock, "x86_64")
    assert not (tmp_path / "runtime").exists()


def test_a_machine_without_a_runtime_is_told(lock: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no runtime for riscv64"):
        fetch(tmp_path / "runtime", lock, "riscv64")


def test_what_is_pinned_is_a_dated_release_with_its_hash() -> None:
    """Under "continuous" there is another file every few weeks: each release of ours would stop there."""
    rows = [line.split() for line in LOCK.read_text().splitlines() if not line.startswith("#")]
    assert {machine for machine, _, _ in rows} == {"x86_64", "aarch64"}
    for machine, url, digest in rows:
        assert re.fullmatch(rf"https://github\.com/\S+/download/\d{{8}}/runtime-{machine}", url)
        assert re.fullmatch(r"[0-9a-f]{64}", digest)


def test_the_release_builds_the_whole_appimage() -> None:
    """Without the runtime the build succeeds as well, with a file that nobody can start."""
    text = (ROOT / ".github" / "workflows" / "package-linux.yml").read_text()
    fetched = text.index("python packaging/linux/appimage_runtime.py build/runtime\n")
    assert fetched < text.index("make packages-linux RUNTIME=build/runtime\n")
