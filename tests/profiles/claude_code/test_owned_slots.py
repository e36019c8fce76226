"""If these fail, what we say we own and what we write are two sets: something would never be taken back."""

from __future__ import annotations

from profiles.claude_code.owned_slots import MODEL_KEYS, OWNED_ENV, OWNED_SLOTS, PROFILE_HEADERS
from profiles.claude_code.routing_names import (
    ADDRESSES,
    BASE_URLS,
    GATEWAY_SWITCH,
    HEADERS_KEY,
    PROVIDERS,
    SHIELDED,
    SWITCHES,
)


def test_everything_that_is_rendered_is_owned() -> None:
    assert {*MODEL_KEYS.values(), HEADERS_KEY} <= set(OWNED_ENV)


def test_all_that_decides_an_address_is_owned() -> None:
    """A stranger's switch or base URL would stay in the file through every switch and restore."""
    routing = {*BASE_URLS.values(), *ADDRESSES, *SWITCHES, GATEWAY_SWITCH}
    assert routing | {provider.skip_auth for provider in PROVIDERS} <= set(OWNED_ENV)
    assert {*SWITCHES, GATEWAY_SWITCH} <= SHIELDED


def test_what_is_held_off_from_the_shell_is_owned() -> None:
    assert set(OWNED_ENV) >= SHIELDED


def test_no_name_is_there_twice_and_headers_are_compared_in_lower_case() -> None:
    assert len(set(OWNED_SLOTS)) == len(OWNED_SLOTS)
    assert all(name == name.lower() for name in PROFILE_HEADERS)
