"""Which rule is for a directory: globs over whole directories, matched without a slow pattern."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.projects.rules.rules import Rule


_SPECIAL = re.compile(r"[*?\[]")
_DEPTH = 6  # directories below a rule's fixed part in which clones are looked for


class Matcher(NamedTuple):
    """One rule, ready to be matched. Most are settled by the one name that must stand at one place."""

    rule: Rule
    fixed: str
    parts: list[str]
    place: int
    name: str

    @classmethod
    def of(cls, rule: Rule, home: str, known: dict[str, str] | None = None) -> Matcher:
        """The rule's matcher, links in its fixed part followed; `~` is `home`. `known`: see `_followed`."""
        path = _slashed(home) + rule.path[1:] if rule.path.startswith("~") else _slashed(rule.path)
        parts = path.rstrip("/").split("/")
        special = next((number for number, part in enumerate(parts) if _SPECIAL.search(part)), len(parts))
        fixed = _followed("/".join(parts[:special]), {} if known is None else known)
        parts = [*fixed.split("/"), *parts[special:]]
        special = fixed.count("/") + 1
        sure = parts[: parts.index("**")] if "**" in parts else parts
        place = max(
            number for number, part in enumerate(sure) if number < special or not _SPECIAL.search(part)
        )
        return cls(rule, fixed, parts[special:], place, parts[place])

    def matches(self, directory: str) -> bool:
        """Whether the rule is for that absolute directory."""
        if not directory.startswith(self.fixed):
            return False
        rest = directory[len(self.fixed) :]
        if rest and not rest.startswith("/"):
            return False
        return fits_names(self.parts, rest.split("/")[1:])


def _followed(path: str, known: dict[str, str]) -> str:
    """The path with links followed; `known` keeps what was found of its parents: most rules share theirs."""
    parent, _, name = path.rpartition("/")
    if not parent:
        return path
    if parent not in known:
        # With its slash: a drive's letter alone means the directory that is current there.
        known[parent] = _slashed(os.path.realpath(f"{parent}/"))
    found = f"{known[parent].rstrip('/')}/{name}"
    return _slashed(os.path.realpath(found)) if os.path.islink(found) else found


def _slashed(path: str) -> str:
    return path.replace("\\", "/") if os.name == "nt" else path


def fits_names(parts: list[str], names: list[str]) -> bool:
    """Whether the names fit the parts. Only the last `**` seen ever has to take more: no pattern is slow."""
    part = name = 0
    again: tuple[int, int] | None = None
    while name < len(names):
        if part < len(parts) and parts[part] == "**":
            again, part = (part, name), part + 1
        elif part < len(parts) and _fits(parts[part], names[name]):
            part, name = part + 1, name + 1
        elif again is not None:
            again = (again[0], again[1] + 1)
            part, name = again[0] + 1, again[1]
        else:
            return False
    return all(left == "**" for left in parts[part:])


def _fits(part: str, name: str) -> bool:
    if part == name or part == "*":
        return True
    if not _SPECIAL.search(part):
        return False
    from fnmatch import fnmatchcase

    return fnmatchcase(name, part)


def compiled(rules: Sequence[Rule], home: str) -> list[Matcher]:
    """The rules, ready to be matched against many directories."""
    known: dict[str, str] = {}
    return [Matcher.of(rule, home, known) for rule in rules]


def first_match(matchers: Sequence[Matcher], directory: str) -> Rule | None:
    """The first rule for that absolute directory (links followed), None when there is none."""
    path = _slashed(directory)
    names = path.split("/")
    count = len(names)
    for matcher in matchers:
        _, _, _, place, name = matcher
        if place < count and names[place] == name and matcher.matches(path):
            return matcher.rule
    return None


def clones_below(matcher: Matcher, is_over: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """The git clones that are there and that the rule is for: found by `.git`, and not looked into.

    No further directory is looked into once `is_over` says so.
    """
    todo = [(matcher.fixed or "/", 0)]
    while todo and not is_over():
        directory, depth = todo.pop()
        try:
            with os.scandir(directory) as entries:
                names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
        except OSError:
            continue
        if ".git" in names:
            if matcher.matches(_slashed(directory)):
                yield directory
        elif depth < _DEPTH:
            below = [name for name, is_directory in names.items() if is_directory]
            todo += [
                (os.path.join(directory, name), depth + 1)
                for name in below
                if not name.startswith(".") and name != "node_modules"
            ]
