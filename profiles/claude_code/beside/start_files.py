"""The files that shells read as they start: what they export or alias, Claude Code is started with."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHELL = (
    ".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_aliases", ".zshrc", ".zshenv", ".zprofile",
    ".zlogin", ".zsh_aliases", ".aliases",
)  # fmt: skip
_MOST = 1000


def start_files(environ: Mapping[str, str], home: str) -> list[tuple[str, str]]:
    """Kind and path of each shell's start file that is there, those that usually hold aliases among them."""
    return [(kind, path) for kind, path in _places(environ, home) if os.path.isfile(path)]


def _places(environ: Mapping[str, str], home: str) -> Iterator[tuple[str, str]]:
    for directory in dict.fromkeys((home, environ.get("ZDOTDIR") or home)):
        yield from (("shell", os.path.join(directory, name)) for name in _SHELL)
    usual = os.path.join(home, ".config")
    configs = dict.fromkeys((environ.get("XDG_CONFIG_HOME") or usual, usual))
    for config in configs:
        yield "fish", os.path.join(config, "fish", "config.fish")
        for part in ("conf.d", "functions"):
            yield from (("fish", path) for path in _fish_files(os.path.join(config, "fish", part)))
        yield "nushell", os.path.join(config, "nushell", "env.nu")
    windows = [os.path.join(home, "Documents", name) for name in ("PowerShell", "WindowsPowerShell")]
    for base in (*(os.path.join(config, "powershell") for config in configs), *windows):
        for name in ("Microsoft.PowerShell_profile.ps1", "profile.ps1"):
            yield "powershell", os.path.join(base, name)


def _fish_files(directory: str) -> list[str]:
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    found = [name for name in names if name.endswith(".fish") and not name.startswith(".")]
    return [os.path.join(directory, name) for name in found[:_MOST]]
