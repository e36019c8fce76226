"""What is kept of tests of keys: the latest of each, no reference in clear, never an error for a reader."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from profiles.gateway.check.kept_key_tests import KeyTest, keep_key_test, kept_key_tests, key_tests_path

URL = "https://api.portkey.ai"


@pytest.fixture
def locations(tmp_path: Path) -> Any:
    return SimpleNamespace(state_dir=str(tmp_path))


def accepted(at: float) -> KeyTest:
    return KeyTest(URL, "accepted", "the key is accepted", "", at)


def test_the_latest_of_each_key_is_kept_until_it_is_forgotten(locations: Any) -> None:
    keep_key_test(locations, "keyring:work", accepted(1.0))
    keep_key_test(locations, "keyring:work", accepted(2.0))
    keep_key_test(locations, "keyring:spare", accepted(3.0))
    both = ["keyring:work", "keyring:spare", "keyring:nobody"]
    assert kept_key_tests(locations, both) == {"keyring:work": accepted(2.0), "keyring:spare": accepted(3.0)}
    keep_key_test(locations, "keyring:work", None)
    assert kept_key_tests(locations, both) == {"keyring:spare": accepted(3.0)}


def test_a_commands_arguments_are_not_in_the_file(locations: Any) -> None:
    keep_key_test(locations, "cmd:pass show --secret hunter2", accepted(1.0))
    assert "hunter2" not in Path(key_tests_path(locations)).read_text()
    assert kept_key_tests(locations, ["cmd:pass show --secret hunter2"])


def test_no_more_than_two_hundred_are_kept(locations: Any) -> None:
    row = [*accepted(0.0)[:4]]
    many = {f"{number:024x}": [*row, float(number)] for number in range(400)}
    Path(key_tests_path(locations)).write_text(json.dumps(many))
    keep_key_test(locations, "keyring:work", accepted(1000.0))
    assert len(json.loads(Path(key_tests_path(locations)).read_text())) == 200
    assert kept_key_tests(locations, ["keyring:work"])


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": ["u", "sure", "t", "h", 1]}', '{"a": ["u"]}'])
def test_a_file_that_cannot_be_read_is_as_none(locations: Any, text: str) -> None:
    Path(key_tests_path(locations)).write_text(text)
    assert kept_key_tests(locations, ["keyring:work"]) == {}
    keep_key_test(locations, "keyring:work", accepted(1.0))
    assert kept_key_tests(locations, ["keyring:work"])
