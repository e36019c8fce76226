"""If these fail, a profile is lost, an old rendering is switched to, or a secret shows in an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.locations import Locations
from profiles.profile.config.file import read_config_file
from profiles.profile.encode import encode_profile
from profiles.profile.rendering import from_plain, to_plain
from profiles.profile.schema.model import Profile
from profiles.profile.schema.parse import parse_profile
from profiles.profile.store import ProfileStore

SECRET = "pk-Zz9SECRET0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(
        Locations(
            str(tmp_path / "c"), str(tmp_path / "d"), str(tmp_path / "s"), str(tmp_path / "settings.json")
        )
    )


def profile(name: str = "work", **fields: Any) -> Profile:
    base = {"name": name, "route": {"kind": "provider", "provider": "@prod"}, "api_key": "keyring:work"}
    return parse_profile(base | fields)


def write(store: ProfileStore, name: str, data: object) -> Path:
    path = Path(store.path_of(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def cache_file(tmp_path: Path, name: str = "work") -> Path:
    return tmp_path / "s/rendered" / f"{name}.json"


# What is written comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"label": "Ü “x”", "metadata": {"_user": "é", "b": ""}, "trace_id": "t", "key_in": "token"},
        {
            "dialect": "vertex",
            "models": {"default": "m", "opus": "o"},
            "vertex": {"region": "eu"},
            "gateway": "http://gw/v1",
            "allow_plain_http": True,
        },
        {"route": {"kind": "virtual_key", "provider": "p", "virtual_key": "v"}, "extra_env": {"A": "1"}},
        {
            "route": {
                "kind": "config",
                "inline": {"provider": "@a", "override_params": {"seed": None, "n": 1.5}},
            }
        },
        {"route": {"kind": "config", "path": "~/c.json"}, "extra_headers": {"X-A": "1"}},
    ],
)
def test_a_saved_profile_is_read_as_it_was(store: ProfileStore, fields: dict[str, Any]) -> None:
    store.save(profile(**fields))
    assert store.load("work") == profile(**fields)
    path = Path(store.path_of("work"))
    assert json.loads(path.read_bytes())["schema_version"] == 1
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_profiles_file_holds_no_noise_for_whoever_edits_it() -> None:
    assert json.loads(encode_profile(profile())) == {
        "schema_version": 1,
        "name": "work",
        "dialect": "messages",
        "route": {"kind": "provider", "provider": "@prod"},
        "api_key": "keyring:work",
    }
    assert "é" in encode_profile(profile(label="é")).decode()


def test_an_edited_text_is_checked_before_it_is_written_as_typed(store: ProfileStore) -> None:
    store.save(profile())
    text = '{ "api_key":"keyring:k",\r\n "route":{"kind":"provider","provider":"@b"}, "name":"work" }'
    stored = store.text_of("work")
    store.check_text("work", text, base=stored)
    store.put("work", text.encode())
    assert store.text_of("work").encode() == text.encode()
    with pytest.raises(PkccError, match=r"route: is missing"):
        store.check_text("work", '{"name": "work", "api_key": "keyring:k"}', base=text)
    with pytest.raises(ConflictError, match="changed by something else"):
        store.check_text("work", text.replace("@b", "@c"), base=stored)


# The cache ---------------------------------------------------------------------------------------------


def test_a_validated_profile_is_switched_to_without_validating_it_again(
    store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(profile())
    first = store.rendered("work")
    monkeypatch.setattr("profiles.profile.schema.parse.parse_profile", lambda _: pytest.fail("validated"))
    assert store.rendered("work") == first


def test_a_file_edited_by_hand_is_validated_anew_and_rendered_anew(store: ProfileStore) -> None:
    store.save(profile())
    assert store.rendered("work").headers == [["x-portkey-provider", "@prod"]]
    path = Path(store.path_of("work"))
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"@prod", b"@pr0d"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # not even a time stamp tells
    assert store.rendered("work").headers == [["x-portkey-provider", "@pr0d"]]
    path.write_bytes(path.read_bytes().replace(b"@pr0d", b"@pr\\nd"))
    with pytest.raises(PkccError) as caught:
        store.rendered("work")
    assert str(path) in caught.value.title
    assert "route.provider" in caught.value.title


def test_a_config_file_that_changed_is_rendered_anew_and_a_broken_or_missing_one_refused(
    store: ProfileStore, tmp_path: Path
) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"provider": "@one"}')
    store.save(profile(route={"kind": "config", "path": str(config)}))
    assert store.rendered("work").headers == [["x-portkey-config", '{"provider":"@one"}']]
    config.write_text('{"provider": "@two"}')
    assert store.rendered("work").headers == [["x-portkey-config", '{"provider":"@two"}']]
    config.write_text('{"provider": "openai", "api_key": "' + SECRET + '"}')
    with pytest.raises(PkccError, match="api_key holds a secret in clear text") as caught:
        store.rendered("work")
    assert SECRET not in caught.value.title + caught.value.hint
    config.write_text('{"provider": }')
    with pytest.raises(PkccError, match="line 1, column 14"):
        store.rendered("work")
    config.write_text("[]")
    with pytest.raises(PkccError, match="holds no Portkey config"):
        store.rendered("work")
    config.unlink()
    with pytest.raises(PkccError, match="There is no config file"):
        store.rendered("work")
    with pytest.raises(PkccError, match="There is no config file"):
        read_config_file(str(config))


GOOD = {"version", "profile", "config_path", "config", "rendered"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cache: b"",
        lambda cache: b"{",
        lambda cache: b"\xff\xfe\x00",
        lambda cache: b"[" * 200_000,
        lambda cache: b"null",
        lambda cache: b"[]",
        lambda cache: cache | {"version": "0/0"},
        lambda cache: cache | {"profile": "0" * 64},
        lambda cache: cache | {"rendered": None},
        lambda cache: cache | {"rendered": {}},
        lambda cache: cache | {"rendered": cache["rendered"] | {"more": 1}},
        lambda cache: cache | {"rendered": cache["rendered"] | {"headers": [["x-a", "1\nx-evil: 1"]]}},
        lambda cache: cache | {"rendered": cache["rendered"] | {"headers": [[1, 2]]}},
        lambda cache: cache | {"config_path": 5},
        lambda cache: cache | {"config_path": "/nowhere/at/all"},
        lambda cache: cache | {"config_path": "/tmp"},
        lambda cache: {key: value for key, value in cache.items() if key != "config_path"},
    ],
)
def test_a_cache_that_is_damaged_older_or_anothers_is_not_believed(
    store: ProfileStore, tmp_path: Path, spoil: Any
) -> None:
    store.save(profile())
    fresh = store.rendered("work")
    cache = cache_file(tmp_path)
    good = json.loads(cache.read_bytes())
    assert set(good) == GOOD
    good["rendered"]["label"] = "from the cache"
    cache.write_text(json.dumps(good))
    assert store.rendered("work").label == "from the cache"  # so that what follows shows something
    spoiled = spoil(good)
    cache.write_bytes(spoiled if isinstance(spoiled, bytes) else json.dumps(spoiled).encode())
    assert store.rendered("work") == fresh
    assert from_plain(json.loads(cache.read_bytes())["rendered"]) == fresh


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(store: ProfileStore, tmp_path: Path) -> None:
    store.save(profile())
    (tmp_path / "s/rendered").write_text("a file in the way")
    assert store.rendered("work").name == "work"


def test_the_cache_holds_no_secret_and_is_private(store: ProfileStore, tmp_path: Path) -> None:
    store.save(profile(key_delivery="settings"))
    store.rendered("work")
    assert to_plain(store.rendered("work"))["key_ref"] == "keyring:work"
    if sys.platform != "win32":
        assert cache_file(tmp_path).stat().st_mode & 0o077 == 0


def test_a_cached_switch_imports_nothing_that_costs(store: ProfileStore, tmp_path: Path) -> None:
    store.save(profile())
    store.rendered("work")
    code = (
        "import sys\n"
        "from profiles.base.locations import Locations\nfrom profiles.profile.store import ProfileStore\n"
        "import profiles.switching.edit.plan, profiles.claude_code.settings.secret_parts\n"
        f"places = Locations({str(tmp_path / 'c')!r}, '', {str(tmp_path / 's')!r}, '')\n"
        "print(ProfileStore(places).rendered('work').hint)\n"
        "print([name for name in ('pydantic', 'dataclasses', 'pathlib', 'keyring', 'argparse')"
        " if name in sys.modules])"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=root, check=False
    )
    assert done.stdout.splitlines() == ["@prod", "[]"], done.stderr


# Many, and names ---------------------------------------------------------------------------------------


def test_with_ten_thousand_profiles_one_is_read_without_looking_at_the_rest(
    store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(profile())
    folder = Path(store.path_of("work")).parent
    for number in range(10_000):
        (folder / f"p{number}.json").touch()
    assert len(store.names()) == 10_001
    store.rendered("work")  # a cache that is written again is swept, of what killed runs left in it
    for name in ("listdir", "scandir"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda path, real=real: pytest.fail("listed") if path == str(folder) else real(path)
        )
    assert store.load("work").name == "work"
    assert store.rendered("work").name == "work"
    assert store.rendered("work").name == "work"


def test_names_are_sorted_and_other_files_are_none_of_them(store: ProfileStore) -> None:
    for name in ("b", "A", "c"):
        store.save(profile(name))
    folder = Path(store.path_of("a")).parent
    for other in ("notes.txt", ".hidden.json", "b.json.tmp", "b.json~", "é.json", ".json"):
        (folder / other).touch()
    assert store.names() == ["A", "b", "c"]


def test_no_profiles_at_all_is_no_error_and_says_how_to_begin(store: ProfileStore) -> None:
    assert store.names() == []
    with pytest.raises(NotFoundError) as caught:
        store.load("work")
    assert "pkcc-tray add" in caught.value.hint


def test_a_misspelled_name_gets_the_nearest_one(store: ProfileStore) -> None:
    store.save(profile("Production"))
    for wrong in ("prodction", "PRODUCTION"):
        if Path(store.path_of(wrong)).exists():  # a file system without case finds it: another error
            continue
        with pytest.raises(NotFoundError) as caught:
            store.load(wrong)
        assert "'Production'" in caught.value.hint


@pytest.mark.parametrize("name", ["../x", "a/b/c", "a/../b", "/b", "", "a\0b", "..", "con"])
def test_a_name_cannot_lead_out_of_the_folder(store: ProfileStore, name: str) -> None:
    for action in (store.load, store.rendered, store.drop, store.text_of, store.path_of):
        with pytest.raises(UsageError):
            action(name)


def test_two_profiles_never_differ_in_case_alone(store: ProfileStore) -> None:
    store.save(profile("Work"))
    for replace in (False, True):
        with pytest.raises(ConflictError, match="'Work'"):
            store.save(profile("wORK"), replace=replace)
    with pytest.raises(ConflictError):
        store.save(profile("Work"))
    store.save(profile("Work", label="new"), replace=True)
    assert store.load("Work").label == "new"
    store.save(profile("other"))
    with pytest.raises(ConflictError):
        store.check_free("WORK", allowed="other")
    assert store.names() == ["other", "Work"]


def test_renaming_can_change_the_case_alone(store: ProfileStore, tmp_path: Path) -> None:
    store.save(profile(label="kept"))
    store.rendered("work")
    store.respell("work", "WORK")
    store.put("WORK", encode_profile(profile("WORK", label="kept")))
    assert store.names() == ["WORK"]
    assert store.load("WORK") == profile("WORK", label="kept")
    assert not cache_file(tmp_path).exists()


def test_what_is_removed_leaves_nothing_behind(store: ProfileStore, tmp_path: Path) -> None:
    store.save(profile("third"))
    assert store.rendered("third").name == "third"
    store.drop("third")
    assert not cache_file(tmp_path, "third").exists()
    assert store.names() == []
    with pytest.raises(NotFoundError):
        store.load("third")
    store.drop("third")


# Files that are wrong ----------------------------------------------------------------------------------

RIGHT = {"name": "work", "route": {"kind": "provider", "provider": "@p"}, "api_key": "keyring:work"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            RIGHT | {"schema_version": 3, "new": 1},
            "schema_version: is 3, but this pkcc-tray knows only up to 2",
        ),
        (RIGHT | {"api_key": SECRET}, "api_key: That is not a reference to a secret"),
        (RIGHT | {"extra_headers": {"X-Token": SECRET}}, "extra_headers: X-Token looks like a secret"),
        (RIGHT | {"name": "other"}, "name: is 'other', but the file is called 'work'"),
        (RIGHT | {"colour": "red"}, "colour: is not a field of a profile"),
        ([], "a profile is a JSON object"),
        (b"", "line 1, column 1"),
        (b'{\n  "name": "work",\n  oops\n}', "line 3, column 3"),
        (b'{"name": "w\xff\xfe"}', "not UTF-8"),
        (b"\x80", "not UTF-8"),
        (
            b'{"api_key": "' + SECRET.encode() + b'", "api_key": "keyring:work"}',
            "'api_key' is there twice",
        ),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' * 200_000, "nested too deeply"),
        (b'{"schema_version": ' + b"9" * 5000 + b"}", "a number too long"),
        (b'{"name": "\xed\xa0\x80"}', "name"),
    ],
)
@pytest.mark.parametrize("way", ["load", "rendered"])
def test_a_wrong_file_is_refused_with_file_and_field_and_shows_no_secret(
    store: ProfileStore, data: object, says: str, way: str
) -> None:
    path = write(store, "work", data)
    before = path.read_bytes()
    with pytest.raises(PkccError) as caught:
        getattr(store, way)("work")
    assert str(path) in caught.value.title
    assert says in caught.value.title
    assert SECRET not in caught.value.title + caught.value.hint
    assert caught.value.hint
    assert caught.value.title.isprintable()
    assert path.read_bytes() == before


def test_a_profile_saved_by_an_editor_with_a_byte_order_mark_is_read(store: ProfileStore) -> None:
    write(store, "work", b"\xef\xbb\xbf" + json.dumps(RIGHT).encode())
    assert store.load("work").name == "work"
    assert store.rendered("work").name == "work"


def test_a_folder_where_a_profile_should_be_is_an_error_and_no_traceback(store: ProfileStore) -> None:
    Path(store.path_of("work")).mkdir(parents=True)
    with pytest.raises(PkccError):
        store.load("work")
