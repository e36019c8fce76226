"""If these fail, somebody redirects the key unnoticed, or the user is alarmed for nothing."""

from __future__ import annotations

import json

import pytest

from profiles.base.secret_markers import MASK, marker
from profiles.claude_code.owned_slots import OWNED_ENV, is_owned
from profiles.claude_code.routing_names import ADDRESSES, BASE_URLS, GATEWAY_SWITCH, SWITCHES
from profiles.claude_code.settings.masked import masked_values
from profiles.claude_code.settings.parse import actual_values, parse_settings
from profiles.switching.reading.drift import Change, compare

KEY = marker("keyring:a")
EXPECTED = {
    "env.ANTHROPIC_BASE_URL": "https://api.portkey.ai",
    "env.ANTHROPIC_AUTH_TOKEN": KEY,
    "header.x-portkey-provider": "@prod",
    "header.x-corp": "1",
    "apiKeyHelper": "pkcc-tray key print a",
}
WRITTEN = EXPECTED | {"env.ANTHROPIC_AUTH_TOKEN": "right"}


def found(actual: dict[str, str], expected: dict[str, str] = EXPECTED) -> list[Change]:
    return compare(expected, actual, lambda template, value: (template, value) == (KEY, "right"))


def test_settings_that_say_what_was_written_are_no_drift() -> None:
    assert found(WRITTEN) == []


def test_what_is_not_ours_is_ignored() -> None:
    assert found(WRITTEN | {"env.MINE": "1", "header.x-mine": "2", "env.PATH": "x"}) == []


ADDRESSING = [f"env.{name}" for name in (*BASE_URLS.values(), *ADDRESSES)]


@pytest.mark.parametrize("slot", [*ADDRESSING, "apiKeyHelper"])
def test_whoever_redirects_the_key_is_called_out(slot: str) -> None:
    (change,) = found(WRITTEN | {slot: "evil"})
    assert change.alarming
    assert (change.slot, change.actual) == (slot, "evil")
    assert change.kind == ("changed" if slot in EXPECTED else "added")


@pytest.mark.parametrize("name", [*SWITCHES, GATEWAY_SWITCH])
def test_a_provider_that_is_switched_on_or_off_is_called_out(name: str) -> None:
    """The key would go to that provider's address with no alarm; "0" is off and alarms nobody."""
    slot = f"env.{name}"
    (change,) = found(WRITTEN | {slot: "1"})
    assert (change.slot, change.kind, change.alarming) == (slot, "added", True)
    (change,) = found(WRITTEN, EXPECTED | {slot: "1"})
    assert (change.kind, change.alarming) == ("removed", True)
    assert not any(change.alarming for change in found(WRITTEN | {slot: "0"}))


def test_other_changes_are_told_without_alarm() -> None:
    actual = dict(WRITTEN, **{"header.x-portkey-provider": "@other", "env.ANTHROPIC_MODEL": "m"})
    del actual["header.x-corp"]
    assert found(actual) == [
        Change("header.x-portkey-provider", "changed", "@prod", "@other", False),
        Change("header.x-corp", "removed", "1", "", False),
        Change("env.ANTHROPIC_MODEL", "added", "", "m", False),
    ]


def test_a_changed_key_is_told_and_neither_key_shown() -> None:
    (change,) = found(WRITTEN | {"env.ANTHROPIC_AUTH_TOKEN": "another"})
    assert change == Change("env.ANTHROPIC_AUTH_TOKEN", "changed", MASK, MASK, False)


@pytest.mark.parametrize("blank", [True, False])
def test_a_blank_value_is_an_absent_one_on_both_sides(blank: bool) -> None:
    expected = EXPECTED | {"env.ANTHROPIC_API_KEY": ""}
    assert found(WRITTEN | ({"env.ANTHROPIC_API_KEY": ""} if blank else {}), expected) == []
    assert [c.kind for c in found(WRITTEN | {"env.ANTHROPIC_API_KEY": "sk"}, expected)] == ["added"]
    assert [c.kind for c in found(WRITTEN | {"header.x-corp": ""})] == ["removed"]
    assert found(WRITTEN | {"env.ANTHROPIC_MODEL": ""}) == []


def test_the_owned_set_is_the_documented_one() -> None:
    assert all(is_owned(f"env.{name}") for name in OWNED_ENV)
    assert is_owned("apiKeyHelper")
    assert is_owned("header.x-portkey-anything")
    assert not is_owned("header.x-corp")
    assert not is_owned("env.MINE")
    assert not is_owned("model")


def test_claude_codes_own_rewriting_is_no_drift() -> None:
    ours = {"env": {"CLAUDE_CODE_USE_VERTEX": 1, "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a\nX-B:2"}}
    theirs = {"model": "haiku", "env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a\nX-B:2"}}
    theirs["env"]["CLAUDE_CODE_USE_VERTEX"] = "1"  # type: ignore[index]
    values = [actual_values(parse_settings(json.dumps(data).encode(), "")) for data in (ours, theirs)]
    assert compare(*values, lambda _template, _value: False) == []


def test_what_a_file_says_can_be_shown_with_every_secret_masked() -> None:
    data = {
        "env": {
            "ANTHROPIC_AUTH_TOKEN": "s3cret",
            "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-api-key: s3cret\nCookie: s3cret\nx-portkey-provider: @a",
            "SOME_PASSWORD": "s3cret",
            "ANTHROPIC_MODEL": "m",
        }
    }
    shown = masked_values(parse_settings(json.dumps(data).encode(), ""))
    assert "s3cret" not in str(shown)
    assert shown["env.ANTHROPIC_MODEL"] == "m"
    assert shown["header.x-portkey-provider"] == "@a"


def test_whatever_could_send_the_key_to_a_stranger_is_alarming() -> None:
    """Without a base URL the client talks to Anthropic itself, and would hand the helper's key to it."""
    without = {slot: value for slot, value in WRITTEN.items() if slot != "env.ANTHROPIC_BASE_URL"}
    assert [(c.kind, c.alarming) for c in found(without)] == [("removed", True)]
    hosted = found(WRITTEN | {"header.x-portkey-custom-host": "https://evil.example"})
    assert [(c.kind, c.alarming) for c in hosted] == [("added", True)]
