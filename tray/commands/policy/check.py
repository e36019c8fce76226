"""policy check: what is wrong in a policy's file, before it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.policy.check import check_policy
from tray.commands.options import read_given_file
from tray.terminal.results import Report, report
from tray.terminal.words.administrator.policy import checked_policy

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_policy_check(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument(
        "file", metavar="FILE", help="a policy as JSON, a property list or a profile; - for standard input"
    )


def policy_check(app: App, file: str) -> Report:
    """Every problem with its line and column; exit code 1 when there is one."""
    checked = check_policy(file, read_given_file(file))
    return report(checked, checked_policy, exit_code=1 if checked.findings else 0)
