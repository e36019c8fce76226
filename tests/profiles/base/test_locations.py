"""If these fail, profiles or settings are looked for in another place than the user's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from profiles.base.errors import PkccError
from profiles.base.locations import APP, Locations, find_locations, home

XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="HOME decides on POSIX systems only")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG is Linux's convention")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*XDG, "CLAUDE_CONFIG_DIR", "PKCC_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))


def found(config_dir: str | None = None, settings_path: str | None = None) -> Locations:
    return find_locations(os.environ, config_dir, settings_path)


@pytest.mark.parametrize("value", [None, "", "/x/y", "/x y/é"])
@pytest.mark.parametrize("variable", XDG)
def test_our_directories_are_those_that_platformdirs_names(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv(variable, value)
    places = found()
    assert places.config_dir == platformdirs.user_config_dir(APP, appauthor=False)
    assert places.data_dir == platformdirs.user_data_dir(APP, appauthor=False)
    if sys.platform.startswith("linux"):
        assert places.state_dir == platformdirs.user_state_dir(APP, appauthor=False)
    assert places.own_dir is None
    assert places.profiles_dir == os.path.join(places.config_dir, "profiles")


@LINUX
@pytest.mark.parametrize("variable", XDG)
def test_a_relative_xdg_directory_is_ignored_as_its_specification_says(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    usual = found()
    monkeypatch.setenv(variable, "relative/dir")
    assert found() == usual


@POSIX
@pytest.mark.parametrize("value", ["", "relative", "./x"])
def test_a_home_that_is_none_is_an_error_with_what_to_do(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HOME", value)
    for look in (
        lambda: home(os.environ),
        found,
        lambda: found(config_dir="/own"),
        lambda: found(None, "/s.json"),
    ):
        with pytest.raises(PkccError) as caught:
            look()
        assert "HOME" in caught.value.hint


@POSIX
def test_without_a_home_full_paths_still_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "")
    assert found("/own", "/s/settings.json").settings_path == "/s/settings.json"
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/claude")
    assert found("/own").settings_path == "/claude/settings.json"


@POSIX
def test_an_unset_home_is_looked_up_in_the_users_account(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    monkeypatch.delenv("HOME")
    assert home(os.environ) == pwd.getpwuid(os.getuid()).pw_dir


def test_the_settings_file_is_claude_codes_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert found().settings_path == str(tmp_path / "home/.claude/settings.json")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "cc"))
    assert found().settings_path == str(tmp_path / "cc/settings.json")
    assert found().claude_dir == str(tmp_path / "cc")
    assert found(settings_path=str(tmp_path / "x.json")).settings_path == str(tmp_path / "x.json")


def test_relative_paths_and_tilde_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert found(settings_path="a/../s.json").settings_path == str(tmp_path / "s.json")
    assert found(settings_path="~/s.json").settings_path == str(tmp_path / "home/s.json")
    assert found(config_dir="own").config_dir == str(tmp_path / "own")
    assert found(config_dir="~/own").own_dir == str(tmp_path / "home/own")


@pytest.mark.parametrize(
    ("value", "directory"),
    [
        ("cc", "cc"), ("./cc/", "cc"), ("", "."), ("~/.cc", "~/.cc"), ("~", "~"), ("$HOME/cc", "$HOME/cc"),
        ('"cc"', '"cc"'), ("cafe\u0301", "caf\u00e9"),
        pytest.param(" ", " ", marks=pytest.mark.skipif(os.name == "nt", reason="no such names")),
    ],
)  # fmt: skip
def test_claude_codes_directory_is_what_it_takes_the_variable_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, directory: str
) -> None:
    """A profile would be written where no session reads it; tests/e2e holds this to the client."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", value)
    assert found().settings_path == os.path.normpath(tmp_path / directory / "settings.json")
    assert found().claude_home == os.path.normpath(tmp_path / directory)


@pytest.mark.parametrize("by_option", [True, False])
def test_one_place_chosen_for_everything_holds_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_option: bool
) -> None:
    own = str(tmp_path / "own")
    monkeypatch.setenv("PKCC_CONFIG_DIR", str(tmp_path / "other") if by_option else own)
    places = found(config_dir=own if by_option else None)
    assert places.own_dir == places.config_dir == own
    assert {os.path.dirname(path) for path in (places.data_dir, places.state_dir, places.profiles_dir)} == {
        own
    }
    monkeypatch.setenv("PKCC_CONFIG_DIR", "")
    assert found().own_dir is None


def test_sessions_are_looked_for_where_the_client_lists_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a project's settings file a running client would not be seen, and its values be taken away."""
    project = str(tmp_path / "p/.claude/settings.local.json")
    usual = str(tmp_path / "home/.claude")
    assert found().session_dirs == (usual,)
    assert found(None, project).session_dirs == (str(tmp_path / "p/.claude"), usual)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "cc"))
    assert found().session_dirs == (str(tmp_path / "cc"),)
    assert found(None, project).session_dirs == (str(tmp_path / "p/.claude"), str(tmp_path / "cc"))


@POSIX
def test_without_a_home_sessions_are_looked_for_beside_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service without HOME that gives full paths must go on working."""
    monkeypatch.setenv("HOME", "")
    assert found("/own", "/s/settings.json").session_dirs == ("/s",)


@POSIX
@pytest.mark.parametrize("paths", [("/own\udcff", "/s.json"), ("/own", "/s\udcff/settings.json")])
def test_a_path_that_the_settings_could_not_name_is_refused_readably(paths: tuple[str, str]) -> None:
    """Else a switch fails later with a traceback, when the path is to be written."""
    with pytest.raises(PkccError) as caught:
        found(*paths)
    assert "UTF-8" in caught.value.title
    assert caught.value.title.isprintable()
