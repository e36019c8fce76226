"""schema, completion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App

SHELLS = ("bash", "zsh", "fish", "powershell")


def schema(app: App) -> Result:
    """The JSON Schema of a profile file, for editors."""
    from profiles.profile.model import Profile

    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}
    return Result("schema", document, raw=json.dumps(document, indent=2) + "\n")


def arguments_completion(parser: argparse.ArgumentParser) -> None:
    """SHELL."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="one of " + ", ".join(SHELLS))


def completion(app: App, shell: str) -> Result:
    """The script that a shell's start-up file evaluates, for commands, options and profile names."""
    from argcomplete.shell_integration import shellcode

    script = shellcode(["pkcc-tray"], shell=shell)
    return Result("completion", {"shell": shell, "script": script}, raw=script + "\n")
