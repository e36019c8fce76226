"""If these fail, what we say we own and what we write are two sets: something would never be taken back."""

from __future__ import annotations

from profiles.edit_plan import OWNED_SLOTS
from profiles.owned import HEADERS_KEY, OWNED_ENV, PROFILE_HEADERS, SHIELDED
from profiles.rendering import _BASE_URLS, _SWITCHES, MODEL_KEYS


def test_everything_that_is_rendered_is_owned() -> None:
    switches = {name for values in _SWITCHES.values() for name in values}
    assert {*_BASE_URLS.values(), *MODEL_KEYS.values(), *switches, HEADERS_KEY} <= set(OWNED_ENV)


def test_what_is_held_off_from_the_shell_is_owned() -> None:
    assert set(OWNED_ENV) >= SHIELDED


def test_no_name_is_there_twice_and_headers_are_compared_in_lower_case() -> None:
    assert len(set(OWNED_SLOTS)) == len(OWNED_SLOTS)
    assert all(name == name.lower() for name in PROFILE_HEADERS)
