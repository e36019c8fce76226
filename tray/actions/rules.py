"""The user's rules on which projects take part: what a change of a profile means to them."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.projects import rules as rules_of

if TYPE_CHECKING:
    from profiles.projects.rules import Rule
    from tray.app import App


def rules_renamed(app: App, old: str, new: str) -> bytes | None:
    """The rules' file with a profile's new name; None where none has the old one."""
    rules = rules_of.load_rules(rules_of.rules_path(app.locations))
    after = rules_of.renamed(rules, old, new)
    return None if after == rules else rules_of.encode_rules(after)


def rules_with(app: App, name: str) -> list[Rule]:
    """The rules that name that profile."""
    return [rule for rule in rules_of.load_rules(rules_of.rules_path(app.locations)) if rule.profile == name]
