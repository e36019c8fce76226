"""If these fail, a secret of the user's lies in clear text in our state, history or on the screen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.base.names import KEPT_PREFIX
from profiles.base.secret_markers import MASK
from profiles.claude_code.owned_slots import HEADERS_SLOT
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.switching.displaced_secrets import seal, unseal

ANT = "sk-ant-api03-Zz9AbCdEf0123456789"
TOKEN = "env.ANTHROPIC_AUTH_TOKEN"


def escaped(text: str, every: int = 1) -> str:
    r"""The text with each character (or each second one) as `\u00xx`."""
    return "".join(f"\\u{ord(c):04X}" if i % every == 0 else c for i, c in enumerate(text))


def sealed(slot: str, raw: str) -> tuple[str, dict[str, str]]:
    """The sealed text, and what was put away, by reference."""
    references = {
        part: f"keyring:{KEPT_PREFIX}{number}" for number, part in enumerate(secret_parts(slot, raw))
    }
    return seal(raw, references), {reference: part for part, reference in references.items()}


def header(line: str) -> str:
    return f'"X-Mine: 1\\n{line}\\nX-Last: 2"'


SPELLINGS = [ANT, escaped(ANT), escaped(ANT, 2), escaped(ANT, 5), ANT.replace("-", r"\u002d")]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    ("slot", "around"),
    [
        (TOKEN, '"{}"'),
        ("env.ANTHROPIC_API_KEY", '"{}"'),
        ("env.AWS_BEARER_TOKEN_BEDROCK", '"{}"'),
        ("env.ANTHROPIC_MODEL", '"{}"'),  # a key pasted into the wrong place
        ("env.ANTHROPIC_BASE_URL", '"https://user:{}@gw.corp"'),
        ("apiKeyHelper", '"echo {}"'),
        ("env.MY_PASSWORD", '"{}"'),
        (HEADERS_SLOT, header("x-portkey-api-key: {}")),
        (HEADERS_SLOT, header("Authorization:Bearer {}")),
        (HEADERS_SLOT, header(r"Authoriz\u0061tion: Bearer {}")),
        (HEADERS_SLOT, header(r"authorization\u003a Bearer {}")),
        (HEADERS_SLOT, header(r"\u0078-api-key\u003A{}")),
        (HEADERS_SLOT, header("Cookie: a=b; session={}")),
        (HEADERS_SLOT, header("X-Whatever: id {}")),
        (HEADERS_SLOT, header(r"X-Whatever\u003a id {}")),
        (HEADERS_SLOT, header(r"x-portkey-config: {{\"provider\": \"openai\", \"api_key\": \"{}\"}}")),
        (HEADERS_SLOT, header(r"x-portkey-config\u003a {{\"api_key\":\"{}\"}}")),
        (HEADERS_SLOT, header("x-portkey-aws-secret-access-key: {}")),
    ],
)
def test_no_secret_survives_in_a_sealed_text_however_it_is_spelled(
    slot: str, around: str, spelling: str
) -> None:
    raw = around.replace("{{", "{").replace("}}", "}").replace("{}", spelling)
    text, kept = sealed(slot, raw)
    assert spelling not in text
    assert ANT[10:20] not in text
    assert ANT[10:20] not in json.loads(text.replace("\0", ""))
    assert unseal(text, kept.__getitem__) == raw
    if slot == HEADERS_SLOT:
        assert "X-Mine: 1" in text
        assert "X-Last: 2" in text


@pytest.mark.parametrize("value", [r"https:\/\/me:pw@gw.corp\/v1", r"https://me\u003apw\u0040gw.corp"])
def test_a_password_in_a_url_is_found_behind_escapes(value: str) -> None:
    assert secret_parts("env.ANTHROPIC_BASE_URL", f'"{value}"') == [value]


@pytest.mark.parametrize("raw", ["12345678", '{"a": "b"}', '"short"', '"é"', r'"a\"b"'])
def test_a_token_is_a_secret_whatever_its_form(raw: str) -> None:
    text, kept = sealed(TOKEN, raw)
    assert list(kept.values()) == [raw[1:-1] if raw.startswith('"') else raw]
    assert unseal(text, kept.__getitem__) == raw


@pytest.mark.parametrize(
    ("slot", "raw"),
    [
        (TOKEN, '""'),
        ("env.ANTHROPIC_BASE_URL", '"https://api.portkey.ai/v1"'),
        ("env.ANTHROPIC_MODEL", '"us.anthropic.claude-sonnet-4-20250514-v1:0"'),
        ("env.ANTHROPIC_MODEL", '"claude-3-7-sonnet@20250219"'),
        ("env.CLAUDE_CODE_USE_VERTEX", "1"),
        ("apiKeyHelper", '"/home/me/bin/pkcc-tray key print work-2"'),
        (HEADERS_SLOT, header("x-portkey-virtual-key: vk-openai-a1b2c3d4e5f6a7b8c9d0e1f2")),
        (HEADERS_SLOT, header(r"x-portkey-metadata: {\"_user\": \"u-0123456789abcdef01234567\"}")),
        (HEADERS_SLOT, header("x-portkey-config: pc-my-config-0123456789abcdef")),
        (HEADERS_SLOT, header("x-portkey-api-key:")),
        (HEADERS_SLOT, header(r"x-portkey-config: {\"provider\": \"@a\"}")),
        (HEADERS_SLOT, "5"),
    ],
)
def test_what_is_no_secret_can_be_read_in_the_history(slot: str, raw: str) -> None:
    assert secret_parts(slot, raw) == []


def test_a_short_secret_does_not_damage_the_mark_of_a_longer_one() -> None:
    raw = header("x-api-key: e\\ntoken: keyring-secret")
    text, kept = sealed(HEADERS_SLOT, raw)
    assert sorted(kept.values()) == ["e", "keyring-secret"]
    assert unseal(text, kept.__getitem__) == raw


def test_sealing_what_is_sealed_already_leaves_its_marks_alone() -> None:
    once = seal("a key b", {"key": "keyring:displaced.key"})
    assert (
        seal(once, {"key": "keyring:displaced.other", "a": "keyring:displaced.a"}).count("displaced.key") == 1
    )


ALPHABET = st.text('ab:k\\"\nredispl.', max_size=12)


@settings(max_examples=500, deadline=None)
@given(ALPHABET, st.lists(ALPHABET.filter(bool), max_size=4, unique=True))
def test_what_is_sealed_comes_back_whatever_the_secrets_are(raw: str, parts: list[str]) -> None:
    references = {part: f"keyring:{KEPT_PREFIX}{number}" for number, part in enumerate(parts)}
    back = {reference: part for part, reference in references.items()}
    assert unseal(seal(raw, references), back.__getitem__) == raw


def test_a_profiles_own_key_is_spelled_as_json_and_the_users_raw_text_as_it_was() -> None:
    resolve = {"keyring:work": 'a"b\n', f"keyring:{KEPT_PREFIX}1": r"\u0061"}.__getitem__
    assert unseal(f'"\0keyring:work\0 \0keyring:{KEPT_PREFIX}1\0"', resolve) == r'"a\"b\n \u0061"'


@pytest.mark.parametrize(
    ("slot", "value", "shown"),
    [
        (TOKEN, "x", MASK),
        ("env.ANTHROPIC_BASE_URL", "https://evil.example", "https://evil.example"),
        ("env.ANTHROPIC_BASE_URL", "https://a:b@evil.example", f"https://{MASK}@evil.example"),
        ("header.x-portkey-api-key", 'q"\\é', MASK),
        ("header.authorization", "Basic eA==", MASK),
        ("header.x-portkey-provider", "@prod", "@prod"),
        (
            "header.x-portkey-config",
            '{"provider":"@a","api_key":"s"}',
            f'{{"provider":"@a","api_key":"{MASK}"}}',
        ),
        ("header.x-portkey-config", '{"provider":"@a"}', '{"provider":"@a"}'),
        ("header.x-b\u00fc-token", "s", MASK),
        ("apiKeyHelper", "/opt/pkcc-tray key print work", "/opt/pkcc-tray key print work"),
        ("apiKeyHelper", "/tmp/evil.sh", "/tmp/evil.sh"),
        ("apiKeyHelper", "curl -su bob:Tr0ub4dor https://evil.example", f"curl {MASK}"),
        ("apiKeyHelper", f"echo {ANT}", f"echo {MASK}"),
    ],
)
def test_a_value_is_shown_only_if_it_is_no_secret(slot: str, value: str, shown: str) -> None:
    assert mask_value(slot, value) == shown
