"""schema, completion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App

SHELLS = ("bash", "zsh", "fish", "powershell")


def schema(app: App) -> Report:
    """The JSON Schema of a profile file, for editors."""
    from profiles.profile.model import Profile

    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}
    return Report(document, raw=json.dumps(document, indent=2) + "\n")


class Completion(NamedTuple):
    """The script that makes a shell complete our commands."""

    shell: str
    script: str


def arguments_completion(parser: argparse.ArgumentParser) -> None:
    """SHELL."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="one of " + ", ".join(SHELLS))


def completion(app: App, shell: str) -> Report:
    """The script that a shell's start-up file evaluates, for commands, options and profile names."""
    from argcomplete.shell_integration import shellcode

    script = shellcode(["pkcc-tray"], shell=shell)
    return Report(Completion(shell, script), raw=script + "\n")
