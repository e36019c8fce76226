"""`uninstall`: somebody who leaves finds every file as it was, and no key of theirs anywhere."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest
from support.catalog_homes import Publisher, join
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome, files_with

from profiles.base import locations
from profiles.base.errors import SecretUnavailableError
from profiles.secrets.store import SecretStore
from tray.actions.more.computer import own_files, uninstall
from tray.app import App

OLD = "sk-ant-CANARY-of-before-the-first-switch"


def files(home: UserHome) -> dict[str, bytes]:
    """Every file below the home, and what it holds."""
    found = [path for path in home.root.rglob("*") if path.is_file() or path.is_symlink()]
    return {str(path.relative_to(home.root)): path.read_bytes() for path in found}


def furnish(home: UserHome) -> dict[str, bytes]:
    """Use all that leaves something behind; the files of before that."""
    subprocess.run(["git", "init", "-q", str(home.root / "repo")], check=True)
    (home.root / "other" / ".claude").mkdir(parents=True)
    settings = json.loads(home.settings.read_bytes())
    home.settings.write_text(json.dumps({**settings, "env": {"ANTHROPIC_AUTH_TOKEN": OLD}}, indent=3))
    publisher = Publisher(home.root / "share")
    publisher.publish()
    before = files(home)
    home.add("work")
    home.add("home", "--provider", "@b", "--key-delivery", "settings")
    join(home, publisher)
    home.ok("target", "add", "second", str(home.root / "other" / ".claude"))
    home.ok("switch", "work")
    home.ok("project", "add", "repo", "--metadata", "a=b")
    home.ok("switch", "home", "--project", "repo")
    home.ok("project", "rule", "add", "~/work/**", "--metadata", "a=b")
    home.ok("preference", "on_drift", "ignore")
    home.ok("statusline", "on")
    home.ok("autostart", "on")
    home.ok("desktop", "install")
    home.ok("list", "--sort", "name")
    return before


def test_every_file_is_as_it_was_before_and_it_can_be_said_twice(home: UserHome) -> None:
    before = furnish(home)
    shown = home.ok("uninstall", "--dry-run").out
    assert "names all of it" not in shown
    for part in ("settings.json", str(home.root / "repo"), "home, work", "acme", "autostart", "menu entry"):
        assert part in shown, shown
    assert files(home) != before
    said = home.ok("uninstall", "--yes").out
    assert (said.startswith("Gone:"), "Remove the program" in said) == (True, True)
    assert files(home) == before
    own = [path for path in home.root.rglob("*") if "pkcc" in path.name and path.name != "pkcc-catalog.json"]
    assert [path for path in own if not path.name.startswith("pkcc-catalog.json")] == []
    assert "Nothing of pkcc-tray is here" in home.ok("uninstall", "--yes").out
    assert files(home) == before


def test_nothing_goes_before_a_yes(home: UserHome) -> None:
    furnish(home)
    there = files(home)
    assert home.run("uninstall").code == 2
    with terminal(["uninstall"], home.environ, home.root) as screen:
        shown = screen.expect("Take all of it away? (y/N)")
        assert "work" in shown
        assert "bundle.json" in shown
        screen.type("")
        assert screen.finish() == 4
    home.ok("uninstall", "--dry-run")
    locks = {name for name in files(home).keys() - there.keys() if name.endswith("lock")}
    assert {name: data for name, data in files(home).items() if name not in locks} == there


def test_a_session_that_runs_is_not_left_without_its_key(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    there = home.settings.read_bytes()
    (home.claude / "sessions").mkdir()
    row = {"pid": os.getpid(), "cwd": str(home.root), "sessionId": "s", "version": "2.1.332"}
    (home.claude / "sessions" / f"{os.getpid()}.json").write_text(json.dumps(row))
    ran = home.run("uninstall", "--yes")
    assert (ran.code, "1 session of Claude Code would be left without a key" in ran.err) == (4, True), ran
    shown = home.ok("uninstall", "--dry-run").out
    assert f"{home.settings}: as before" in shown  # what would go, for whoever wants to know before
    assert "Refused as long as it is so: 1 session of Claude Code would be left without a key. End" in shown
    with terminal(["uninstall"], home.environ, home.root) as screen:
        screen.expect("left without a key")
        assert screen.finish() == 4
    assert home.settings.read_bytes() == there
    assert home.ok("key", "print", "work").out.strip() == KEY


def test_other_files_in_a_chosen_place_stay_and_links_lose_only_themselves(home: UserHome) -> None:
    """A place of one's own may be a repository of dotfiles."""
    own, dotfiles = home.root / "own", home.root / "dotfiles"
    dotfiles.mkdir()
    own.mkdir()
    (own / "README.md").write_text("mine")
    (own / "profiles").symlink_to(dotfiles)
    home.environ["PKCC_CONFIG_DIR"] = str(own)
    home.add()
    home.ok("switch", "work")
    said = home.ok("uninstall", "--yes").out
    assert f"stays: {dotfiles}" in said
    assert f"stays: {own / 'README.md'}" in said
    assert [path.name for path in own.iterdir()] == ["README.md"]
    assert [path.name for path in dotfiles.iterdir()] == ["work.json"]


