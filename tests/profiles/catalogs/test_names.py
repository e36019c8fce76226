"""If these fail, `acme/work` is not found by its name, is taken for another, or is changed in place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from profiles.base.errors import ConflictError, NotFoundError, UsageError
from profiles.base.locations import Locations, find_locations
from profiles.base.secret_checks import is_key_name
from profiles.claude_code.own_command import profile_in
from profiles.profile.schema.parse import FieldError, parse_profile
from profiles.profile.store import ProfileStore

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = {"kind": "provider", "provider": "@a"}


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    """A user with a profile of their own, and two catalogs."""
    places = find_locations({"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "own")})
    for name in ("mine", "acme/work", "acme/safe", "labs/safe"):
        write(places, name)
    return places


def write(places: Locations, name: str) -> None:
    import os

    path = ProfileStore(places).path_of(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"name": name, "route": ROUTE, "api_key": f"keyring:{name}"}, file)


def test_all_are_listed_ones_own_first(places: Locations) -> None:
    assert ProfileStore(places).names() == ["mine", "acme/safe", "acme/work", "labs/safe"]


def test_a_plain_name_is_ones_own_or_the_only_catalogs(places: Locations) -> None:
    store = ProfileStore(places)
    assert store.rendered("mine").name == "mine"
    assert store.rendered("work").name == "acme/work"
    assert store.load("acme/work").api_key == "keyring:acme/work"
    write(places, "work")
    assert ProfileStore(places).rendered("work").name == "work"
    assert ProfileStore(places).rendered("acme/work").name == "acme/work"


def test_a_name_in_two_catalogs_is_to_be_told_whole(places: Locations) -> None:
    with pytest.raises(ConflictError) as refused:
        ProfileStore(places).rendered("safe")
    assert refused.value.title == "'safe' is in 2 catalogs: acme/safe, labs/safe"
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("name", ["acme/", "/work", "acme/work/x", "../acme/work", "acme/..", "a\\b/c"])
def test_a_name_leads_nowhere_else(places: Locations, name: str) -> None:
    with pytest.raises(UsageError):
        ProfileStore(places).rendered(name)


def test_one_that_is_not_there_is_said(places: Locations) -> None:
    with pytest.raises(NotFoundError):
        ProfileStore(places).rendered("acme/gone")
    with pytest.raises(NotFoundError):
        ProfileStore(places).rendered("gone")


def test_a_catalogs_profile_is_never_written_in_place(places: Locations) -> None:
    store = ProfileStore(places)
    profile = store.load("acme/work")
    for change in (
        lambda: store.save(profile, replace=True),
        lambda: store.put("acme/work", b"{}"),
        lambda: store.drop("acme/work"),
    ):
        with pytest.raises(ConflictError, match="comes from the catalog acme") as refused:
            change()
        assert "catalog override acme/work" in refused.value.hint
    assert store.load("acme/work") == profile


def test_what_comes_from_elsewhere_cannot_say_that_it_is_a_catalogs() -> None:
    with pytest.raises(FieldError):
        parse_profile({"name": "acme/work", "route": ROUTE, "api_key": "keyring:x"})


def test_its_key_and_its_helper_have_its_whole_name() -> None:
    assert is_key_name("acme/work")
    assert not is_key_name("acme/work/x")
    assert profile_in("/usr/bin/pkcc-tray key print acme/work") == "acme/work"
    assert profile_in("/usr/bin/pkcc-tray key print acme/work/x") is None
