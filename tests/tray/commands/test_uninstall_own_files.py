"""`uninstall` takes every file of ours and none of anyone else's, in whatever directory."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from pathlib import Path

from support.catalog_homes import Publisher, join, with_work
from support.gateway.account import HostedAccount
from support.home.user_home import ROOT, UserHome

from profiles.base.locations import find_locations
from profiles.files.temporary import writing_temp
from tray.actions.more.computer import own_names
from tray.ipc.address import MANAGER
from tray.ipc.single_instance import acquire
from tray.runtime.logs import start_log, stop_log

CONFIG = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}


def files(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


THEIRS = (
    *(
        "vault.kdbx",
        "catalogs.md",
        "keys.json.txt",
        ".vault.swp",
        "order.json~",
        "rules.json.d/a",
        "README.md",
    ),
    *(
        "state/mine.txt",
        "state/targets/notes.txt",
        "state/another/state.json",
        "state/projects/mine/state.json",
    ),
    *(
        "state/targets/0123456789abcdef.txt",
        "state/run/other.sock",
        "state/edits/draft.md",
        "state/account/x.json",
    ),
    *("data/mine.csv", "data/vault/data.hcl", "data/vault/keys/mine.pem", "data/catalogs/2026/list.json"),
    *("catalogs/list.json", "vault/vault.json", "keys.json", "tray.log"),  # ours are called so elsewhere
    *("profiles/firefox.json", "profiles/README.md", "configs/nginx.json", "configs/other.conf"),
)


def test_not_one_file_of_anyone_elses_goes_from_a_chosen_directory(home: UserHome) -> None:
    """Notes and password databases would be gone for good, at a `--yes`."""
    own = home.root / "notes"
    home.environ["PKCC_CONFIG_DIR"] = str(own)
    for name in THEIRS:
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text('{"mine": true}')
    home.add()
    home.ok("switch", "work")
    shown = home.ok("uninstall", "--dry-run").out
    assert "firefox" not in shown
    assert "nginx" not in shown
    said = home.ok("uninstall", "--yes").out
    assert files(own) == set(THEIRS)
    for name in THEIRS:
        assert any(str(part) in said for part in ((own / name), *(own / name).parents)), (name, said)
    for name in ("vault.kdbx", "state/mine.txt", "profiles/firefox.json", "data/vault/keys/mine.pem"):
        assert f"stays: {own / name}\n" in said


def test_a_folder_goes_though_the_finder_has_been_there(home: UserHome) -> None:
    """Each folder that was ever opened in it stayed, and was said to be another program's."""
    home.add()
    for directory in (home.own, home.profiles, home.root / ".local/state/pkcc-tray"):
        directory.mkdir(exist_ok=True)
        (directory / ".DS_Store").write_bytes(b"Bud1")
    mine = home.own / "mine"
    mine.mkdir()
    (mine / ".DS_Store").write_bytes(b"Bud1")
    assert f"stays: {mine}\n" in home.ok("uninstall", "--yes").out
    assert files(home.own) == {".DS_Store", "mine/.DS_Store"}
    (mine / ".DS_Store").unlink()
    mine.rmdir()
    home.ok("uninstall", "--yes")
    assert not home.own.exists()


def test_the_state_of_other_programs_stays(home: UserHome) -> None:
    """`--config-dir ~/.local` makes `~/.local/state` ours, where every other program has its own."""
    other = home.root / ".local" / "state" / "wireplumber" / "default-nodes"
    other.parent.mkdir(parents=True)
    other.write_text("theirs")
    home.environ["PKCC_CONFIG_DIR"] = str(home.root / ".local")
    home.add()
    home.ok("switch", "work")
    home.ok("uninstall", "--yes")
    assert files(home.root / ".local") == {"state/wireplumber/default-nodes"}


def test_a_link_that_leads_to_nothing_of_ours_stays(home: UserHome) -> None:
    own, elsewhere = home.root / "notes", home.root / "work"
    elsewhere.mkdir()
    own.mkdir()
    (elsewhere / "nginx.conf").write_text("theirs")
    (own / "configs").symlink_to(elsewhere)
    home.environ["PKCC_CONFIG_DIR"] = str(own)
    home.add()
    assert f"stays: {own / 'configs'}" in home.ok("uninstall", "--yes").out
    assert (own / "configs" / "nginx.conf").read_text() == "theirs"


def test_configs_and_damaged_profiles_are_named_before_they_go(home: UserHome) -> None:
    """People write configs by hand: without being told they would not look for another copy."""
    configs = home.own / "configs"
    home.add()
    (home.profiles / "torn.json").write_text("{")
    configs.mkdir()
    (configs / "by hand.json").write_text(json.dumps(CONFIG))
    found = home.ok("uninstall", "--dry-run", "--json").json()["data"]["traces"]
    assert found["configs"] == [str(configs / "by hand.json")]
    assert found["profiles"] == ["torn", "work"]
    assert str(configs / "by hand.json") in home.ok("uninstall", "--dry-run").out
    home.ok("uninstall", "--yes")
    assert not home.own.exists()


