from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import UsageError
from profiles.base.secret_references.parse import parse_reference

NEEDLE = "pk_live_Q7z"  # in no message of ours, and fit for every kind of target


@pytest.mark.parametrize(
    ("text", "scheme", "target"),
    [
        ("keyring:work", "keyring", "work"),
        ("vault:work.2", "vault", "work.2"),
        ("env:PORTKEY_API_KEY", "env", "PORTKEY_API_KEY"),
        ("file:/run/secrets/portkey", "file", "/run/secrets/portkey"),
        ("file:~/key", "file", "~/key"),
        ("op://Private/Portkey API/credential", "op", "//Private/Portkey API/credential"),
        ("op://v/i/section/field", "op", "//v/i/section/field"),
    ],
)
def test_each_documented_form_is_understood_and_written_back_as_it_was(
    text: str, scheme: str, target: str
) -> None:
    reference = parse_reference(text)
    assert (reference.scheme, reference.target, str(reference)) == (scheme, target, text)


def test_a_command_is_a_list_so_that_no_shell_ever_reads_it() -> None:
    text = 'cmd:["pass", "show", "port key; rm -rf ~"]'
    reference = parse_reference(text)
    assert reference.argv == ("pass", "show", "port key; rm -rf ~")
    assert str(reference) == text


@pytest.mark.parametrize(
    "target",
    [
        "pass show portkey",
        '"pass"',
        "[]",
        '[""]',
        '["a", 1]',
        '["a", null]',
        '{"a": 1}',
        "",
        "[",
        '["a\\u0000b"]',
        "[" * 100_000,
    ],
)
def test_a_command_in_any_other_form_is_refused_with_the_right_one_shown(target: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(f"cmd:{target}")
    assert 'cmd:["' in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "work",
        "keyring",
        "keyring:",
        "keyring:a/b/c",
        "keyring:/a",
        "keyring:../b",
        "vault:../x",
        "KEYRING:a",
        "env:",
        "env:A-B",
        "env:1A",
        "file:",
        "file:key",
        "file:./key",
        "file:~other/key",
        "file:/a\0b",
        "op://a",
        "op://a/b",
        "op://a//c",
        "op://a/b/c\n",
        "https://x/y/z",
        "bw:x",
        " keyring:a",
    ],
)
def test_a_typing_mistake_is_an_error_not_another_backend(text: str) -> None:
    with pytest.raises(UsageError):
        parse_reference(text)


@given(
    st.text(),
    st.text(),
    st.sampled_from(["", "keyring:", "vault:", "env:", "file:", "cmd:"]),
)
def test_a_key_pasted_in_place_of_a_reference_is_not_shown(before: str, after: str, scheme: str) -> None:
    """`api_key: pk-live-…` instead of a reference is a likely mistake; the error must not spread it."""
    try:
        reference = parse_reference(f"{scheme}{before}{NEEDLE}{after}")
    except UsageError as error:
        shown = f"{error.title} {error.hint}"
    else:
        shown = repr(reference)
    assert NEEDLE not in shown
