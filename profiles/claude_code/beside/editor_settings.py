"""The variables that VS Code, or a fork of it, gives Claude Code by its own settings. Effects: reads files.

Its extension starts the client with those of `claudeCode.environmentVariables`, its terminal with those of
`terminal.integrated.env.…`. For the client they rank as the shell's (seen with 2.1.332, started as the
extension does; where an editor keeps its settings is after the editors' documentation).
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import SETTINGS_FILE, home
from profiles.claude_code.settings.project_root import repository_root
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_PRODUCTS = (
    "Code", "Code - Insiders", "Code - OSS", "VSCodium", "VSCodium - Insiders", "Cursor", "Windsurf",
    "Windsurf - Next", "Antigravity", "Kiro", "Positron", "Trae",
)  # fmt: skip
# In the home directory: what runs on this machine for an editor elsewhere.
SERVERS = (
    ".vscode-server", ".vscode-server-insiders", ".vscode-remote", ".vscodium-server", ".cursor-server",
    ".windsurf-server", ".antigravity-server", ".kiro-server", ".positron-server", ".trae-server",
)  # fmt: skip
_BROWSER = "code-server"  # what does so for a browser, where data lies
_IN_EXTENSION = ("claudeCode.environmentVariables", "claude-code.environmentVariables")
_WORKSPACE = ".code-workspace"  # a file that lists the folders of a window, with settings for all of them
_IN_TERMINAL = "terminal.integrated.env."
_SYSTEMS = {"darwin": "osx", "win32": "windows"}
_MARKS = tuple(name.encode() for name in (*_IN_EXTENSION, _IN_TERMINAL))


class EditorVariables(NamedTuple):
    """What one setting of one file says, name → value."""

    path: str
    setting: str
    values: dict[str, str]


def editor_variables(environ: Mapping[str, str], directory: str) -> list[EditorVariables]:
    """All that such settings say to sessions in that directory; what cannot be read says nothing."""
    found: list[EditorVariables] = []
    for path in _files(environ, directory):
        try:
            data = read_bytes(path) or b""
        except PkccError:
            continue
        if any(mark in data for mark in _MARKS):
            found += _said(path, data)
    return found


def _files(environ: Mapping[str, str], directory: str) -> Iterator[str]:
    """The editors' settings of the user, of remote hosts and of the workspace, as far as they are there."""
    for opened in dict.fromkeys((directory, repository_root(directory) or directory)):
        yield os.path.join(opened, ".vscode", SETTINGS_FILE)
        yield from _in_directory(opened, _WORKSPACE)
    try:
        own = home(environ)
    except PkccError:
        return
    base = _base(environ, own)
    for product in _PRODUCTS:
        user = os.path.join(base, product, "User")
        if os.path.isdir(user):
            yield os.path.join(user, SETTINGS_FILE)
            profiles = _in_directory(os.path.join(user, "profiles"))
            yield from (os.path.join(profile, SETTINGS_FILE) for profile in profiles)
    servers = [os.path.join(own, name, "data") for name in SERVERS]
    servers.append(os.path.join(environ.get("XDG_DATA_HOME") or os.path.join(own, ".local/share"), _BROWSER))
    for server in servers:
        if os.path.isdir(server):
            yield os.path.join(server, "Machine", SETTINGS_FILE)
            yield os.path.join(server, "User", SETTINGS_FILE)


def _base(environ: Mapping[str, str], own: str) -> str:
    if sys.platform == "darwin":
        return os.path.join(own, "Library", "Application Support")
    if sys.platform == "win32":
        return environ.get("APPDATA") or os.path.join(own, "AppData", "Roaming")
    return environ.get("XDG_CONFIG_HOME") or os.path.join(own, ".config")


def _in_directory(directory: str, ending: str = "") -> list[str]:
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(ending))
        return [os.path.join(directory, name) for name in names]
    except OSError:
        return []


def _said(path: str, data: bytes) -> Iterator[EditorVariables]:
    root = _commented_json(data.decode("utf-8-sig", "replace"))
    if path.endswith(_WORKSPACE) and isinstance(root, dict):
        root = root.get("settings")
    if not isinstance(root, dict):
        return
    terminal = _IN_TERMINAL + _SYSTEMS.get(sys.platform, "linux")
    for setting in (*_IN_EXTENSION, terminal):
        said = root.get(setting)
        values = dict(_rows(said)) if isinstance(said, list) else said
        if isinstance(values, dict):
            texts = {name: value for name, value in values.items() if _is_as_it_stands(value)}
            if texts:
                yield EditorVariables(path, setting, texts)


def _rows(said: list[Any]) -> Iterator[tuple[str, Any]]:
    for row in said:
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            yield row["name"], row.get("value")


def _is_as_it_stands(value: object) -> bool:
    """Whether a value is a text, with nothing in it (`${env:HOME}`) that the editor replaces."""
    return isinstance(value, str) and "${" not in value


def _commented_json(text: str) -> Any:
    """The value of a JSON text with comments and trailing commas; None where it is none even so."""
    import json
    import re

    # What is never closed runs to the end: else each further sign of it would be tried up to there again.
    string = r'("(?:[^"\\]|\\.)*+"?)'
    text = re.sub(
        string + r"|//[^\n]*|/\*.*?(?:\*/|\Z)", lambda found: found[1] or " ", text, flags=re.DOTALL
    )
    text = re.sub(string + r"|,(?=\s*[}\]])", lambda found: found[1] or "", text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
