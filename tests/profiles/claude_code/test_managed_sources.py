"""What counts of several administrators' sources; `tests/e2e` has the real client say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.claude_code.settings.managed import Managed
from profiles.claude_code.settings.managed.combine import combined, inherited
from profiles.claude_code.settings.managed.program import Program, program_in

URL, OTHER = {"ANTHROPIC_BASE_URL": "https://file"}, {"ANTHROPIC_MODEL": "m"}
INHERITS = {"wslInheritsWindowsSettings": True}


def source(path: str, root: dict[str, Any] | str) -> Managed:
    return Managed(path, (root if isinstance(root, str) else json.dumps(root)).encode())


def below(device: dict[str, Any], *files: dict[str, Any]) -> list[dict[str, Any]]:
    """What counts of the files under that device policy; the policy itself counts as it is."""
    policy = source("HKLM", device)
    first, *others = combined([policy], [source(str(n), root) for n, root in enumerate(files)])
    assert first == policy
    return [json.loads(each.data) for each in others]


def test_of_a_lower_source_the_variables_count_and_nothing_else() -> None:
    """A lower source's helper or model, taken for one in force, is none of the client's."""
    file = {"env": URL, "model": "opus", "forceLoginMethod": "console"}
    assert below({"env": OTHER}, file) == [{"env": URL}]


@pytest.mark.parametrize("merged", [{}, {"managedSourcesBehavior": "merge"}])
def test_a_lower_source_with_a_helper_gives_no_address(merged: dict[str, str]) -> None:
    """Believed in force, it would let the guard print the key to where requests do not go."""
    files = [{"apiKeyHelper": "hand-out"}, {"env": URL | OTHER}]
    assert below({**merged, "env": {"X": "1"}}, *files) == ([{}, {"env": OTHER}])


def test_a_blank_helper_keeps_no_address_away() -> None:
    assert below({"env": OTHER}, {"env": URL, "apiKeyHelper": " "}) == [{"env": URL}]


def test_merged_a_lower_source_counts_but_for_what_stands_for_a_key_or_a_login() -> None:
    file = {"env": OTHER, "model": "opus", "apiKeyHelper": "hand-out", "forceLoginMethod": "console"}
    assert below({"managedSourcesBehavior": "merge", "x": 1}, file) == [{"model": "opus", "env": OTHER}]


@pytest.mark.parametrize("nothing", [{}, {"env": {}}, {"model": None}, INHERITS])
def test_a_policy_that_says_nothing_leaves_the_files_whole(nothing: dict[str, Any]) -> None:
    files = [source("file", {"env": URL, "apiKeyHelper": "hand-out"})]
    assert combined([source("HKLM", nothing)], files) == files


def test_what_is_no_object_stays_in_sight_wherever_it_is() -> None:
    """With it the client does not start, and a user would look everywhere but there."""
    broken = source("file", "{,}")
    assert combined([source("HKLM", {"env": URL})], [broken])[1] == broken
    assert combined([broken], [])[0] == broken
    unread = Managed("plist", b"", "cannot be read")
    assert combined([unread], []) == [unread]


def test_windows_files_count_inside_wsl_where_one_of_them_says_so() -> None:
    own = [source("/etc", {"env": URL})]
    theirs = [source("win", INHERITS | {"env": OTHER})]
    assert inherited([source("win", {"env": OTHER})], own) == own
    assert inherited(theirs, own) == theirs
    assert inherited([source("win", INHERITS)], own) == own


@pytest.mark.parametrize(
    ("root", "found"),
    [
        ({}, None),
        ({"policyHelper": {"path": None}}, None),
        ({"policyHelper": "x"}, None),
        ({"policyHelper": {"path": "/opt/p"}}, Program("policyHelper", "/opt/p")),
        ({"policyHelpers": {"macos": {"path": "/opt/p"}}}, None),
        (
            {"policyHelpers": {"linux": {"path": "/opt/l", "outputBehavior": "merge"}}},
            Program("policyHelpers.linux", "/opt/l", merges=True),
        ),
        ({"policyHelpers": {"default": {"env": URL}}}, Program("policyHelpers.default", "")),
    ],
)
def test_the_program_that_is_run_here(
    root: dict[str, Any], found: Program | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert program_in(root) == found
