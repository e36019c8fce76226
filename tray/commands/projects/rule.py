"""project rule add, list, remove; and applying the rules to directories."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.base.locations import home
from profiles.claude_code.settings.project_root import project_root
from profiles.projects import git_safety
from profiles.projects import rules as rules_of
from profiles.switching.memory.project_registry import Project
from tray.actions.shared import complete_profiles
from tray.commands.pairs import pairs
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from tray.app import App


class Applied(NamedTuple):
    """What a rule did to one directory: `added`, `changed` or `removed`; `problem` where it could not."""

    directory: str
    action: str
    problem: str = ""
    remedy: str = ""


def apply_rules(app: App, directories: Iterable[str]) -> list[Applied]:
    """Register the directories that a rule is for: clones, or one that a session just started in.

    What a rule made is changed with it, and put back when no rule is for it any more. What the user
    registered or removed by hand is left alone. Raises PkccError only for rules or a registry that cannot
    be read.
    """
    rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    registry = app.projects.registry()
    if not rules and not any(project.rule for project in registry.projects.values()):
        return []
    matchers = rules_of.compiled(rules, home(app.environ))
    applied: list[Applied | None] = []
    for root in dict.fromkeys(map(project_root, directories)):
        known = registry.projects.get(root)
        if root in registry.declined or not os.path.isdir(root) or (known is not None and known.rule is None):
            continue
        rule = rules_of.first_match(matchers, root)
        if rule is None and known is not None:
            applied.append(_apply(app, known, None))
        elif rule is not None:
            wanted = (known or Project(root))._replace(
                profile=rule.profile, metadata=rule.metadata, rule=rule.path
            )
            if wanted != known:
                applied.append(_apply(app, known, wanted, exclude=rule.exclude))
    return [each for each in applied if each is not None]


def _apply(
    app: App, known: Project | None, wanted: Project | None, *, exclude: bool = False
) -> Applied | None:
    """None where another command said something else of that project meanwhile: it counts."""
    action = "removed" if wanted is None else "added" if known is None else "changed"
    project = wanted or known
    directory = "" if project is None else project.directory
    try:
        with app.switcher.holding() as state:
            if app.projects.known(directory, state) != (known or Project(directory)):
                return None
            if wanted is not None:
                app.projects.check(wanted)
                if exclude and git_safety.exclude(wanted.settings_path, app.environ):
                    wanted = wanted._replace(excluded=True)
                app.projects.put(wanted, state)
            elif known is not None:
                app.projects.remove(known, state)
                if known.excluded:
                    git_safety.take_back(known.settings_path, app.environ)
    except PkccError as error:
        return Applied(directory, action, error.title, error.hint)
    return Applied(directory, action)


def rule_directories(app: App) -> list[str]:
    """Where rules may have something to do: clones below their paths, running sessions, what they made."""
    from profiles.claude_code.sessions import running_sessions

    rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    found = [app.directory]
    found += [each.directory for each in running_sessions(*app.locations.session_dirs) if each.directory]
    for matcher in rules_of.compiled(rules, home(app.environ)):
        found += rules_of.clones_below(matcher)
    return [*found, *(each.directory for each in app.projects.registry().projects.values() if each.rule)]


# The commands ------------------------------------------------------------------------------------------


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
