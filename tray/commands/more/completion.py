"""completion: commands, options and profile names, completed by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_SHELLS = ("bash", "zsh", "fish", "powershell")


class Completion(NamedTuple):
    """The script that makes a shell complete our commands."""

    shell: str
    script: str


def arguments_completion(parser: argparse.ArgumentParser) -> None:
    """SHELL."""
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help="one of " + ", ".join(_SHELLS))


def completion(app: App, shell: str) -> Report:
    """The script that a shell's start-up file evaluates, for commands, options and profile names."""
    from argcomplete.shell_integration import shellcode

    script = shellcode(["pkcc-tray"], shell=shell)
    return Report(Completion(shell, script), raw=script + "\n")
