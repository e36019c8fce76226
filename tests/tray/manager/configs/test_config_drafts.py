"""What is typed as JSON and is none yet comes back as it was typed, but for the secrets in it."""

from __future__ import annotations

import json

import pytest

from profiles.base.errors import PkccError
from tray.actions.account.configs.draft import check_draft, hidden_text, mark_of, parsed_draft

SECRET = "sk-CANARY-of-a-provider-0123456789abcdef"
PASSWORD = "hunter2-is-no-known-form"
WHOLE = json.dumps(
    {"provider": "openai", "api_key": SECRET, "aws_secret_access_key": PASSWORD, "custom_host": f"https://u:{PASSWORD}@h/v1"},
    indent=1,
)  # fmt: skip


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 3))
def test_a_text_that_is_cut_anywhere_shows_no_secret(cut: int) -> None:
    for text in (WHOLE[:cut], WHOLE[cut:], WHOLE[:cut] + '"' + WHOLE[cut:]):
        shown = hidden_text(text)
        if SECRET in text:
            assert SECRET not in shown
        if f'"aws_secret_access_key": "{PASSWORD}"' in text:
            assert f'key": "{PASSWORD}' not in shown


@pytest.mark.parametrize(
    "text", [f"api_key: {PASSWORD}", f"{{'api_key': {PASSWORD}}}", f'{{"api_key": "{PASSWORD}']
)
def test_quotes_that_are_missing_hide_nothing_less(text: str) -> None:
    assert PASSWORD not in hidden_text(text)


def test_all_else_stays_as_it_was_typed() -> None:
    text = '{"provider": "@anthropic-prod",\n "api_key": "keyring:openai",, "max_tokens": 64'
    assert hidden_text(text) == text


def test_a_config_that_cannot_be_read_is_refused_in_words() -> None:
    for text in ("[]", "{", '{"a": 1, "a": 2}', '{"a": 1e999}', '{"a":' * 200 + "1" + "}" * 200):
        with pytest.raises(PkccError):
            parsed_draft(text)


def test_a_secret_is_an_error_and_a_saved_config_hears_nothing_of_headers() -> None:
    config = parsed_draft(json.dumps({"provider": "openai", "api_key": SECRET}))
    checked = check_draft(config, self_hosted=False, inline=False)
    assert SECRET not in checked.text
    assert next((each.level, each.path) for each in checked.findings) == ("error", "api_key")
    assert not any("organisations created since" in each.message for each in checked.findings)
    inline = check_draft({"provider": "@a"}, self_hosted=False, inline=True)
    assert any("organisations created since" in each.message for each in inline.findings)


def test_a_mark_tells_another_config_and_nothing_else() -> None:
    assert mark_of({"a": 1, "b": 2}) == mark_of({"b": 2, "a": 1})
    assert mark_of({"api_key": SECRET}) != mark_of({"api_key": SECRET + "x"})
    assert SECRET not in mark_of({"api_key": SECRET})
