"""What a person is shown before a config is replaced: each change, nothing else, and no secret."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.base.secret_markers import MASK
from profiles.portkey.config.explaining.difference import differences, masked
from tray.terminal.results import to_data

A, B, C = {"provider": "@a"}, {"provider": "@b"}, {"provider": "@c"}
ROWS: list[tuple[str, Any, Any, list[dict[str, Any]]]] = [
    ("the order of fields", {"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}, []),
    ("how a number is spelled", {"w": [1.0, {"x": 2}]}, {"w": [1, {"x": 2.0}]}, []),
    ("true is no 1", {"cache": True}, {"cache": 1}, [{"path": "cache", "before": True, "after": 1}]),
    ("no field is no null", {}, {"a": None}, [{"path": "a", "after": None}]),
    (
        "one more target at the top",
        {"targets": [A, B]},
        {"targets": [C, A, B]},
        [{"path": "targets[0]", "after": C}],
    ),
    ("one less", {"targets": [A, B, C]}, {"targets": [A, C]}, [{"path": "targets[1]", "before": B}]),
    (
        "a target that stays, and is another one inside",
        {"targets": [A, B]},
        {"targets": [A, {**B, "retry": {"attempts": 3}}]},
        [{"path": "targets[1].retry", "after": {"attempts": 3}}],
    ),
    (
        "one more at the top, and all below it another one inside",
        {"targets": [A, B]},
        {"targets": [C, {**A, "weight": 2}, {**B, "weight": 1}]},
        [
            {"path": "targets[0]", "after": C},
            {"path": "targets[1].weight", "after": 2},
            {"path": "targets[2].weight", "after": 1},
        ],
    ),
    (
        "another secret",
        {"api_key": "sk-one"},
        {"api_key": "sk-two"},
        [{"path": "api_key", "before": MASK, "after": MASK}],
    ),
    (
        "a secret in something new",
        {},
        {"targets": [{"api_key": "sk-one", "aws_secret_access_key": {"x": ["sk-two"]}}]},
        [{"path": "targets", "after": [{"api_key": MASK, "aws_secret_access_key": {"x": [MASK]}}]}],
    ),
    ("a reference where a secret is", {"api_key": "sk-one"}, {"api_key": "env:KEY"}, []),
    ("a reference where none is", {}, {"api_key": "env:KEY"}, [{"path": "api_key", "after": "env:KEY"}]),
    (
        "another name that looks like a reference",
        {"name": "a"},
        {"name": "env:A"},
        [{"path": "name", "before": "a", "after": "env:A"}],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_what_differs_is_named_and_nothing_else(before: Any, after: Any, expected: list[Any]) -> None:
    assert to_data(differences(before, after)) == expected


def test_a_label_of_ones_own_is_no_secret_unless_the_key_stands_there() -> None:
    labels = {"metadata": {"token": "of the team"}, "query": {"metadata.auth": "yes"}}
    assert masked(labels) == (labels, ())
    assert masked({**labels, "api_keys": ["sk-one"]}) == ({**labels, "api_keys": [MASK]}, ("api_keys[0]",))
    assert masked({"name": "of pk-1", "x pk-1": 1}, ["pk-1"]) == ({"name": MASK, MASK: 1}, ("name",))


def test_what_nothing_could_walk_is_one_change() -> None:
    deep: Any = {}
    for _ in range(500):
        deep = {"targets": [deep]}
    assert [change.path for change in differences(deep, {"targets": []})] == ["$"]
    assert [change.path for change in differences({}, {"targets": [{}] * 20_000})] == ["$"]
    assert masked(deep) == (MASK, ("$",))
