"""Where Claude Code looks for a project's settings, and where a repository's own files lie.

Seen with client 2.1.332: `settings.local.json` is read from the root of the git repository that the session
was started in, a linked worktree counting as its main one, a submodule as itself; links are followed. That of
the start directory is read too: what it sets, and the root's does not, counts. The shared `settings.json` is
always that of the very directory.

A repository may be anybody's: its files are read as regular files or not at all, so that none makes us wait,
and a `.git` that names another machine is not followed (Windows would log in there).
"""

from __future__ import annotations

import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR, SETTINGS_FILE
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

LOCAL_FILE = "settings.local.json"
_LOCAL, _SHARED = os.path.join(CLAUDE_DIR, LOCAL_FILE), os.path.join(CLAUDE_DIR, SETTINGS_FILE)
_POINTER = "gitdir: "  # what `.git` says where it is a file: in worktrees and submodules
_LONGEST = 8192


def project_root(directory: str) -> str:
    """The directory, absolute and with links followed, whose `settings.local.json` a session there reads."""
    start = os.path.realpath(directory)
    root = repository_root(start)
    return start if root is None else _main_tree(root) or root


def repository_root(directory: str, ask_above: Callable[[str], str | None] | None = None) -> str | None:
    """The nearest directory at or above that absolute one that has a `.git`, of whatever kind.

    `ask_above` answers the same for the one above it, where that is known.
    """
    above = directory
    while not os.path.lexists(os.path.join(above, ".git")):
        parent = os.path.dirname(above)
        if parent == above:
            return None
        if ask_above is not None:
            return ask_above(parent)
        above = parent
    return above


def local_settings(root: str) -> str:
    """The file of that directory that is for one user alone, and beats the user's own settings."""
    return os.path.join(root, _LOCAL)


def local_files(directory: str) -> list[str]:
    """The local files that a session started there reads, the one that wins first."""
    paths = (local_settings(project_root(directory)), local_settings(os.path.realpath(directory)))
    return list(dict.fromkeys(paths))


def shared_settings(root: str) -> str:
    """The file of that directory that a team commits: it beats the user's, and loses to the local one."""
    return os.path.join(root, _SHARED)


def git_directories(root: str) -> tuple[str, str]:
    """A repository's own directory and the one that it shares with its worktrees: the same, mostly.

    Raises PkccError where a file on the way cannot be read as one, or leads to another machine.
    """
    git = os.path.join(root, ".git")
    if os.path.isdir(git):
        own = git
    else:
        text = _text(git)
        if not text.startswith(_POINTER):
            raise PkccError(f"{git} does not belong to a repository", "Look at what it is, and move it away.")
        own = _followed(root, text.removeprefix(_POINTER), git)
    common = os.path.join(own, "commondir")
    text = _text(common)
    return own, _followed(own, text, common) if text else own


def names_network(path: str) -> bool:
    r"""Whether a path leads to another machine: `\\server\share`, `//server/share`, `\\?\UNC\server\…`."""
    return path[:2].replace("\\", "/") == "//"


def _main_tree(root: str) -> str | None:
    """The main working tree of a linked worktree; None for anything else."""
    try:
        own, common = git_directories(root)
    except PkccError:
        return None
    if own == common:
        return None  # a submodule, or a repository that lies apart
    repository = os.path.realpath(common)
    return os.path.dirname(repository) if os.path.basename(repository) == ".git" else None


def _followed(base: str, text: str, path: str) -> str:
    if names_network(text):
        raise PkccError(f"{path} leads to another machine", "It is not followed: look at what it says.")
    if "\0" in text:
        raise PkccError(f"{path} names no directory", "Look at what it says, and move it away.")
    return os.path.join(base, text)


def _text(path: str) -> str:
    data = read_bytes(path, most=_LONGEST)
    return (data or b"").decode("utf-8", "surrogateescape").strip()
