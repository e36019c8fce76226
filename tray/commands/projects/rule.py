"""project rule add, list, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.projects import rules as rules_of
from tray.actions.rules import apply_rules
from tray.commands.names import complete_profiles
from tray.commands.pairs import pairs
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_project_rule_add(parser: argparse.ArgumentParser) -> None:
    """GLOB [--profile P] [--metadata K=V …] [--first]."""
    add = parser.add_argument
    add("path", metavar="GLOB", help="such as '~/work/acme/**' (in quotes, or the shell expands it)")
    action = add("--profile", metavar="P", help="the profile that projects there are pinned to")
    action.completer = complete_profiles  # type: ignore[attr-defined]
    add(
        "--metadata",
        metavar="K=V",
        action="append",
        default=[],
        help="metadata over the profile's (repeatable)",
    )
    add("--exclude", action="store_true", help="have git ignore the file of each project it makes")
    add("--first", action="store_true", help="put it before the others: the first rule that matches decides")


def project_rule_add(
    app: App, path: str, *, profile: str | None, metadata: list[str], exclude: bool, first: bool
) -> Result:
    """Keep a rule; `project sync` applies it."""
    try:
        rule = rules_of.checked(
            rules_of.Rule(path, profile, pairs("--metadata", metadata, "team=engineering"), exclude)
        )
    except ValueError as error:
        raise UsageError(f"--metadata: {error}", "For example: --metadata team=engineering") from None
    if profile is not None:
        app.store.rendered(profile)
    with app.steps.doing("project rule add", f"project rule add {path}") as doing:
        file_path = rules_of.rules_path(app.locations)
        rules = rules_of.with_rule(rules_of.load_rules(file_path), rule, first=first)
        doing.write({}, rules_of.encode_rules(rules))
    data = {**rule._asdict(), "number": rules.index(rule) + 1, "file": file_path}
    return Result("project_rule", data)


def project_rule_list(app: App) -> Result:
    """All rules in the order in which they are tried."""
    path = rules_of.rules_path(app.locations)
    return Result(
        "project_rules", {"rules": [rule._asdict() for rule in rules_of.load_rules(path)], "file": path}
    )


def arguments_project_rule_remove(parser: argparse.ArgumentParser) -> None:
    """GLOB, or its number."""
    parser.add_argument("path", metavar="GLOB", help="its path or number, as `project rule list` shows it")


def project_rule_remove(app: App, path: str) -> Result:
    """Forget a rule, and put back each project that it alone made."""
    file_path = rules_of.rules_path(app.locations)
    path = rules_of.path_of(rules_of.load_rules(file_path), path)
    with app.steps.doing("project rule remove", f"project rule remove {path}") as doing:
        doing.write({}, rules_of.encode_rules(rules_of.without_rule(rules_of.load_rules(file_path), path)))
        doing.with_projects()
        made = [each.directory for each in app.projects.registry().projects.values() if each.rule == path]
        applied = apply_rules(app, made)
    notes = [f"{each.directory}: {each.problem}. {each.remedy}".rstrip() for each in applied if each.problem]
    removed = [each.directory for each in applied if each.action == "removed" and not each.problem]
    return Result("project_rule_removed", {"path": path, "removed": removed}, tuple(notes))
