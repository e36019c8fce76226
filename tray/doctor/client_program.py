"""Claude Code's own program: where it is, how old it is, and what it says of the settings files."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.paths import which
from profiles.claude_code.beside.editor_settings import SERVERS
from profiles.claude_code.process import PACKAGE
from profiles.claude_code.process.run_apart import run_apart
from profiles.claude_code.settings.ask_client import ask_client
from profiles.claude_code.settings.parse import TOO_LARGE
from profiles.files.read import read_bytes
from profiles.routes.files import MANAGED, by_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.routes.files import ReadFile

# The oldest client whose handling of settings was measured; older ones may not read them again as they run.
KNOWN_GOOD = (2, 1, 197)
_EDITORS = (".vscode", ".vscode-insiders", ".cursor", ".windsurf", *SERVERS)
_VERSION_S = 2.0
_ANSWER_S = 2.5
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def left_out(program: str | None, environ: Mapping[str, str], files: Sequence[ReadFile]) -> Mapping[str, str]:
    """Why Claude Code leaves each of the files out, by path: in its own words, where it can be asked.

    It is not asked where an administrator laid something down, which would take effect, nor where only
    running it tells what it is: that may be a script of anybody's, which does more than answer.
    """
    found = dict(by_table(files))
    asked: dict[str, ReadFile] = {}
    for file in files:
        if file.settings is not None and found[file.path] != TOO_LARGE:
            asked.setdefault(file.kind, file)
    if not asked or program is None or MANAGED in (file.kind for file in files):
        return found
    if (known_version(program) or ()) < KNOWN_GOOD:
        return found
    texts = {kind: file.settings for kind, file in asked.items() if file.settings is not None}
    for kind, words in ask_client(program, environ, texts, _ANSWER_S).items():
        found[asked[kind].path] = words
    return found


def installed_client(environ: Mapping[str, str], locations: Locations, home: str) -> str | None:
    """The client that a shell would start, or else one that an installer put where no PATH leads."""
    on_path = which("claude", environ)
    if on_path:
        return on_path
    name = "claude.exe" if sys.platform == "win32" else "claude"
    prefix = environ.get("NPM_CONFIG_PREFIX", "") or os.path.join(home, ".npm-global")
    places = [
        os.path.join(home, ".local", "bin", name),
        os.path.join(locations.claude_home, "local", name),
        os.path.join(locations.claude_home, "local", "node_modules", ".bin", name),
        os.path.join(prefix, "bin", name),
        os.path.join(home, "AppData", "Roaming", "npm", "claude.cmd"),
    ]
    found = next((path for path in places if os.path.isfile(path) and os.access(path, os.X_OK)), None)
    return found or in_an_editor(home)


def in_an_editor(home: str) -> str | None:
    """The newest extension of an editor's that brings a client along: `…/anthropic.claude-code-2.1.331-…`."""
    found = [
        os.path.join(home, editor, "extensions", name)
        for editor in _EDITORS
        for name in _names_in(os.path.join(home, editor, "extensions"))
        if name.startswith("anthropic.claude-code-")
    ]
    return max(found, key=lambda path: _parsed(os.path.basename(path)) or (), default=None)


def _names_in(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def version_of(path: str, environ: Mapping[str, str]) -> tuple[int, ...] | None:
    """The client's version; it is asked for it only where nothing else tells."""
    if known := known_version(path):
        return known
    return _parsed(run_apart(path, ["--version"], environ, _VERSION_S).decode("utf-8", "replace"))


def known_version(path: str) -> tuple[int, ...] | None:
    """The version that its package or its file's name says."""
    return _packaged(path) or _in_name(path)


def _packaged(path: str) -> tuple[int, ...] | None:
    directory = os.path.dirname(os.path.realpath(path))
    for _ in range(3):
        for beside in (directory, os.path.join(directory, "node_modules", *PACKAGE.split("/"))):
            with suppress(PkccError, ValueError, TypeError, KeyError, RecursionError):
                package = json.loads(read_bytes(os.path.join(beside, "package.json")) or b"")
                if package["name"].startswith(PACKAGE):  # the binary lies in one of its own: …-linux-x64
                    return _parsed(package["version"])
        directory = os.path.dirname(directory)
    return None


def _in_name(path: str) -> tuple[int, ...] | None:
    """Its own installer keeps each version in a file called so, `…/versions/2.1.331`; editors are alike."""
    directory, name = os.path.split(os.path.realpath(path))
    return _parsed(name) if os.path.basename(directory) in ("versions", "extensions") else None


def _parsed(text: str) -> tuple[int, ...] | None:
    match = _VERSION.search(text)
    return tuple(map(int, match.groups())) if match else None
