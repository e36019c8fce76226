"""Claude Code itself: whether it is there, and how old it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.paths import ProgramError, which
from profiles.base.programs.run import run
from profiles.files.read import read_bytes
from tray.doctor.context import Context
from tray.doctor.finding import note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.finding import Finding

# The oldest client whose handling of settings was measured; older ones may not read them again as they run.
KNOWN_GOOD = (2, 1, 197)
_PACKAGE = "@anthropic-ai/claude-code"
_EDITORS = (".vscode", ".vscode-insiders", ".vscode-server", ".cursor", ".windsurf")
_LIMIT_S = 2.0
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def client(context: Context) -> Iterator[Finding]:
    """A client that is missing, or older than what is known to work."""
    path = find_client(context)
    if path is None:
        what = "Claude Code was not found: not on PATH, nor where its installers put it"
        why = "There is nothing here that would use a profile."
        yield warning("client-missing", what, why, f"npm install -g {_PACKAGE}")
        return
    version = version_of(path, context)
    if version is None:
        why = "An old one may not follow a switch."
        yield note("client-version", f"The version of {path} is not known", why, "claude update")
    elif version < KNOWN_GOOD:
        what = f"Claude Code {_text(version)} ({path}) is older than {_text(KNOWN_GOOD)}"
        why = "Running sessions may not follow a switch, and requests may be missing in Portkey's logs."
        yield warning("client-old", what, why, "claude update")


def find_client(context: Context) -> str | None:
    """The client that a shell would start, or else one that an installer put where no PATH leads."""
    on_path = which("claude", context.environ)
    if on_path:
        return on_path
    name = "claude.exe" if context.platform == "win32" else "claude"
    home = context.home
    prefix = context.environ.get("NPM_CONFIG_PREFIX", "") or os.path.join(home, ".npm-global")
    places = [
        os.path.join(home, ".local", "bin", name),
        os.path.join(context.locations.claude_home, "local", name),
        os.path.join(context.locations.claude_home, "local", "node_modules", ".bin", name),
        os.path.join(prefix, "bin", name),
        os.path.join(home, "AppData", "Roaming", "npm", "claude.cmd"),
    ]
    found = next((path for path in places if os.path.isfile(path) and os.access(path, os.X_OK)), None)
    return found or _in_an_editor(home)


def _in_an_editor(home: str) -> str | None:
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


def version_of(path: str, context: Context) -> tuple[int, ...] | None:
    """The client's version, read from its package or its file's name; asked for only where neither tells."""
    return _packaged(path) or _in_name(path) or _asked(path, context)


def _packaged(path: str) -> tuple[int, ...] | None:
    directory = os.path.dirname(os.path.realpath(path))
    for _ in range(3):
        for beside in (directory, os.path.join(directory, "node_modules", *_PACKAGE.split("/"))):
            with suppress(PkccError, ValueError, TypeError, KeyError):
                package = json.loads(read_bytes(os.path.join(beside, "package.json")) or b"")
                if package["name"].startswith(_PACKAGE):  # the binary lies in one of its own: …-linux-x64
                    return _parsed(package["version"])
        directory = os.path.dirname(directory)
    return None


def _in_name(path: str) -> tuple[int, ...] | None:
    """Its own installer keeps each version in a file called so, `…/versions/2.1.331`; editors are alike."""
    directory, name = os.path.split(os.path.realpath(path))
    return _parsed(name) if os.path.basename(directory) in ("versions", "extensions") else None


def _asked(path: str, context: Context) -> tuple[int, ...] | None:
    with tempfile.TemporaryDirectory(prefix="pkcc-doctor-", ignore_cleanup_errors=True) as home:
        environ = {"HOME": home, "USERPROFILE": home, "DISABLE_AUTOUPDATER": "1"}
        for name in ("PATH", "SYSTEMROOT"):
            environ[name] = context.environ.get(name, "")
        with suppress(ProgramError, TimeoutError):
            ran = run([path, "--version"], environ, _LIMIT_S, directory=home)
            return _parsed(ran.output.decode("utf-8", "replace"))
    return None


def _parsed(text: str) -> tuple[int, ...] | None:
    match = _VERSION.search(text)
    return tuple(map(int, match.groups())) if match else None


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
