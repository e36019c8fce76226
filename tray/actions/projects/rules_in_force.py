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


def check_rule(app: App, rule: Rule, instead_of: str | None = None) -> None:
    """Raises NotFoundError for no profile, ConflictError where another rule has the path.

    `instead_of`: the path of the rule whose place it takes.
    """
    check_profile(app, rule)
    _with(rules_of.load_rules(rules_of.rules_path(app.locations)), rule, instead_of)


def put_in_force(app: App, rule: Rule, instead_of: str | None = None) -> InForce:
    """Keep a rule behind the others, or in the place of another one. Raises PkccError as above."""
    check_rule(app, rule, instead_of)
    what = "add" if instead_of is None else "change"
    return _put(app, what, rule.path, lambda rules: _with(rules, rule, instead_of))


def _with(rules: list[Rule], rule: Rule, instead_of: str | None) -> list[Rule]:
    return (
        rules_of.with_rule(rules, rule)
        if instead_of is None
        else rules_of.with_changed(rules, instead_of, rule)
    )


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
