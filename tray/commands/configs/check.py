"""config check: what is wrong in a config file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.configs.check import check_config_text
from tray.commands.configs.files import add_config_file
from tray.commands.options import flag, read_given_file
from tray.terminal.results import Report, report
from tray.terminal.words.configs.checked import checked_config

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_check(parser: argparse.ArgumentParser) -> None:
    """FILE [--self-hosted]."""
    add_config_file(parser)
    flag(parser, "--self-hosted", "check for the open-source gateway")


def config_check(app: App, file: str, *, self_hosted: bool) -> Report:
    """Every error and warning, each with the path to its field; exit code 1 when there is an error."""
    checked = check_config_text(file, read_given_file(file), self_hosted=self_hosted)
    failed = any(finding.level == "error" for finding in checked.findings)
    return report(checked, checked_config, exit_code=1 if failed else 0)