def use_everything(home: UserHome, hosted: HostedAccount) -> None:
    """Have every command that keeps something keep it."""
    subprocess.run(["git", "init", "-q", str(home.root / "repo")], check=True)
    publisher = Publisher(home.root / "share")
    publisher.publish()
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    home.add("home", "--provider", "@b", "--key-delivery", "settings")
    join(home, publisher)
    home.ok("catalog", "override", "acme/work", "models.sonnet", "claude-sonnet-5-5")
    publisher.publish(profiles=with_work(models={"sonnet": "claude-sonnet-4-5"}))
    home.ok("catalog", "update", "acme")
    home.run("catalog", "accept", "acme")
    home.run("catalog", "rollback", "acme")
    (home.root / "other" / ".claude").mkdir(parents=True)
    home.ok("target", "add", "second", str(home.root / "other" / ".claude"))
    home.ok("switch", "work")
    home.ok("project", "add", "repo", "--metadata", "a=b")
    home.ok("switch", "home", "--project", "repo")
    home.ok("project", "rule", "add", "~/work/**", "--metadata", "a=b")
    home.ok("preference", "on_drift", "ignore")
    home.ok("statusline", "on")
    home.ok("list", "--favourite", "home")
    for asking in ("usage", "budget", "check"):
        home.run(asking)  # the account's answers are kept, whatever they are
    (home.own / "configs").mkdir()
    (home.own / "configs" / "main.json").write_text(json.dumps(CONFIG))
    home.ok(
        "add",
        "balanced",
        "--config-file",
        str(home.own / "configs" / "main.json"),
        "--key-ref",
        "keyring:work",
    )
    home.run("config", "list")
    home.run("config", "pull", "pc-main-000000", "-o", str(home.own / "configs" / "pulled.json"))
    home.ok("copy", "work", "gone")
    home.ok("remove", "gone", "--yes")
    home.ok("undo")
    home.spawn("exec", "work", "--", "true")
    home.run("key", "print", "work")
    (home.root / ".local/share/pkcc-tray/keys.json").write_text("{")
    home.add("after")
    locations = find_locations(home.environ, settings_path=str(home.settings))
    locations = locations._replace(state_dir=str(home.root / ".local/state/pkcc-tray"))  # of that home
    start_log(locations)
    stop_log()
    if running := acquire(locations, home.environ, MANAGER):  # as a page does
        running.release()


def leave_rare_ones(home: UserHome) -> None:
    """What only a tray, a page or a killed run makes, by the very names of the table."""
    state, data = home.root / ".local/state/pkcc-tray", home.root / ".local/share/pkcc-tray"
    for directory, patterns in (
        (state, own_names.IN_STATE),
        (data, (*own_names.OF_KEYS, *own_names.OF_CATALOGS)),
        (home.own, own_names.IN_CONFIG),
    ):
        for pattern in patterns:
            path = directory / pattern.replace("[0-9a-f]", "a").replace("[0-9]", "1").replace(
                "*", "a"
            ).replace("?", "b")
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() and "targets" not in str(path):
                path.write_bytes(b"")
            for handle in writing_temp(str(path), b"torn", None):
                os.fsync(handle)


def test_none_of_ours_is_left_after_all_was_used(home: UserHome, hosted: HostedAccount) -> None:
    """Keys, addresses and histories would lie there for good, in files that nobody knows of."""
    use_everything(home, hosted)
    roots = [home.own, home.root / ".local/state/pkcc-tray", home.root / ".local/share/pkcc-tray"]
    made = {name for root in roots for name in files(root)}
    for name in (
        "order.json",
        "journal.json",
        "removed.json",
        "keys.json.damaged",
        "checks.json",
        "run/manager.lock",
    ):
        assert name in made, sorted(each for each in made if "account" not in each)
    leave_rare_ones(home)
    said = home.ok("uninstall", "--yes").out
    assert "stays" not in said
    assert [path for path in roots if path.exists()] == []


def joined_names() -> set[str]:
    """The names that the program joins to one of our directories, or has `SaidOnce` join."""
    found = set()
    for path in (*ROOT.glob("profiles/**/*.py"), *ROOT.glob("tray/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                first, name, called = ast.unparse(node.args[0]), node.args[1], ast.unparse(node.func)
                ours = first.endswith(("state_dir", "data_dir", "config_dir"))
                if isinstance(name, ast.Constant) and (called == "SaidOnce" or ("join" in called and ours)):
                    found.add(str(name.value))
    return found - {""}  # the directory itself, with its separator


def test_every_name_in_the_program_is_one_that_goes() -> None:
    """The next new file would be forgotten, and stay on each computer that was to be left clean."""
    table = (*own_names.IN_CONFIG, *own_names.IN_STATE, *own_names.OF_KEYS, *own_names.OF_CATALOGS)
    known = {pattern.partition("/")[0] for pattern in table} | {"profiles", "configs"}
    assert joined_names() - known == set()
    assert len(joined_names()) > 30
