"""The profiles as the menu lists them, read again only when there is reason to."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from support.counted import calls
from support.home.forced import force, lay
from support.home.user_home import KEY, UserHome

from profiles.base.errors import PkccError
from profiles.base.locations import find_locations
from profiles.profile.config.names import keep_names
from profiles.profile.store import ProfileStore
from profiles.secrets.store import SecretStore
from tray.runtime.menu.profile_entries import titled
from tray.runtime.menu.profile_rows import ProfileRows
from tray.runtime.menu.tray_state import ProfileRow

MOST_CALLS = 24  # for each profile: its name is judged once, its file looked at once


@pytest.fixture
def store(home: UserHome) -> Iterator[ProfileStore]:
    home.add("work", "--provider", "@work", "--label", "Wörk <b>&amp;_x</b>")
    home.add("play", "--provider", "@play")
    with mock.patch.dict(os.environ, home.environ, clear=True):
        yield ProfileStore(find_locations(os.environ))


def rows_of(store: ProfileStore) -> ProfileRows:
    locations = find_locations(os.environ)
    return ProfileRows(store, locations, SecretStore(locations, os.environ))


def rewrite(home: UserHome, name: str, **fields: object) -> None:
    path = home.profiles / f"{name}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_all_are_listed_by_name_with_label_and_route(store: ProfileStore) -> None:
    assert rows_of(store).read() == (
        ProfileRow("play", "", "@play"),
        ProfileRow("work", "Wörk <b>&amp;_x</b>", "@work"),
    )


def test_only_a_file_that_changed_is_read_again(home: UserHome, store: ProfileStore) -> None:
    """With a thousand profiles every look would else read a thousand files."""
    rows = rows_of(store)
    rows.read()
    with mock.patch.object(store, "rendered", mock.Mock(side_effect=store.rendered)) as rendered:
        rows.read()
        assert rendered.mock_calls == []
        rewrite(home, "play", label="Games")
        assert rows.read()[0] == ProfileRow("play", "Games", "@play")
        assert [call.args[0] for call in rendered.mock_calls] == ["play"]


def test_a_look_at_what_did_not_change_makes_few_calls_for_each_profile(
    home: UserHome, store: ProfileStore
) -> None:
    """The tray looks at each change of any settings, beside whatever somebody does on that computer."""
    rows = rows_of(store)
    read = [(len(rows.read()), calls(rows.read))]
    text = (home.profiles / "play.json").read_text()
    for number in range(100):
        (home.profiles / f"p{number}.json").write_text(text.replace('"play"', f'"p{number}"'))
    read.append((len(rows.read()), calls(rows.read)))
    (few, at_first), (many, then) = read
    assert (then - at_first) / (many - few) <= MOST_CALLS
    assert all(map(operator.is_, rows.read(), rows.read()))


def test_what_comes_goes_and_comes_again_is_followed(home: UserHome, store: ProfileStore) -> None:
    rows = rows_of(store)
    rows.read()
    path = home.profiles / "play.json"
    text = path.read_text()
    path.unlink()
    assert [row.name for row in rows.read()] == ["work"]
    path.write_text(text.replace("@play", "@again"))
    assert rows.read()[0].hint == "@again"


def test_a_broken_one_says_what_is_wrong_and_is_whole_again_when_mended(
    home: UserHome, store: ProfileStore
) -> None:
    rows = rows_of(store)
    path = home.profiles / "play.json"
    whole = path.read_text()
    for broken, words in (("{", "line 1"), ("{}", "play.json"), ("\xff", "UTF-8"), ("[" * 5_000, "nested")):
        path.write_bytes(broken.encode("latin-1"))
        row = rows.read()[0]
        assert row.name == "play"
        assert words in row.problem
    path.write_text(whole)
    assert rows.read()[0] == ProfileRow("play", "", "@play")


def test_one_whose_config_file_is_missing_is_whole_again_when_that_is_there(
    home: UserHome, store: ProfileStore
) -> None:
    """Its own file never changed: it would stay greyed until the tray is started again."""
    config = home.root / "config.json"
    rewrite(home, "play", route={"kind": "config", "path": str(config)})
    rows = rows_of(store)
    assert "config.json" in rows.read()[0].problem
    config.write_text('{"provider": "@openai"}')
    assert rows.read()[0].problem == ""


def test_one_that_vanishes_while_it_is_read_is_no_fault(home: UserHome, store: ProfileStore) -> None:
    files = store.files()
    (home.profiles / "play.json").unlink()
    with mock.patch.object(store, "files", return_value=files):
        assert "There is no profile" in rows_of(store).read()[0].problem


@pytest.mark.parametrize("kind", ["directory", "pipe", "dangling link", "link to itself"])
def test_what_is_no_file_is_listed_as_broken_and_holds_nobody_up(
    home: UserHome, store: ProfileStore, kind: str
) -> None:
    path = home.profiles / "odd.json"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no named pipes here")
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere" if kind == "dangling link" else path.name)
    rows = {row.name: row for row in rows_of(store).read()}
    assert rows["odd"].problem
    assert not rows["work"].problem


def test_no_directory_is_no_profiles_and_another_thing_in_its_place_is_told(
    home: UserHome, store: ProfileStore
) -> None:
    rows = rows_of(store)
    home.profiles.rename(home.profiles.with_name("away"))
    assert rows.read() == ()
    home.profiles.write_text("")
    with pytest.raises(PkccError, match="cannot be read"):
        rows.read()


def test_other_files_beside_them_are_no_profiles(home: UserHome, store: ProfileStore) -> None:
    for name in (".work.json.swp", "work.json~", "a b.json", "con.json", "README", "\u202e.json", ".json"):
        (home.profiles / name).write_text("{}")
    assert [row.name for row in rows_of(store).read()] == ["play", "work"]


def test_a_profile_that_writes_its_key_into_the_file_says_so(home: UserHome, store: ProfileStore) -> None:
    """Who picks it from the menu sees no other place that would tell."""
    rewrite(home, "play", key_delivery="settings")
    assert rows_of(store).read()[0] == ProfileRow("play", "", "@play, key in the file")


def test_a_saved_config_is_called_by_its_name_once_that_is_known(home: UserHome) -> None:
    """The menu has little room, and nobody knows an id by heart."""
    home.add("saved", "--config", "pc-main-ca7a87")
    with mock.patch.dict(os.environ, home.environ, clear=True):
        locations = find_locations(os.environ)
        rows = ProfileRows(ProfileStore(locations), locations, SecretStore(locations, {}))
        assert rows.read()[0].hint == "config pc-main-ca7a87"
        keep_names(locations, {"pc-main-ca7a87": "Main fallback"})
        assert rows.read()[0].hint == "config Main fallback"


def test_a_profile_without_its_key_says_so_until_it_is_entered(home: UserHome, store: ProfileStore) -> None:
    """One that looks as healthy as the others fails at the first request."""
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    home.ok("add", "elsewhere", "--provider", "@else", "--key-ref", "env:NOT_IN_THE_TRAYS_ENVIRONMENT")
    rows = rows_of(store)
    assert [row.name for row in rows.read() if row.keyless] == ["acme"]
    home.ok("key", "set", "acme", "--stdin", stdin=f"{KEY}\n")
    assert not any(row.keyless for row in rows.read())
    home.ok("key", "remove", "work", "--force")
    assert [row.name for row in rows.read() if row.keyless] == ["work"]


def test_keys_are_looked_for_only_when_one_may_have_come_or_gone(store: ProfileStore) -> None:
    """Each look would else ask the keyring, and a menu is built from hundreds of looks a day."""
    rows = rows_of(store)
    rows.read()
    with mock.patch.object(SecretStore, "indexed") as indexed:
        rows.read()
    assert indexed.mock_calls == []


def test_the_tray_loads_no_vault_for_keys_that_are_there(store: ProfileStore) -> None:
    """Its library takes 6 MiB, and stays for as long as the tray does."""
    rows = rows_of(store)
    with mock.patch.object(SecretStore, "present") as present:
        assert not any(row.keyless for row in rows.read())
    assert present.mock_calls == []


def test_a_policy_that_comes_or_goes_is_seen_at_the_next_look(
    store: ProfileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of unchanged files are kept: what they were judged by must not be."""
    rows = rows_of(store)
    assert [row.refused for row in rows.read()] == [False, False]
    force(monkeypatch, tmp_path / "etc", allowed_profiles=["w*"])
    assert [(row.name, row.refused) for row in rows.read()] == [("play", True), ("work", False)]
    lay(tmp_path / "etc", {"allowed_gateway_hosts": ["gw.acme.example"]})
    assert [row.refused for row in rows.read()] == [True, True]
    lay(tmp_path / "etc", {})
    assert [row.refused for row in rows.read()] == [False, False]


def test_a_withdrawn_profile_says_so_in_place_of_its_route() -> None:
    """The menu is all that many people see of a catalog."""
    row = ProfileRow("acme/safe", "", "@vertex-eu", withdrawn=True)
    assert titled(row) == "acme/safe (withdrawn)"
