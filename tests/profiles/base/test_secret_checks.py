from __future__ import annotations

import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.base.errors import UsageError
from profiles.base.secret import Secret
from profiles.base.secret_checks import check_form, check_key_name, check_secret, check_storable

HEADER_SAFE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=1280)


@given(HEADER_SAFE, st.sampled_from(["", "\n", "\r\n"]))
def test_a_key_that_http_can_carry_is_taken_whole(text: str, ending: str) -> None:
    assert check_secret(text + ending, "The key") == Secret(text)


@given(st.text(max_size=1400))
def test_whatever_is_accepted_can_travel_in_a_header(text: str) -> None:
    """A newline that slips through would let a key add headers of its own."""
    try:
        value = check_secret(text, "The key").reveal()
    except UsageError:
        return
    assert 1 <= len(value) <= 1280
    assert all(0x21 <= ord(char) <= 0x7E for char in value)
    assert text in (value, value + "\n", value + "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n\n",
        "a\r",
        "\na",
        "a\nb",
        "a b",
        " a",
        "a ",
        "a\tb",
        "a\0b",
        "a\x7fb",
        "clé",
        "\ufeffa",
        "x" * 1281,
        "\ud800",
    ],
)
def test_a_broken_paste_is_refused_before_it_is_stored(text: str) -> None:
    with pytest.raises(UsageError):
        check_secret(text, "The key")


SECRETS = st.text(min_size=8, max_size=1500).filter(lambda text: text.strip())


@example("pk-needle" * 200)
@example("pk needle")
@example("pk-needle-é")
@given(SECRETS)
def test_no_refusal_shows_the_key(text: str) -> None:
    """Someone pastes a key with a stray character, and finds it in a log."""
    for refused in (lambda: check_secret(text, "The key"), lambda: check_storable(Secret(text), "The key")):
        try:
            refused()
        except UsageError as error:
            shown = "".join(traceback.format_exception(error)) + error.title + error.hint
            assert text not in shown
            assert text.strip() not in shown


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", "x" * 1281, "\U0001f511" * 641])
def test_a_value_that_some_keyring_would_cut_or_refuse_is_never_stored(text: str) -> None:
    with pytest.raises(UsageError):
        check_storable(Secret(text), "The key")


@pytest.mark.parametrize("text", ["x", "clé ключ", "a: 1\nb: 2", "x" * 1280, "\U0001f511" * 640])
def test_displaced_settings_values_of_any_text_can_be_stored(text: str) -> None:
    check_storable(Secret(text), "The key")


@pytest.mark.parametrize("name", ["a", "0", "Work.2_b-c", "a" * 64, "acme/work"])
def test_key_names_people_use_are_taken(name: str) -> None:
    assert check_key_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "-a",
        "_a",
        ".a",
        "a/b/c",
        "a/..",
        "/a",
        "a/",
        "a\\b",
        "a b",
        "a\n",
        "é",
        "a" * 65,
        "../../x",
        "a:b",
    ],
)
def test_a_name_that_could_leave_the_vault_directory_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_key_name(name)
    assert len(name) < 3 or name not in caught.value.title + caught.value.hint


@pytest.mark.parametrize("name", ["displaced.work", "DISPLACED.x"])
def test_a_key_of_the_users_is_not_named_like_a_kept_value(name: str) -> None:
    """It would be forgotten as if it were a displaced value that has been put back."""
    with pytest.raises(UsageError, match=r"displaced\."):
        check_key_name(name)
    assert check_form(name) == name
