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


def _plant(git_dir: Path, program: str) -> None:
    hooks = git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-index-change",
        "pre-commit",
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ):
        (hooks / name).write_text(f"#!/bin/sh\n{program}\n")
        (hooks / name).chmod(0o755)
    lines = [
        "[core]",
        *(
            f"\t{name} = {program}"
            for name in ("fsmonitor", "pager", "editor", "sshCommand", "askPass", "gitProxy")
        ),
        f"\thooksPath = {hooks}",
        f"\talternateRefsCommand = {program}",
        "\tsparseCheckout = true",
        "\trepositoryFormatVersion = 1",
        "[alias]",
        *(f"\t{name} = !{program}" for name in ("check-ignore", "ls-files", "rev-parse", "status", "config")),
        "[pager]",
        *(f"\t{name} = {program}" for name in ("check-ignore", "ls-files", "rev-parse", "status")),
        '[filter "evil"]',
        *(f"\t{name} = {program}" for name in ("clean", "smudge", "process")),
        '[diff "evil"]',
        *(f"\t{name} = {program}" for name in ("command", "textconv")),
        '[merge "evil"]',
        f"\tdriver = {program}",
        "[diff]",
        f"\texternal = {program}",
        "[credential]",
        f"\thelper = !{program}",
        "[gpg]",
        f"\tprogram = {program}",
        "[uploadpack]",
        f"\tpackObjectsHook = {program}",
        "[protocol]",
        "\tallow = always",
        *(line for name in ("ext", "file") for line in (f'[protocol "{name}"]', "\tallow = always")),
        "[extensions]",
        "\tpartialClone = origin",
        '[remote "origin"]',
        f"\turl = ext::{program} %S",
        f"\tuploadpack = {program}",
        "\tpromisor = true",
        "[submodule]",
        "\trecurse = true",
    ]
    with (git_dir / "config").open("a") as file:
        file.write("\n".join(lines) + "\n")
