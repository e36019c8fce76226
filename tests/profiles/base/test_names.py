"""If these fail, a profile gets a name that some system cannot keep, or an error breaks a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import UsageError
from profiles.base.names import NAME, check_name, is_word
from profiles.base.text import printable


@pytest.mark.parametrize("name", ["a", "Work-1", "a.b", "x" * 64, "console", "com", "nul-1"])
def test_a_good_name_is_taken_as_it_is(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, ".a", "-a", "_a", "a.", "a\n", "a/b", "a\\b", "é", "CON", "nul.txt", "Com1", "lpt9.a.b"],
)
def test_a_name_some_system_cannot_keep_is_refused_readably(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name)
    assert caught.value.title.isprintable()
    assert len(caught.value.title) < 130


@pytest.mark.parametrize("name", ["displaced.", "displaced.work", "Displaced.X"])
def test_a_profile_is_not_named_like_a_kept_value(name: str) -> None:
    """Its key, which has its name, would be forgotten as if it were a displaced value of the user's."""
    with pytest.raises(UsageError, match=r"displaced\."):
        check_name(name)
    assert check_name("displaced") == "displaced"


def test_an_escape_sequence_in_a_name_does_not_reach_the_terminal() -> None:
    assert printable("a\x1b[31m\n\u202eb") == "a�[31m��b"
    assert printable("x" * 100) == "x" * 79 + "…"


@given(st.text() | st.from_regex(NAME) | st.from_regex(NAME, fullmatch=True).map(lambda name: name * 2))
def test_a_word_is_what_the_pattern_of_names_says(text: str) -> None:
    """Policies and catalogs are held to the pattern: what they allow could not be used, or the reverse."""
    assert is_word(text) == bool(re.fullmatch(NAME, text))
