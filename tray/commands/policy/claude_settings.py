"""policy claude-settings: a profile as managed settings of Claude Code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.commands.names import add_name
from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_policy_claude_settings(parser: argparse.ArgumentParser) -> None:
    """NAME [--helper PATH] [--format FORMAT]."""
    from profiles.claude_code.settings.managed.forms import FORMS

    add_name(parser)
    parser.add_argument("--helper", metavar="PATH", default="", help="where pkcc-tray lies on the machines")
    meanings = "; ".join(f"{name}: {form.system}" for name, form in FORMS.items())
    parser.add_argument("--format", choices=[*FORMS], default="json", help=meanings)


def policy_claude_settings(app: App, name: str, helper: str, format: str) -> Report:  # noqa: A002 - the option
    """The settings that hold the profile for every user: route, models and helper, all else blank; no key."""
    from tray.actions.policy.claude_settings import claude_settings

    made, notes = claude_settings(app, name, helper, format)
    return Report(made, notes=notes, raw=made.text)
