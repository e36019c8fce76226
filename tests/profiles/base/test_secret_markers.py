"""If these fail, a secret is kept or shown where only its reference may be."""

from __future__ import annotations

from profiles.base.secret_markers import MASK, fill, has_secret, literals_of, marker, mask, references_in

TEXT = f"Bearer {marker('keyring:a')}, {marker('env:B')}!"


def test_references_and_the_text_between_them_are_told_apart() -> None:
    assert references_in(TEXT) == ["keyring:a", "env:B"]
    assert literals_of(TEXT) == ["Bearer ", ", ", "!"]
    assert has_secret(TEXT)
    assert not has_secret("Bearer")
    assert (references_in("x"), literals_of("x")) == ([], ["x"])


def test_filling_takes_each_secret_as_it_is_and_masking_shows_none() -> None:
    secrets = {"keyring:a": r"\1\g<0>", "env:B": marker("keyring:a")}
    assert fill(TEXT, secrets.__getitem__) == rf"Bearer \1\g<0>, {marker('keyring:a')}!"
    assert mask(TEXT) == f"Bearer {MASK}, {MASK}!"


def test_a_lone_mark_begins_no_reference() -> None:
    """Of a file that something else damaged, a text would be asked for as a secret."""
    broken = f"{TEXT}\0rest"
    assert references_in(broken) == references_in(TEXT)
    assert literals_of(broken) == ["Bearer ", ", ", "!\0rest"]
