"""Real git repositories for tests, untouched by any configuration of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from user_home import missing


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
