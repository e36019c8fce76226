"""Our own options: read strictly, since a slip in one of them decides how long a key stays in memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from profiles.base.errors import NotFoundError, PkccError, UsageError
from profiles.files.preferences import (
    NAMES,
    Preferences,
    is_chosen,
    load_preferences,
    save_preference,
    save_preferences,
)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "own" / "preferences.json")


def write(path: str, text: str) -> str:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text)
    return path


def test_without_a_file_the_defaults_hold_and_none_is_made(path: str) -> None:
    assert load_preferences(path) == Preferences("notify", 15, True)
    assert not Path(path).parent.exists()


def test_what_is_not_said_keeps_its_default(path: str) -> None:
    assert load_preferences(write(path, '{"key_cache_minutes": 0}')) == Preferences("notify", 0, True)
    assert load_preferences(write(path, "{}")) == Preferences()


def test_only_what_was_chosen_is_written_so_that_the_rest_can_still_be_asked_for(path: str) -> None:
    """A question that is put once would never be put to anyone who has set another preference."""
    save_preference(path, "on_drift", "ignore")
    assert json.loads(Path(path).read_bytes()) == {"on_drift": "ignore"}
    assert is_chosen(path, "on_drift")
    assert not is_chosen(path, "usage")
    write(path, "{")
    assert is_chosen(path, "usage")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ('{\n"on_drift": notify}', "not valid JSON, line 2"),
        ("[]", "does not hold a JSON object"),
        ('{"on_drfit": "notify"}', "no preference 'on_drfit'"),
        ('{"on_drift": "panic"}', "on_drift has a value that does not fit"),
        ('{"on_drift": ["notify"]}', "on_drift"),
        ('{"key_cache_minutes": "15"}', "key_cache_minutes"),
        ('{"key_cache_minutes": 1.5}', "key_cache_minutes"),
        ('{"key_cache_minutes": true}', "key_cache_minutes"),
        ('{"key_cache_minutes": -1}', "key_cache_minutes"),
        ('{"key_cache_minutes": 1441}', "key_cache_minutes"),
        ('{"manager_idle_minutes": 0}', "manager_idle_minutes"),
        ('{"key_print_through_tray": 1}', "key_print_through_tray"),
        ('{"pk-CANARY-0815-of-the-portkey-key": 1}', "no such preference"),
    ],
)
def test_a_slip_is_told_with_file_and_option_and_never_guessed(path: str, text: str, words: str) -> None:
    with pytest.raises(PkccError) as caught:
        load_preferences(write(path, text))
    assert caught.value.title.startswith(path)
    assert words in caught.value.title
    assert caught.value.hint
    assert "CANARY" not in caught.value.title + caught.value.hint


def test_several_are_set_together_or_none_of_them(path: str) -> None:
    """One Save that failed half-way would leave a person with settings that they never chose."""
    with pytest.raises(UsageError, match="manager_idle_minutes"):
        save_preferences(path, {"usage": "on", "manager_idle_minutes": "0"})
    assert load_preferences(path) == Preferences()
    saved = save_preferences(path, {"usage": "on", "manager_idle_minutes": "120"})
    assert (saved.usage, saved.manager_idle_minutes) == (True, 120)
    before = Path(path).read_bytes()
    save_preferences(path, {})
    assert Path(path).read_bytes() == before


def test_each_can_be_set_as_it_is_typed_and_the_others_stay(path: str) -> None:
    assert save_preference(path, "key_cache_minutes", "0").key_cache_minutes == 0
    assert save_preference(path, "on_drift", "restore").on_drift == "restore"
    for text, value in (("false", False), ("on", True), ("OFF", False), ("True", True)):
        assert save_preference(path, "key_print_through_tray", text).key_print_through_tray is value
    assert load_preferences(path) == Preferences("restore", 0, True)
    assert json.loads(Path(path).read_bytes()).keys() == {
        *("key_cache_minutes", "on_drift", "key_print_through_tray"),
    }
    if sys.platform != "win32":
        assert Path(path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("on_drift", "panic"),
        ("on_drift", ""),
        ("key_cache_minutes", "ten"),
        ("key_cache_minutes", "-1"),
        ("key_cache_minutes", "1441"),
        ("key_cache_minutes", "9" * 5000),
        ("key_cache_minutes", "٣"),
        ("key_cache_minutes", "true"),
        ("key_print_through_tray", "1"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(path: str, name: str, text: str) -> None:
    save_preference(path, "key_cache_minutes", "7")
    before = Path(path).read_bytes()
    with pytest.raises(UsageError, match="That is no value for"):
        save_preference(path, name, text)
    assert Path(path).read_bytes() == before


def test_an_unknown_name_is_told_with_those_there_are(path: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        save_preference(path, "colour", "red")
    assert all(name in caught.value.hint for name in NAMES)
    assert not Path(path).exists()


def test_a_broken_file_is_not_written_over(path: str) -> None:
    write(path, "{broken")
    with pytest.raises(PkccError, match="not valid JSON"):
        save_preference(path, "on_drift", "ignore")
    assert Path(path).read_text() == "{broken"
