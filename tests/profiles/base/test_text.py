"""Numbers as people read them."""

from __future__ import annotations

import pytest

from profiles.base.text import took_words


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 ms"),
        (212, "212 ms"),
        (999.4, "999 ms"),
        (999.6, "1.0 s"),
        (2021, "2.0 s"),
        (9949, "9.9 s"),
        (9951, "10 s"),
        (61_000, "61 s"),
    ],
)
def test_what_takes_seconds_is_said_in_seconds(ms: float, words: str) -> None:
    """`2,021 ms` has to be read twice before one sees that a gateway is slow."""
    assert took_words(ms) == words