def test_keys_can_stay_for_another_time(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    data = home.root / ".local/share/pkcc-tray"
    for line in (("uninstall", "--dry-run", "--keep-keys"), ("uninstall", "--yes", "--keep-keys")):
        said = home.ok(*line).out
        assert ("  keys" in said, f"  files     {data}\n" in said) == (False, False), said
        assert f"Your keys stay, in {data}\n" in said
    assert "Nothing of pkcc-tray is here" in home.ok("uninstall", "--dry-run", "--keep-keys").out
    home.ok("add", "work", "--provider", "@anthropic-prod", "--key-ref", "keyring:work")
    assert home.ok("key", "print", "work").out.strip() == KEY


@pytest.mark.parametrize("strikes_at", ["work", "home"])
def test_a_keyring_that_refuses_stops_it_while_it_can_still_go_on(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, strikes_at: str
) -> None:
    """Without the list of keys nobody would ever find those that are left in a keyring."""
    before = furnish(home)
    delete = SecretStore.delete

    def refusing(store: SecretStore, name: str) -> Any:
        if name == strikes_at:
            raise SecretUnavailableError("The keyring is locked", "Unlock it.")
        return delete(store, name)

    with monkeypatch.context() as patch:
        patch.setattr(SecretStore, "delete", refusing)
        assert home.run("uninstall", "--yes").code == 5
    assert home.settings.read_bytes() == before[".claude/settings.json"]
    assert strikes_at in home.ok("key", "list").out
    home.ok("uninstall", "--yes")
    assert files(home) == before


def test_settings_that_cannot_be_read_stop_it_before_anything_goes(home: UserHome) -> None:
    home.add()
    home.settings.write_text("{")
    ran = home.run("uninstall", "--yes")
    assert (ran.code, "settings.json" in ran.err) == (1, True), ran
    assert home.ok("key", "print", "work").out.strip() == KEY
    assert not files_with(KEY, home.root)


@pytest.mark.parametrize("again", ["switch work", "undo"])
def test_a_switch_in_another_window_never_ends_with_a_helper_and_no_key(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    """The user's own key would be lost, and settings said to be as before name a helper that is gone."""
    before = files(home)
    home.add("work")
    home.ok("switch", "work")
    real = uninstall._put_back

    def meanwhile(app: App) -> list[str]:
        notes = real(app)
        home.ok(*again.split())
        return notes

    with monkeypatch.context() as patch:
        patch.setattr(uninstall, "_put_back", meanwhile)
        ran = home.run("uninstall", "--yes")
    assert (ran.code, "switched meanwhile" in ran.err) == (4, True), ran
    assert home.ok("status", "--short").out == "work\n"
    home.ok("uninstall", "--yes")
    assert files(home) == before


def test_projects_that_cannot_be_put_back_are_all_named_before_anything_goes(home: UserHome) -> None:
    """One stopped it half-way, the next one at the next try, each time with: nothing was changed."""
    home.add("work")
    home.ok("switch", "work")
    for name in ("one", "two"):
        (home.root / name).mkdir()
        home.ok("project", "add", name, "--metadata", "a=b")
        (home.root / name / ".claude" / "settings.local.json").write_text("{")
    before = files(home)
    looked, ran = home.ok("uninstall", "--dry-run"), home.run("uninstall", "--yes")
    assert ran.code == 4
    for name in ("one", "two"):
        assert (f"{home.root / name} (" in looked.out, f"{home.root / name} (" in ran.err) == (True, True)
    assert looked.out.count("Cannot be put back") == 1
    assert files(home) == before


def test_what_another_uninstall_removed_meanwhile_is_not_said_to_stay(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started twice, the second named directories that were not there, as those of another program."""
    home.add("work")
    home.ok("switch", "work")
    real = own_files._names_in
    monkeypatch.setattr(own_files, "_names_in", lambda directory: [*real(directory), "just gone"])
    assert "stays" not in home.ok("uninstall", "--yes").out


def test_a_key_that_another_uninstall_removed_first_is_gone_all_the_same(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no settings file holds the two apart, one ended with: there is no such key, store it."""
    home.settings.unlink()
    home.claude.rmdir()
    home.add("work")
    delete = SecretStore.delete

    def deleted_meanwhile(store: SecretStore, name: str) -> None:
        delete(store, name)
        delete(store, name)

    monkeypatch.setattr(SecretStore, "delete", deleted_meanwhile)
    home.ok("uninstall", "--yes")
    assert files(home) == {}


def test_more_than_a_dozen_projects_are_counted(home: UserHome) -> None:
    """The question at the end scrolled what matters out of sight; a program still gets each of them."""
    home.add("work")
    home.ok("switch", "work")
    for number in range(15):
        (home.root / f"p{number:02}").mkdir()
        home.ok("project", "add", f"p{number:02}")
    said = home.ok("uninstall", "--dry-run").out
    assert said.count(": as before\n") == 12
    assert ("  project   and 3 more\n" in said, "--dry-run --json` names all of it" in said) == (True, True)
    assert len(home.ok("uninstall", "--dry-run", "--json").json()["data"]["traces"]["projects"]) == 15


def test_what_an_uninstaller_runs_afterwards_leaves_no_trace(home: UserHome) -> None:
    """The Windows setup runs these as it goes, after `uninstall` said that nothing is left."""
    before = furnish(home)
    home.ok("uninstall", "--yes")
    assert home.ok("off").out == f"Off already: {home.settings} carries no profile.\n"
    home.ok("quit", "--json")
    home.ok("autostart", "off")
    home.ok("status")
    assert files(home) == before


def test_where_one_directory_is_for_all_that_is_ours_nothing_stays_but_the_keys(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows: keys lie beside the profiles there, and what is remembered below them."""
    place = str(home.root / "Library" / "Application Support" / "pkcc-tray")
    monkeypatch.setattr(locations, "_conventional", lambda _: (place, place, os.path.join(place, "state")))
    before = furnish(home)
    traces = home.ok("uninstall", "--dry-run", "--json").json()["data"]["traces"]
    assert traces["directories"] == [place]
    said = home.ok("uninstall", "--yes", "--keep-keys").out
    assert f"Your keys stay, in {place}\n" in said
    assert "Not of pkcc-tray" not in said
    left = {os.path.relpath(home.root / path, place) for path in files(home).keys() - before.keys()}
    assert {path.partition("/")[0] for path in left} == {"keys.json", "keys.json.lock", "vault", "vault.lock"}
    home.ok("uninstall", "--yes")
    assert files(home) == before
