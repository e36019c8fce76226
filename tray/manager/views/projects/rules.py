"""The rules' rows, and what a rule fits, made from what actions found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.hashing import text_digest
from profiles.base.text import counted, printable
from tray.manager.views.projects.rows import Words, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.projects.rules.rules import Rule
    from tray.actions.more.glance.clones import Fitting
    from tray.actions.projects.rules_in_force import InForce
    from tray.manager.views.look import Look

_NAMED = 3


class RuleRow(NamedTuple):
    """A rule's row."""

    id: str
    number: int
    path: str
    fits: str
    metadata: tuple[tuple[str, str], ...]
    profile: str
    is_first: bool
    is_last: bool


def rule_id(rule: Rule) -> str:
    """What a page's address calls it."""
    return text_digest(rule.path, size=8)


def rule_rows(look: Look, rules: Sequence[Rule], fitting: Sequence[Fitting]) -> list[RuleRow]:
    """The rules in their order."""
    return [
        RuleRow(
            rule_id(rule),
            number,
            printable(rule.path, 200),
            _fits(fit),
            tuple((printable(name, 64), printable(value, 128)) for name, value in rule.metadata.items()),
            f"Pin to {look.label(rule.profile)}" if rule.profile else "Follow the profile in use",
            number == 1,
            number == len(rules),
        )
        for number, (rule, fit) in enumerate(zip(rules, fitting, strict=True), start=1)
    ]


def _fits(fit: Fitting) -> str:
    """Such as `6 clones today, 4 not covered above`."""
    count = f"{'' if fit.is_all else 'At least '}{counted(len(fit.fits), 'clone')} today"
    if not fit.fits:
        return "No clone today" if fit.is_all else "No clone found yet"
    if len(fit.decides) == len(fit.fits):
        return count
    return f"{count}, {len(fit.decides) or 'none'} not covered above"


def fits_words(fit: Fitting) -> Words:
    """Such as `Fits 3 clones today: north/shop, north/api, south/web`."""
    if not fit.fits:
        return Words("none", "Fits no clone today. Those that come later become projects by themselves.")
    at_least = "" if fit.is_all else "at least "
    covered = len(fit.fits) - len(fit.decides)
    above = f". A rule above decides for {covered} of them" if covered else ""
    return Words("ok", f"Fits {at_least}{counted(len(fit.fits), 'clone')} today: {_named(fit.fits)}{above}")


def _named(directories: Sequence[str]) -> str:
    names = ", ".join(map(_short, directories[:_NAMED]))
    return names + (f" and {len(directories) - _NAMED} more" if len(directories) > _NAMED else "")


def in_force_lines(found: InForce, home: str) -> tuple[str, ...]:
    """What a rule that holds from now on did."""
    lines = []
    for action, words in (("added", "now"), ("removed", "no longer")):
        fine = (each for each in found.applied if each.action == action and not each.problem)
        done = sorted(each.directory for each in fine)
        if done:
            are = "is a project" if len(done) == 1 else "are projects"
            lines.append(f"{counted(len(done), 'clone')} {are} {words}: {_named(done)}")
    changed = sum(each.action == "changed" and not each.problem for each in found.applied)
    if changed:
        lines.append(f"{counted(changed, 'project')} changed with it")
    wrong = [each for each in found.applied if each.problem or each.note]
    lines += [
        in_words(f"{each.directory}: {each.problem or each.note}. {each.remedy}".rstrip(), home)
        for each in wrong[:_NAMED]
    ]
    return (*lines, *([f"And {len(wrong) - _NAMED} more: see the list"] if len(wrong) > _NAMED else []))


def _short(directory: str) -> str:
    """Its last two names, such as `north/shop`."""
    return printable("/".join(directory.replace("\\", "/").rstrip("/").split("/")[-2:]), 60)
