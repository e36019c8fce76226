"""A profile among somebody's dotfiles: a link that becomes a plain file is a change they no longer commit."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from profiles.base.errors import PkccError
from profiles.files.hand_edited import check_link, write_hand_edited

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of Linux and macOS")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_plain_file_is_private(tmp_path: Path) -> None:
    write_hand_edited(str(tmp_path / "own" / "p.json"), b"new")
    assert mode(tmp_path / "own" / "p.json") == 0o600
    assert mode(tmp_path / "own") == 0o700


@pytest.mark.parametrize("text", ["{dir}/dotfiles/p.json", "../dotfiles/p.json", "second.json"])
def test_what_a_link_leads_to_is_written_and_keeps_its_mode(tmp_path: Path, text: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles" / "p.json"
    target.write_bytes(b"old")
    target.chmod(0o644)
    link = tmp_path / "own" / "p.json"
    link.symlink_to(text.format(dir=tmp_path))
    (tmp_path / "own" / "second.json").symlink_to("../dotfiles/p.json")
    write_hand_edited(str(link), b"new")
    assert os.readlink(link) == text.format(dir=tmp_path)
    assert (target.read_bytes(), mode(target)) == (b"new", 0o644)
    assert sorted(os.listdir(target.parent)) == ["p.json"]


def test_a_link_to_nothing_has_its_file_made(tmp_path: Path) -> None:
    link = tmp_path / "p.json"
    link.symlink_to(tmp_path / "dotfiles" / "p.json")
    with pytest.raises(PkccError, match=r"p\.json is a link, and .*/dotfiles/p\.json is not there"):
        check_link(str(link))
    write_hand_edited(str(link), b"new")
    assert link.is_symlink()
    assert (tmp_path / "dotfiles" / "p.json").read_bytes() == b"new"
    check_link(str(link))


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    link = tmp_path / "p.json"
    link.symlink_to("p.json")
    with pytest.raises(PkccError, match="leads back to itself"):
        write_hand_edited(str(link), b"new")
    assert link.is_symlink()


@pytest.mark.skipif(sys.platform != "linux", reason="a place where nobody may make a file")
def test_a_link_into_a_read_only_place_is_told_with_both_names(tmp_path: Path) -> None:
    """A store of packages, as with Nix: the user must learn which of the two cannot be written."""
    link = tmp_path / "p.json"
    link.symlink_to("/sys/kernel/notes")
    with pytest.raises(PkccError) as caught:
        write_hand_edited(str(link), b"new")
    assert caught.value.title.startswith(f"{link} is a link, and /sys/kernel/notes cannot be written: ")
    assert caught.value.hint
    assert link.is_symlink()
