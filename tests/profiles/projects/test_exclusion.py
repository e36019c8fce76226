"""Having git ignore a project's file in one clone: real git judges, and every other byte stays as it was."""

from __future__ import annotations

import os
import shutil
import sys
from itertools import permutations
from pathlib import Path

import pytest
from support.home.git_repository import CLONES, clone_of_kind, git, repository

from profiles.base.errors import ConflictError, PkccError
from profiles.projects.git import exclusion
from profiles.projects.git.could_commit import ask_git
from profiles.projects.git.exclude_file import with_pattern, without_pattern
from profiles.projects.git.exclusion import Exclusion

LOCAL = ".claude/settings.local.json"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}


@pytest.fixture
def ours(tmp_path: Path, environ: dict[str, str]) -> Exclusion:
    return Exclusion(environ, str(tmp_path / "state" / "lock"))


@pytest.mark.parametrize("kind", CLONES)
def test_it_is_for_this_clone_alone_and_can_be_taken_back(
    kind: str, tmp_path: Path, environ: dict[str, str], ours: Exclusion
) -> None:
    """A line in the wrong exclude file protects nothing."""
    directory = clone_of_kind(kind, tmp_path)
    path = str(directory / LOCAL)
    assert ask_git(path, environ).standing == "open"
    where = Path(directory, git(directory, "rev-parse", "--git-path", "info/exclude").strip())
    before = where.read_bytes() if where.exists() else None
    assert ours.exclude(path)
    assert not ours.exclude(path), "it is ignored already"
    assert ask_git(path, environ).standing == "ignored"
    (directory / ".claude").mkdir()
    (directory / LOCAL).write_text("{}")
    git(directory, "add", "-A")
    assert LOCAL not in git(directory, "ls-files", "--", ".")
    ours.stop_excluding(path)
    assert (where.read_bytes() if where.exists() else None) == before


