"""Rules: which directories take part as projects by their path alone, and with what.

`rules.json` in the configuration directory, an ordered list that may be edited by hand. The first rule that
matches decides, as in ssh's configuration: what happens can be read off the list from the top, and where two
globs overlap their order says which one is meant, which "the most specific" would have to guess.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.names import check_profile_name
from profiles.base.text import named, printable
from profiles.files.json_documents import readable, refuse_newer, version_of
from profiles.files.read import read_bytes
from profiles.profile.schema.fields import check_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.locations import Locations

_VERSION = 1


class Rule(NamedTuple):
    """`path` is a glob over whole directories: `*` and `?` stay within one name, `**` spans any number.

    With `exclude`, git ignores the file of each project that it makes.
    """

    path: str
    profile: str | None = None
    metadata: dict[str, str] = {}  # noqa: RUF012 - never changed in place
    exclude: bool = True


# The file --------------------------------------------------------------------------------------------------


def rules_path(locations: Locations) -> str:
    """Where the rules lie."""
    return os.path.join(locations.config_dir, "rules.json")


def load_rules(path: str) -> list[Rule]:
    """All rules in order. Raises PkccError that names the file, the rule's number and what is wrong."""
    data = read_bytes(path)
    if data is None:
        return []
    from profiles.files.json_documents import parse_json

    plain = parse_json(path, data, unique_keys=True)
    refuse_newer(plain, path, _VERSION)
    if not isinstance(plain, dict) or version_of(plain) < 1 or not isinstance(plain.get("rules"), list):
        raise PkccError(
            f'{path} must hold {{"version": {_VERSION}, "rules": [...]}}', "Correct it, or move it away."
        )
    rules = []
    for number, each in enumerate(plain["rules"], start=1):
        try:
            rules.append(_parsed(each))
        except (ValueError, UsageError) as error:
            reason = error.title if isinstance(error, UsageError) else str(error)
            raise PkccError(f"{path}: rule {number}: {reason}", "Correct it, or remove it.") from None
    return rules


def _parsed(plain: object) -> Rule:
    if not isinstance(plain, dict):
        raise ValueError("is no object")  # noqa: TRY004 - one kind of error for all that is wrong in a file
    for key in plain:
        if key not in Rule._fields:
            raise ValueError(f"{printable(str(key))!r} is not known: path, profile, metadata and exclude are")
    path, profile, metadata = plain.get("path"), plain.get("profile"), plain.get("metadata", {})
    exclude = plain.get("exclude", True)
    if not isinstance(path, str) or not isinstance(profile, str | None) or not isinstance(metadata, dict):
        raise ValueError("path and profile must be text, metadata an object")  # noqa: TRY004
    if not isinstance(exclude, bool):
        raise ValueError("exclude must be true or false")  # noqa: TRY004
    return checked(Rule(path, profile, metadata, exclude))


def checked(rule: Rule) -> Rule:
    """The rule itself. Raises UsageError or ValueError where it is of no use."""
    if not rule.path.startswith(("/", "~/")) and not re.match(r"[A-Za-z]:[\\/]", rule.path):
        raise UsageError(
            "A rule's path must be absolute", "Begin it with / or ~/, such as ~/work/acme/** in quotes."
        )
    if rule.path.rstrip("/") in ("", "~", "/**", "~/**") or "/../" in f"{rule.path}/":
        raise UsageError(
            f"{printable(rule.path)!r} is too wide, or goes up again",
            "Name a directory, such as ~/work/acme/**.",
        )
    if rule.profile is not None:
        check_profile_name(rule.profile)
    check_metadata(rule.metadata)
    if rule.profile is None and not rule.metadata:
        raise UsageError("A rule without profile and metadata does nothing", "Give it one of the two.")
    return rule


def encode_rules(rules: Sequence[Rule]) -> bytes:
    """The file's bytes, with the rules in that order."""
    usual = Rule._field_defaults
    plain = [
        {key: value for key, value in rule._asdict().items() if value != usual.get(key)} for rule in rules
    ]
    return readable({"version": _VERSION, "rules": plain})


def with_rule(rules: Sequence[Rule], rule: Rule, *, first: bool = False) -> list[Rule]:
    """The rules with one more. Raises ConflictError where one has that very path."""
    if any(each.path == rule.path for each in rules):
        raise ConflictError(
            f"There is a rule for {printable(rule.path)} already",
            f"Remove that one first: `pkcc-tray project rule remove '{rule.path}'`.",
        )
    return [rule, *rules] if first else [*rules, rule]


def path_of(rules: Sequence[Rule], given: str) -> str:
    """The path of the rule with that number, as the list has it; whatever is no number of one is itself."""
    return {str(number): rule.path for number, rule in enumerate(rules, start=1)}.get(given, given)


def without_rule(rules: Sequence[Rule], path: str) -> list[Rule]:
    """The rules without the one for that path. Raises NotFoundError."""
    kept = [each for each in rules if each.path != path]
    if len(kept) == len(rules):
        raise NotFoundError(f"There is no {named('rule', path)}", "`pkcc-tray project rule list` shows all.")
    return kept


def with_changed(rules: Sequence[Rule], path: str, rule: Rule) -> list[Rule]:
    """The rules with that one in place of the one for that path.

    Raises NotFoundError where there is none, ConflictError where another has the new one's path.
    """
    others = without_rule(rules, path)
    with_rule(others, rule)
    return [rule if each.path == path else each for each in rules]


def with_moved(rules: Sequence[Rule], path: str, by: int) -> list[Rule]:
    """The rules with the one for that path `by` places further down, at most to the end.

    Raises NotFoundError.
    """
    others = without_rule(rules, path)
    place = next(number for number, each in enumerate(rules) if each.path == path)
    others.insert(max(0, min(len(others), place + by)), rules[place])
    return others


def renamed(rules: Sequence[Rule], old: str, new: str) -> list[Rule]:
    """The rules with a profile's new name."""
    return [each._replace(profile=new) if each.profile == old else each for each in rules]
