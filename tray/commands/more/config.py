"""config check, config show."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.actions.more.config import ConfigId, check_config_text, used_config
from tray.commands.names import add_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.more import checked_config

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_check(parser: argparse.ArgumentParser) -> None:
    """FILE [--self-hosted]."""
    parser.add_argument("file", metavar="FILE", help="a Portkey config as JSON; - for standard input")
    flag(parser, "--self-hosted", "check for the open-source gateway")


def config_check(app: App, file: str, *, self_hosted: bool) -> Report:
    """Every error and warning, each with the path to its field; exit code 1 when there is an error."""
    checked = check_config_text(file, _read(file), self_hosted=self_hosted)
    failed = any(finding.level == "error" for finding in checked.findings)
    return report(checked, checked_config, exit_code=1 if failed else 0)


def _read(file: str) -> bytes:
    from profiles.profile.config_file import read_config_bytes

    if file == "-":
        from profiles.files.read import MAX_BYTES
        from tray.terminal.prompts import read_piped

        return read_piped(MAX_BYTES)
    path = os.path.abspath(os.path.expanduser(file))
    if not os.path.exists(path):
        raise PkccError(f"There is no file {path}", "Check its path; - reads standard input.")
    return read_config_bytes(path)


def arguments_config_show(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def config_show(app: App, name: str) -> Report:
    """The Portkey config that a profile uses; its secrets are references, never values."""
    used = used_config(app, name)
    if isinstance(used, ConfigId):
        return report(used, lambda used: [used.id])
    return Report(used, raw=json.dumps(used.config, indent=2) + "\n")
