"""Where Claude Code looks for a project's settings. Effects: looks for `.git` in the directories above.

Seen with client 2.1.331: `settings.local.json` is read from the root of the git repository that the session
was started in, a linked worktree counting as its main one, a submodule as itself; links are followed. Without
a repository, and for the shared `settings.json` always, it is the very directory.
"""

from __future__ import annotations

import os

_POINTER = "gitdir: "  # what `.git` says where it is a file: in worktrees and submodules


def project_root(directory: str) -> str:
    """The directory, absolute and with links followed, whose `settings.local.json` a session there reads."""
    start = os.path.realpath(directory)
    above = start
    while True:
        git = os.path.join(above, ".git")
        if os.path.lexists(git):
            return _main_tree(git) or above
        parent = os.path.dirname(above)
        if parent == above:
            return start
        above = parent


def local_settings(root: str) -> str:
    """The file of that directory that is for one user alone, and beats the user's own settings."""
    return os.path.join(root, ".claude", "settings.local.json")


def shared_settings(root: str) -> str:
    """The file of that directory that a team commits: it beats the user's, and loses to the local one."""
    return os.path.join(root, ".claude", "settings.json")


def _main_tree(git: str) -> str | None:
    """The main working tree of a linked worktree; None for anything else."""
    text = _text(git)
    if not text.startswith(_POINTER):
        return None
    git_dir = os.path.join(os.path.dirname(git), text.removeprefix(_POINTER))
    common = _text(os.path.join(git_dir, "commondir"))
    if not common:
        return None  # a submodule, or a repository that lies apart
    repository = os.path.realpath(os.path.join(git_dir, common))
    return os.path.dirname(repository) if os.path.basename(repository) == ".git" else None


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(4096).strip()
    except (OSError, ValueError):
        return ""
