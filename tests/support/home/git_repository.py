"""Real git repositories for tests, untouched by any configuration of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from support.missing import missing


def git(directory: Path, *words: str, home: Path | None = None) -> str:
    """Run git there; what it prints."""
    program = shutil.which("git")
    if program is None:
        missing("git")
    done = subprocess.run(
        [program, "-C", str(directory), "-c", "protocol.file.allow=always", *words],
        env={
            "HOME": str(home or directory),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{role}_{part}": "a@b" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")},
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def repository(directory: Path, *, commit: bool = False) -> Path:
    """A new repository, with one commit if asked for."""
    directory.mkdir(parents=True, exist_ok=True)
    git(directory, "init", "-q")
    if commit:
        (directory / "README").write_text("x")
        git(directory, "add", "README")
        git(directory, "commit", "-q", "-m", "x")
    return directory


CLONES = ("plain", "worktree", "worktree of bare", "submodule", "subdirectory", "git directory apart")


def clone_of_kind(kind: str, tmp_path: Path) -> Path:
    """A directory in a clone of that kind, with one commit."""
    main = repository(tmp_path / "main [x]", commit=True)
    if kind == "worktree":
        git(main, "worktree", "add", "-q", str(tmp_path / "tree"))
        return tmp_path / "tree"
    if kind == "worktree of bare":
        git(tmp_path, "clone", "-q", "--bare", str(main), "bare.git")
        git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
        return tmp_path / "tree"
    if kind == "git directory apart":
        git(tmp_path, "clone", "-q", "--separate-git-dir", str(tmp_path / "apart"), str(main), "tree")
        return tmp_path / "tree"
    if kind == "submodule":
        outer = repository(tmp_path / "outer")
        git(outer, "submodule", "add", "-q", str(main), "inner")
        return outer / "inner"
    if kind == "subdirectory":
        (main / "a b" / "c*").mkdir(parents=True)
        return main / "a b" / "c*"
    return main


def hostile_repository(directory: Path, program: str) -> Path:
    """A repository in whose own files everything that can name a program names that one.

    `inner` is a whole repository of its own without a `.git`, as a clone can bring one. The ignore file is
    missing, on disk and as an object, so that git would have it fetched, by that program.
    """
    repository(directory)
    (directory / ".gitignore").write_text("nothing\n")
    (directory / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    (directory / "code").write_text("x")
    git(directory, "add", ".")
    git(directory, "commit", "-q", "-m", "x")
    blob = git(directory, "rev-parse", "HEAD:.gitignore").strip()
    git(directory, "update-index", "--skip-worktree", ".gitignore")
    (directory / ".gitignore").unlink()
    (directory / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (directory / ".claude").mkdir()
    _plant(directory / ".git", program)
    git(directory, "init", "-q", "--bare", "inner")
    _plant(directory / "inner", program)
    with (directory / "inner" / "config").open("a") as file:
        file.write("[core]\n\tbare = false\n\tworktree = .\n")
    return directory


_HOOKS = "post-index-change pre-commit post-checkout reference-transaction fsmonitor-watchman"
_ASKED = "check-ignore ls-files rev-parse status config"
# Settings of git that name a program, by section.
_PROGRAMS = {
    "core": "fsmonitor pager editor sshCommand askPass gitProxy alternateRefsCommand",
    "pager": "check-ignore ls-files rev-parse status",
    "filter.evil": "clean smudge process",
    "diff.evil": "command textconv",
    "merge.evil": "driver",
    "diff": "external",
    "gpg": "program",
    "uploadpack": "packObjectsHook",
    "remote.origin": "uploadpack",
}


def _plant(git_dir: Path, program: str) -> None:
    hooks = git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in _HOOKS.split():
        (hooks / name).write_text(f"#!/bin/sh\n{program}\n")
        (hooks / name).chmod(0o755)
    names = [f"{section}.{name}" for section, each in _PROGRAMS.items() for name in each.split()]
    values = dict.fromkeys(names, program) | {
        **{f"alias.{name}": f"!{program}" for name in _ASKED.split()},
        "core.hooksPath": str(hooks), "core.sparseCheckout": "true", "core.repositoryFormatVersion": "1",
        "credential.helper": f"!{program}", "protocol.allow": "always", "protocol.ext.allow": "always",
        "protocol.file.allow": "always", "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{program} %S", "remote.origin.promisor": "true",
        "submodule.recurse": "true",
    }  # fmt: skip
    with (git_dir / "config").open("a") as file:
        for key, value in values.items():
            section, _, name = key.rpartition(".")
            section, _, part = section.partition(".")
            file.write(f'[{section} "{part}"]\n' if part else f"[{section}]\n")
            file.write(f"\t{name} = {value}\n")
