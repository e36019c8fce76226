"""The user's rules on which projects take part: kept, applied, and changed with a profile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.locations import home
from profiles.claude_code.settings.project_root import project_root
from profiles.profile.under_policy import check_pin
from profiles.projects.rules import rules as rules_of
from profiles.projects.rules.matching import clones_below, compiled, first_match
from profiles.projects.rules.remotes import catalog_rules, joined, rule_for
from profiles.switching.memory.project_registry import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from profiles.projects.rules.rules import Rule
    from tray.app import App


class Applied(NamedTuple):
    """What a rule did to one directory: `added`, `changed` or `removed`; `problem` where it could not.

    `note`: what git does with the project's file otherwise than it should.
    """

    directory: str
    action: str
    problem: str = ""
    remedy: str = ""
    note: str = ""


class KeptRule(NamedTuple):
    """A rule that was kept, its number in the order in which they are tried, and the file of all."""

    path: str
    profile: str | None
    metadata: Mapping[str, str]
    exclude: bool
    number: int
    file: str


class RuleList(NamedTuple):
    """All rules in the order in which they are tried, and their file."""

    rules: tuple[Rule, ...]
    file: str


class RemovedRule(NamedTuple):
    """A rule that was forgotten, and the projects that were put back with it."""

    path: str
    removed: tuple[str, ...]


def all_rules(app: App) -> RuleList:
    """The rules as the file has them."""
    path = rules_of.rules_path(app.locations)
    return RuleList(tuple(rules_of.load_rules(path)), path)


def add_rule(app: App, rule: Rule, *, first: bool) -> KeptRule:
    """Keep a rule, before or behind the others; `sync` applies it. Raises NotFoundError for no profile."""
    check_profile(app, rule)
    with app.steps.doing("project rule add", f"project rule add {rule.path}") as doing:
        path = rules_of.rules_path(app.locations)
        rules = rules_of.with_rule(rules_of.load_rules(path), rule, first=first)
        doing.write({}, rules_of.encode_rules(rules))
    return KeptRule(*rule, number=rules.index(rule) + 1, file=path)


def check_profile(app: App, rule: Rule) -> None:
    """Raises PkccError where the rule names a profile that is not there, or not allowed."""
    if rule.profile is not None:
        app.store.rendered(rule.profile)
        check_pin(rule.profile)


def remove_rule(app: App, path_or_number: str) -> tuple[RemovedRule, tuple[str, ...]]:
    """Forget a rule, and put back each project that it alone made; and notes."""
    file_path = rules_of.rules_path(app.locations)
    path = rules_of.path_of(rules_of.load_rules(file_path), path_or_number)
    with app.steps.doing("project rule remove", f"project rule remove {path}") as doing:
        doing.write({}, rules_of.encode_rules(rules_of.without_rule(rules_of.load_rules(file_path), path)))
        doing.with_projects()
        made = [each.directory for each in app.projects.registry().projects.values() if each.rule == path]
        applied = apply_rules(app, made)
    notes = [f"{each.directory}: {each.problem}. {each.remedy}".rstrip() for each in applied if each.problem]
    notes += git_notes(applied)
    removed = [each.directory for each in applied if each.action == "removed" and not each.problem]
    return RemovedRule(path, tuple(removed)), tuple(notes)


def apply_rules(app: App, directories: Iterable[str]) -> list[Applied]:
    """Register the directories that a rule is for: clones, or one that a session just started in.

    What a rule made is changed with it, and put back when no rule is for it any more. What the user
    registered or removed by hand is left alone. Raises PkccError only for rules or a registry that cannot
    be read.
    """
    rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    published = catalog_rules(app.locations)
    registry = app.projects.registry()
    if not rules and not published and not any(project.rule for project in registry.projects.values()):
        return []
    matchers = compiled(rules, home(app.environ))
    applied: list[Applied | None] = []
    for root in dict.fromkeys(map(project_root, directories)):
        known = registry.projects.get(root)
        if root in registry.declined or not os.path.isdir(root) or (known is not None and known.rule is None):
            continue
        rule = joined(first_match(matchers, root), rule_for(published, root))
        if rule is None and known is not None:
            applied.append(_apply(app, known, None))
        elif rule is not None:
            wanted = (known or Project(root))._replace(
                profile=rule.profile, metadata=rule.metadata, rule=rule.path, exclude=rule.exclude
            )
            if wanted != known:
                applied.append(_apply(app, known, wanted))
    return [each for each in applied if each is not None]


def _apply(app: App, known: Project | None, wanted: Project | None) -> Applied | None:
    """None where another command said something else of that project meanwhile: it counts."""
    action = "removed" if wanted is None else "added" if known is None else "changed"
    project = wanted or known
    directory = "" if project is None else project.directory
    outcome = None
    try:
        with app.switcher.holding() as state:
            if app.projects.known(directory, state) != (known or Project(directory)):
                return None
            if wanted is not None:
                app.projects.check(wanted)
                outcome = app.projects.put(wanted, state)
            elif known is not None:
                outcome = app.projects.remove(known, state)
    except PkccError as error:
        return Applied(directory, action, error.title, error.hint)
    return Applied(directory, action, note="" if outcome is None else outcome.git_note)


def git_notes(applied: Iterable[Applied]) -> list[str]:
    """A note for each project whose file git does not take as it should."""
    return [f"{each.directory}: {each.note}" for each in applied if each.note]


def rule_directories(app: App, rules: Sequence[Rule] | None = None) -> list[str]:
    """Where rules may have something to do: clones below their paths, running sessions, what they made.

    `rules`: those that are to hold, where they are not kept yet.
    """
    from profiles.claude_code.process.sessions import running_sessions

    if rules is None:
        rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    found = [app.directory]
    found += [each.directory for each in running_sessions(*app.locations.session_dirs) if each.directory]
    for matcher in compiled(rules, home(app.environ)):
        found += clones_below(matcher)
    return [*found, *(each.directory for each in app.projects.registry().projects.values() if each.rule)]


def rules_renamed(app: App, old: str, new: str) -> bytes | None:
    """The rules' file with a profile's new name; None where none has the old one."""
    rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    after = rules_of.renamed(rules, old, new)
    return None if after == rules else rules_of.encode_rules(after)


def rules_with(app: App, name: str) -> list[Rule]:
    """The rules that name that profile."""
    return [rule for rule in rules_of.load_rules(rules_of.rules_path(app.locations)) if rule.profile == name]
