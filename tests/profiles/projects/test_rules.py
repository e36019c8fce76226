"""Which directories a rule is for: a wrong match would send one customer's requests by another's route."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.home.git_repository import repository

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.projects.rules.matching import Matcher, clones_below, compiled, first_match
from profiles.projects.rules.rules import Rule, checked, encode_rules, load_rules, with_rule, without_rule

DRIVE = os.path.splitdrive(os.path.realpath("/"))[0]  # "" but on Windows
HOME = f"{DRIVE}/h"


@pytest.mark.parametrize(
    ("glob", "directory", "fits"),
    [
        ("~/work/acme/**", "/h/work/acme", True),
        ("~/work/acme/**", "/h/work/acme/a/b/c", True),
        ("~/work/acme/**", "/h/work/acme2", False),
        ("~/work/acme/**", "/h/work", False),
        ("~/work/acme/*", "/h/work/acme/a", True),
        ("~/work/acme/*", "/h/work/acme/a/b", False),
        ("~/work/acme/*", "/h/work/acme", False),
        ("~/work/acme", "/h/work/acme", True),
        ("~/work/acme/", "/h/work/acme", True),
        ("~/work/acme", "/h/work/acme/a", False),
        ("~/work/*/api-?/**", "/h/work/acme/api-1/x", True),
        ("~/work/*/api-?/**", "/h/work/acme/api-10", False),
        ("~/**/acme/**/api", "/h/a/b/acme/api", True),
        ("~/**/acme/**/api", "/h/acme/c/acme/d/api", True),
        ("~/**/acme/**/api", "/h/a/acme/api/c", False),
        ("/srv/[ab]*/x", "/srv/alpha/x", True),
        ("/srv/[ab]*/x", "/srv/gamma/x", False),
        ("~/Work/**", "/h/work/a", False),
    ],
)
def test_what_a_glob_is_for(glob: str, directory: str, fits: bool) -> None:
    glob = glob if glob.startswith("~") else DRIVE + glob
    assert Matcher.of(Rule(glob), HOME).matches(DRIVE + directory) is fits


NAMES = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=6)


@given(parts=st.lists(st.sampled_from(["a", "b", "*", "**", "a*"]), max_size=6), names=NAMES)
def test_matching_is_what_its_definition_says(parts: list[str], names: list[str]) -> None:
    def defined(parts: list[str], names: list[str]) -> bool:
        if not parts:
            return not names
        if parts[0] == "**":
            return any(defined(parts[1:], names[taken:]) for taken in range(len(names) + 1))
        fits = {"*": lambda _: True, "a*": lambda name: name.startswith("a")}
        one = fits.get(parts[0], lambda name: name == parts[0])
        return bool(names) and one(names[0]) and defined(parts[1:], names[1:])

    matcher = Matcher.of(Rule("/".join([f"{DRIVE}/r", *parts])), HOME)
    assert matcher.matches("/".join([f"{DRIVE}/r", *names])) is defined(parts, names)


def test_the_first_rule_that_matches_decides() -> None:
    rules = [Rule("~/work/acme/secret/**", "b"), Rule("~/work/**", "a"), Rule("~/work/acme/**", "c")]
    matchers = compiled(rules, HOME)
    assert first_match(matchers, f"{HOME}/work/acme/secret/x") == rules[0]
    assert first_match(matchers, f"{HOME}/work/acme/x") == rules[1]
    assert first_match(matchers, f"{HOME}/private") is None


def test_a_directory_behind_a_link_is_found_by_either_name(tmp_path: Path) -> None:
    """`~/work` on another disk: a session there is known by the real path."""
    (tmp_path / "disk" / "work" / "acme").mkdir(parents=True)
    (tmp_path / "work").symlink_to(tmp_path / "disk" / "work")
    real = str(tmp_path / "disk" / "work" / "acme" / "api")
    for glob in ("~/work/**", "~/work/acme/*", "~/work/*/api"):
        rule = Rule(glob, "p")
        assert first_match(compiled([rule], str(tmp_path)), real) == rule


def test_a_hostile_glob_takes_no_time() -> None:
    matcher = Matcher.of(Rule("/a" + "/**/x" * 40), "/h")
    assert not matcher.matches("/a" + "/x" * 39 + "/y" * 200)


def test_clones_are_found_and_nothing_below_them(tmp_path: Path) -> None:
    for name in ("acme/a", "acme/group/b", "acme/a/vendor/c", "other/d"):
        repository(tmp_path / "work" / name)
    (tmp_path / "work" / "acme" / "no-clone").mkdir()
    (tmp_path / "work" / "acme" / "loop").symlink_to(tmp_path / "work")
    matcher = Matcher.of(Rule("~/work/acme/**"), str(tmp_path))
    work = tmp_path / "work" / "acme"
    assert sorted(clones_below(matcher)) == [str(work / "a"), str(work / "group" / "b")]
    assert [*clones_below(Matcher.of(Rule("~/nowhere/**"), str(tmp_path)))] == []


def test_clones_are_looked_for_six_directories_deep(tmp_path: Path) -> None:
    """A rule for `~/work/**` finds `~/work/customer/2024/team/area/api`, and does not search a whole disk."""
    near = repository(tmp_path / "work" / "1" / "2" / "3" / "4" / "5" / "6")
    repository(tmp_path / "work" / "1" / "2" / "3" / "4" / "5" / "b" / "7")
    assert [*clones_below(Matcher.of(Rule("~/work/**"), str(tmp_path)))] == [str(near)]


def test_rules_survive_the_file(tmp_path: Path) -> None:
    path = str(tmp_path / "rules.json")
    rules = [Rule("~/a/**", "p", {"k": "é"}), Rule("/b", None, {"x": "y"}, True)]
    assert load_rules(path) == []
    Path(path).write_bytes(encode_rules(rules))
    assert load_rules(path) == rules
    assert without_rule(with_rule(rules, Rule("/c", "p"), first=True), "/c") == rules
    with pytest.raises(ConflictError):
        with_rule(rules, Rule("/b", "p"))
    with pytest.raises(NotFoundError):
        without_rule(rules, "/z")


@pytest.mark.parametrize("path", ["work/**", "**", "~", "/", "~/**", "/**", "~/a/../b"])
def test_a_rule_that_would_catch_everything_is_refused(path: str) -> None:
    with pytest.raises(UsageError):
        checked(Rule(path, "p"))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"path": "/a", "command": "x"}, "'command' is not known"),
        ({"path": "/a"}, "does nothing"),
        ({"path": 1, "profile": "p"}, "must be text"),
        ({"path": "/a", "metadata": {"k": 1}}, "'k' must be text"),
        ({"path": "/a", "metadata": {"k": "x" * 129}}, "longer than 128"),
        ({"path": "/a", "profile": "-"}, "cannot be the name"),
        ({"path": "/a", "profile": "p", "exclude": 1}, "exclude must be"),
        ([], "is no object"),
    ],
)
def test_a_hand_edited_rule_that_is_wrong_is_named(tmp_path: Path, rule: object, said: str) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"version": 1, "rules": [{"path": "/x", "profile": "p"}, rule]}))
    with pytest.raises(PkccError) as caught:
        load_rules(str(path))
    assert f"{path}: rule 2: " in caught.value.title
    assert said in caught.value.title


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"version": 2, "rules": []}', "{", '{"version": 1, "rules": 1}']
)
def test_a_damaged_file_is_a_readable_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.json"
    path.write_text(text)
    with pytest.raises(PkccError, match=r"rules\.json"):
        load_rules(str(path))
