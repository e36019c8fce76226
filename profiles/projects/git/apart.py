"""Repositories that lie apart from the files they track: no `.git` above a file leads to them.

A bare one with the home directory as its work tree, as yadm, vcsh and `git --git-dir=$HOME/.cfg
--work-tree=$HOME` keep dotfiles. They are looked for where such lie, and where a start file names one.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import islice

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import home
from profiles.claude_code.beside.start_files import start_files
from profiles.files.read import read_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_YADM = (".local/share/yadm/repo.git", ".config/yadm/repo.git", ".yadm/repo.git")
_FULL_OF_THEM = ("", ".config/vcsh/repo.d", ".local/share", ".config")  # below the home
_GIT_DIR = re.compile(rb"--git-dir(?:=|[ \t]+)[\"']?([^\s\"';]+)")
_WORK_TREE = re.compile(rb"^[ \t]*worktree[ \t]*=", re.IGNORECASE | re.MULTILINE)
_LARGEST = 256 * 1024  # bytes of a start file, or a repository's configuration
_MOST_NAMES, _MOST = 1000, 8


def repositories_apart(environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Git's options for each of them, eight at most, found without git; one with no index tracks nothing."""
    return islice(_repositories(home(environ), environ), _MOST)


def _repositories(place: str, environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for path in dict.fromkeys(map(os.path.realpath, _paths(place, environ))):
        if all(os.path.exists(os.path.join(path, part)) for part in ("HEAD", "index", "objects", "refs")):
            config = read_start(os.path.join(path, "config"), _LARGEST)
            own = [] if _WORK_TREE.search(config) else [f"--work-tree={place}"]
            yield (f"--git-dir={path}", *own)


def _paths(place: str, environ: Mapping[str, str]) -> Iterator[str]:
    if os.path.isabs(named := environ.get("GIT_DIR", "")):
        yield named
    yield from (os.path.join(place, *path.split("/")) for path in _YADM)
    if data := environ.get("XDG_DATA_HOME"):
        yield os.path.join(data, "yadm", "repo.git")
    for _, path in start_files(environ, place):
        for found in _GIT_DIR.findall(read_start(path, _LARGEST)):
            named = re.sub(r"^(?:~|\$HOME|\$\{HOME\})(?=/)", lambda _: place, os.fsdecode(found))
            if os.path.isabs(named):
                yield named
    for folder in _FULL_OF_THEM:
        with suppress(OSError), os.scandir(os.path.join(place, *folder.split("/"))) as names:
            for entry in islice(names, _MOST_NAMES):
                if os.path.isfile(os.path.join(entry.path, "HEAD")):
                    yield entry.path
