"""project rule add, list, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.projects.rules.rules import Rule, checked
from tray.actions.projects.rules import add_rule, all_rules, remove_rule
from tray.commands.options import add_profile, flag, flag_or_no, pairs, repeatable
from tray.terminal.results import Report, report
from tray.terminal.words.projects import kept_rule, removed_rule, rule_list

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_project_rule_add(parser: argparse.ArgumentParser) -> None:
    """GLOB [--profile P] [--metadata K=V …] [--no-exclude] [--first]."""
    parser.add_argument(
        "path", metavar="GLOB", help="such as '~/work/acme/**' (in quotes, or the shell expands it)"
    )
    add_profile(parser, "the profile that projects there are pinned to")
    repeatable(parser, "--metadata", "K=V", "metadata over the profile's")
    flag_or_no(parser, "--exclude", "have git ignore the file of each project it makes (the default)")
    flag(parser, "--first", "put it before the others: the first rule that matches decides")


def project_rule_add(
    app: App, path: str, *, profile: str | None, metadata: list[str], exclude: bool | None, first: bool
) -> Report:
    """Keep a rule; `project sync` applies it."""
    try:
        found = pairs("--metadata", metadata, "team=engineering")
        rule = checked(Rule(path, profile, found, exclude is not False))
    except ValueError as error:
        raise UsageError(f"--metadata: {error}", "For example: --metadata team=engineering") from None
    return report(add_rule(app, rule, first=first), kept_rule)


def project_rule_list(app: App) -> Report:
    """All rules in the order in which they are tried."""
    return report(all_rules(app), rule_list)


def arguments_project_rule_remove(parser: argparse.ArgumentParser) -> None:
    """GLOB, or its number."""
    parser.add_argument("path", metavar="GLOB", help="its path or number, as `project rule list` shows it")


def project_rule_remove(app: App, path: str) -> Report:
    """Forget a rule, and put back each project that it alone made."""
    removed, notes = remove_rule(app, path)
    return report(removed, removed_rule, notes=notes)