TEXTS = [None, b"", b"*.o\n", b"*.o", b"*.o\r\n/x\r\n", b"*.o\r\n/x", b"\xef\xbb\xbf*.\xff\n\n", b"\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_every_byte_comes_back_in_whatever_order_projects_go(text: bytes | None) -> None:
    """A file that ended without a line end ends so again; one that was not there is gone."""
    patterns = [b"/a/x", b"/b/x", b"/c/x"]
    full = text
    for pattern in patterns:
        full = with_pattern(full, pattern)
    for order in permutations(patterns):
        now = full
        for pattern in order:
            now = without_pattern(now or b"", pattern)
        assert now == text, order
    assert full is not None
    mine = without_pattern(full + b"/mine", patterns[2])
    for pattern in patterns[:2]:
        mine = without_pattern(mine or b"", pattern)
    if text == b"*.o":
        assert mine == b"*.o\n/mine", "what came later stands in a line of its own"


@pytest.mark.parametrize("text", TEXTS)
def test_git_reads_the_line_in_every_kind_of_file(
    text: bytes | None, tmp_path: Path, environ: dict[str, str], ours: Exclusion
) -> None:
    repo = repository(tmp_path / "repo")
    file = repo / ".git" / "info" / "exclude"
    file.unlink()
    if text is not None:
        file.write_bytes(text)
    ours.exclude(str(repo / LOCAL))
    assert ask_git(str(repo / LOCAL), environ).standing == "ignored"
    assert ask_git(str(repo / "other"), environ).standing == "open"
    if text:
        assert file.read_bytes().startswith(text)


def test_a_line_of_the_user_s_own_is_never_taken_for_ours(
    tmp_path: Path, environ: dict[str, str], ours: Exclusion
) -> None:
    repo = repository(tmp_path / "repo")
    file = repo / ".git" / "info" / "exclude"
    file.write_text(f"/{LOCAL}\n")
    assert not ours.exclude(str(repo / LOCAL))
    ours.stop_excluding(str(repo / LOCAL))
    assert file.read_text() == f"/{LOCAL}\n"
    file.write_text("")
    ours.exclude(str(repo / LOCAL))
    file.write_text(f"{file.read_text()}/{LOCAL}\n")
    ours.stop_excluding(str(repo / LOCAL))
    assert file.read_text() == f"/{LOCAL}\n"


def test_the_line_of_an_earlier_version_is_found_without_its_comment(tmp_path: Path, ours: Exclusion) -> None:
    """Somebody who upgraded would keep it for ever."""
    repo = repository(tmp_path / "repo")
    file = repo / ".git" / "info" / "exclude"
    file.write_text(f"*.o\n/{LOCAL}\n/x\n")
    ours.stop_excluding(str(repo / LOCAL), unmarked=True)
    assert file.read_text() == "*.o\n/x\n"


def test_a_rule_that_lets_it_in_again_is_found_out(tmp_path: Path, ours: Exclusion) -> None:
    repo = repository(tmp_path / "repo")
    (repo / ".gitignore").write_text(f"!{LOCAL}\n")
    before = (repo / ".git" / "info" / "exclude").read_bytes()
    with pytest.raises(ConflictError, match="lets"):
        ours.exclude(str(repo / LOCAL))
    assert (repo / ".git" / "info" / "exclude").read_bytes() == before


def test_a_tracked_file_is_named_with_what_takes_it_out_of_git(
    tmp_path: Path, environ: dict[str, str], ours: Exclusion
) -> None:
    repo = repository(tmp_path / "re po")
    (repo / ".claude").mkdir()
    (repo / LOCAL).write_text("{}")
    git(repo, "add", "-f", LOCAL)
    with pytest.raises(ConflictError, match="git tracks") as raised:
        ours.exclude(str(repo / LOCAL))
    remedy = raised.value.hint.split("`")[1]
    assert os.system(f"cd / && HOME={tmp_path} {remedy}") == 0
    assert ours.exclude(str(repo / LOCAL))


@pytest.mark.skipif(sys.platform == "win32", reason="the remedy is for a shell")
@pytest.mark.parametrize("what", ["file", "directory", "nothing"])
def test_a_link_out_of_the_repository_is_not_followed_and_the_remedy_helps(
    what: str, tmp_path: Path, ours: Exclusion
) -> None:
    """Every clone with such a link would ignore the file, and what an archive brings could lead anywhere."""
    repo = repository(tmp_path / "re po")
    info = repo / ".git" / "info"
    mine = tmp_path / "dotfiles" / "exclude"
    mine.parent.mkdir()
    (info / "exclude").unlink()
    if what != "nothing":
        mine.write_text("*.o\n")
    if what == "directory":
        info.rmdir()
        info.symlink_to(mine.parent)
    else:
        (info / "exclude").symlink_to(mine)
    with pytest.raises(ConflictError, match="is a link to") as raised:
        ours.exclude(str(repo / LOCAL))
    assert mine.exists() is (what != "nothing")
    remedy = raised.value.hint.split("`")[1]
    assert os.system(f"cd / && {remedy}") == 0
    assert ours.exclude(str(repo / LOCAL))
    assert what == "nothing" or mine.read_text() == "*.o\n"
    assert LOCAL in (info / "exclude").read_text()


def test_a_line_that_a_version_before_put_behind_a_link_is_taken_out_there(
    tmp_path: Path, ours: Exclusion
) -> None:
    repo = repository(tmp_path / "repo")
    file, mine = repo / ".git" / "info" / "exclude", tmp_path / "mine"
    file.write_text("*.o\n")
    ours.exclude(str(repo / LOCAL))
    file.rename(mine)
    file.symlink_to(mine)
    ours.stop_excluding(str(repo / LOCAL))
    assert (file.is_symlink(), mine.read_text()) == (True, "*.o\n")


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
@pytest.mark.parametrize("shared", [0o775, 0o700])
def test_a_new_file_is_as_readable_as_its_repository(shared: int, tmp_path: Path, ours: Exclusion) -> None:
    """Git of another user of a shared repository ends with an error at a file that it cannot read."""
    repo = repository(tmp_path / "repo")
    for path in (repo / ".git" / "info").iterdir():
        path.unlink()
    (repo / ".git" / "info").rmdir()
    (repo / ".git").chmod(shared)
    ours.exclude(str(repo / LOCAL))
    info = repo / ".git" / "info"
    modes = [path.stat().st_mode & 0o777 for path in (info, info / "exclude")]
    assert modes == [shared, shared & 0o666]
    ours.stop_excluding(str(repo / LOCAL))
    assert not info.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_a_read_only_file_keeps_its_mode(tmp_path: Path, ours: Exclusion) -> None:
    repo = repository(tmp_path / "repo")
    file = repo / ".git" / "info" / "exclude"
    file.chmod(0o444)
    before = file.read_bytes()
    ours.exclude(str(repo / LOCAL))
    assert file.stat().st_mode & 0o777 == 0o444
    ours.stop_excluding(str(repo / LOCAL))
    assert (file.stat().st_mode & 0o777, file.read_bytes()) == (0o444, before)


def test_what_another_program_writes_meanwhile_stays(
    tmp_path: Path, environ: dict[str, str], ours: Exclusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor, or git itself, may save the file between our look and our rename."""
    repo = repository(tmp_path / "repo")
    file = repo / ".git" / "info" / "exclude"
    replace = exclusion.replace_file
    others = iter([b"one\n", b"two\n"])

    def meanwhile(*given: object) -> bool:
        if (line := next(others, None)) is not None:
            file.write_bytes(file.read_bytes() + line)
        return replace(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(exclusion, "replace_file", meanwhile)
    assert ours.exclude(str(repo / LOCAL))
    assert b"one\ntwo\n" in file.read_bytes()
    assert ask_git(str(repo / LOCAL), environ).standing == "ignored"


@pytest.mark.skipif(sys.platform == "win32", reason="such a name cannot be given there")
def test_a_directory_with_a_line_end_in_its_name_is_refused(tmp_path: Path, ours: Exclusion) -> None:
    """The line went into another file, or was one that ignores something else."""
    repo = repository(tmp_path / "repo")
    (repo / "a\nb").mkdir()
    before = (repo / ".git" / "info" / "exclude").read_bytes()
    with pytest.raises(PkccError):
        ours.exclude(str(repo / "a\nb" / "x"))
    assert (repo / ".git" / "info" / "exclude").read_bytes() == before


@pytest.mark.parametrize("wrong", ["git is missing", "git fails"])
def test_a_line_that_has_to_stay_is_said_to_stay(
    wrong: str, tmp_path: Path, environ: dict[str, str], ours: Exclusion
) -> None:
    """The project is gone, and nobody would know of the line that goes on hiding its file."""
    repo = repository(tmp_path / "repo")
    ours.exclude(str(repo / LOCAL))
    if wrong == "git is missing":
        environ["PATH"] = str(tmp_path / "nothing")
    else:
        (repo / ".git" / "config").write_text("[broken")
    with pytest.raises(ConflictError):
        ours.stop_excluding(str(repo / LOCAL))
    shutil.rmtree(repo / ".git")
    ours.stop_excluding(str(repo / LOCAL))  # with the repository the line is gone
