"""Every file of ours that a user may keep among their dotfiles stays a link, whatever command writes it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from support.home.user_home import UserHome

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links of Linux and macOS")


def linked(home: UserHome, path: Path) -> Path:
    """Move that file among the dotfiles, a link in its place."""
    target = home.root / "dotfiles" / path.name
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    path.symlink_to(target)
    return target


def test_a_profile_stays_a_link_through_every_change(home: UserHome) -> None:
    home.add()
    link = home.profiles / "work.json"
    target = linked(home, link)
    home.ok("switch", "work")
    home.ok("set", "work", "label", "Work")
    assert json.loads(target.read_bytes())["label"] == "Work"
    home.edit_settings("https://api.portkey.ai", "https://api.portkey.ai/")
    home.environ["EDITOR"] = f"{sys.executable} -c \"import sys; p = sys.argv[1]; t = open(p).read()" \
        "; open(p, 'w').write(t.replace('Work', 'Edited'))\""  # fmt: skip
    home.ok("edit", "work")
    assert json.loads(target.read_bytes())["label"] == "Edited"
    home.ok("undo")
    assert json.loads(target.read_bytes())["label"] == "Work"
    assert link.is_symlink()


def test_a_renamed_profile_takes_its_link_along_and_undo_brings_it_back(home: UserHome) -> None:
    home.add()
    target = linked(home, home.profiles / "work.json")
    home.ok("rename", "work", "office")
    assert (home.profiles / "office.json").readlink() == target
    assert not (home.profiles / "work.json").is_symlink()
    assert json.loads(target.read_bytes())["name"] == "office"
    home.ok("undo")
    assert (home.profiles / "work.json").readlink() == target
    assert home.ok("show", "work")
    assert not (home.profiles / "office.json").is_symlink()


def test_a_removed_profile_leaves_the_file_that_the_link_led_to(home: UserHome) -> None:
    home.add()
    target = linked(home, home.profiles / "work.json")
    home.ok("remove", "work")
    assert target.exists()
    assert not (home.profiles / "work.json").is_symlink()


def test_a_link_to_nothing_is_told_as_that_and_a_new_profile_makes_its_file(home: UserHome) -> None:
    home.add()
    target = linked(home, home.profiles / "work.json")
    target.unlink()
    ran = home.run("switch", "work")
    assert f"work.json is a link, and {target} is not there" in ran.err
    home.add()
    assert json.loads(target.read_bytes())["name"] == "work"


def test_rules_targets_preferences_and_bundles_stay_links(home: UserHome) -> None:
    home.add()
    (home.root / "other").mkdir()
    changes = [
        ("preference", "on_drift", "ignore"),
        ("project", "rule", "add", "~/x/**", "--profile", "work"),
        ("target", "add", "other", str(home.root / "other")),
        ("export", "work", "--output", str(home.own / "bundle.json")),
    ]
    for words in changes:
        home.ok(*words)
    files = [path for path in home.own.glob("*.json") if path.is_file()]
    assert len(files) == 4
    targets = [linked(home, path) for path in files]
    before = [target.read_bytes() for target in targets]
    home.ok("preference", "on_drift", "notify")
    home.ok("project", "rule", "remove", "~/x/**")
    home.ok("target", "remove", "other")
    home.ok("set", "work", "label", "Work")
    home.ok("export", "work", "--output", str(home.own / "bundle.json"))
    assert all(path.is_symlink() for path in files)
    assert [target.read_bytes() == text for target, text in zip(targets, before, strict=True)] == [False] * 4


@pytest.mark.parametrize("is_linked", [False, True], ids=["plain", "linked"])
def test_what_a_killed_command_left_beside_a_file_goes_with_the_next_that_writes_it(
    home: UserHome, is_linked: bool
) -> None:
    """Such files gathered among the dotfiles, one for each command that was killed, and stayed for ever."""
    home.add()
    home.ok("project", "rule", "add", "~/clones/**", "--metadata", "a=b")
    home.ok("preference", "key_cache_minutes", "5")
    places = [home.profiles / "work.json", home.own / "rules.json", home.own / "preferences.json"]
    targets = [linked(home, path) for path in places] if is_linked else places
    left = [path.with_name(f".{path.name}.pkcc-1-0a.tmp") for path in targets]
    for path in left:
        path.write_bytes(b"{")
    for path in left if is_linked else left[2:]:  # no lock tells whether the command is still at work
        os.utime(path, (1, 1))
    foreign = targets[0].with_name(".work.json.tmp")
    foreign.write_bytes(b"")
    home.ok("set", "work", "trace_id", "t")
    home.ok("project", "rule", "remove", "1")
    home.ok("preference", "key_cache_minutes", "6")
    assert not [path for path in left if path.exists()]
    assert foreign.exists(), "no file of ours"
