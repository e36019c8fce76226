"""Rules that are kept and hold at once, as one step: the clones they are for become projects with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import printable
from profiles.projects.rules import rules as rules_of
from tray.actions.projects.rules import apply_rules, check_profile, rule_directories

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.projects.rules.rules import Rule
    from tray.actions.projects.rules import Applied
    from tray.app import App


class InForce(NamedTuple):
    """A rule that holds now, its number in the order in which rules are tried, and what it did to whom."""

    rule: Rule
    number: int
    applied: tuple[Applied, ...]


def put_in_force(app: App, rule: Rule) -> InForce:
    """Keep a rule behind the others. Raises NotFoundError for no profile, ConflictError for a known path."""
    check_profile(app, rule)
    return _put(app, "add", rule.path, lambda rules: rules_of.with_rule(rules, rule))


def change_rule(app: App, path: str, rule: Rule) -> InForce:
    """Have the rule for that path be another one, at the same place. Raises PkccError as above."""
    check_profile(app, rule)
    return _put(app, "change", rule.path, lambda rules: rules_of.with_changed(rules, path, rule))


def move_rule(app: App, path: str, by: int) -> InForce:
    """Move a rule that many places down, or up where it is negative. Raises NotFoundError."""
    return _put(app, "move", path, lambda rules: rules_of.with_moved(rules, path, by))


def _put(app: App, what: str, path: str, change: Callable[[list[Rule]], list[Rule]]) -> InForce:
    file = rules_of.rules_path(app.locations)
    directories = rule_directories(app, change(rules_of.load_rules(file)))  # looked for before anything waits
    with app.steps.doing(f"project rule {what}", f"project rule {what} {printable(path)}") as doing:
        rules = change(rules_of.load_rules(file))
        doing.write({}, rules_of.encode_rules(rules))
        doing.with_projects()
        applied = apply_rules(app, directories)
    number = next(number for number, each in enumerate(rules, start=1) if each.path == path)
    return InForce(rules[number - 1], number, tuple(applied))
