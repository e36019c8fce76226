"""The project commands as a user types them: twenty repositories, two employers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from support.home.git_repository import git, repository
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, ROOT, UserHome, files_with

from tray.app import App

LOCAL = ".claude/settings.local.json"


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@work", "--metadata", "team=a")
    home.add("client", "--provider", "@client")
    home.add("vertex", "--dialect", "vertex", "--virtual-key", "vk", "--model", "m")
    for name in ("one", "two", "three"):
        repository(home.root / name)
    home.ok("switch", "work")
    return home


def headers(home: UserHome, name: str) -> dict[str, str]:
    env = json.loads((home.root / name / LOCAL).read_bytes())["env"]
    return dict(line.split(": ", 1) for line in env["ANTHROPIC_CUSTOM_HEADERS"].split("\n"))


def rows(home: UserHome) -> dict[str, dict[str, Any]]:
    found = home.ok("project", "list", "--json").json()["data"]["projects"]
    return {Path(row["directory"]).name: row for row in found}


def test_metadata_of_each_repository_follows_every_switch(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    home.ok("project", "add", "two", "--metadata", "repo=2", "--metadata", "team=b")
    ran = home.ok("switch", "client")
    assert "2 projects were written with it." in ran.out
    assert headers(home, "one") == {"x-portkey-provider": "@client", "x-portkey-metadata": '{"repo": "1"}'}
    home.ok("undo")
    assert json.loads(headers(home, "two")["x-portkey-metadata"]) == {"team": "b", "repo": "2"}
    assert rows(home)["one"]["metadata"] == {"repo": "1"}
    assert not home.run("project", "list").err
    home.ok("off")
    assert not (home.root / "one" / ".claude").exists()


@pytest.mark.parametrize("how", ["raise OSError(28, 'no space')", "raise KeyboardInterrupt", "os._exit(9)"])
def test_a_directory_that_was_made_for_a_change_that_failed_goes_again(home: UserHome, how: str) -> None:
    """An empty `.claude` of ours stayed in a repository where the user has no such thing."""
    script = f"""
import os, sys
replace = os.replace
def stop(source, target):
    if target.endswith("settings.local.json"):
        {how}
    replace(source, target)
os.replace = stop
from tray.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
    argv = [sys.executable, "-c", script, "project", "add", "one", "--metadata", "a=b"]
    done = subprocess.run(
        argv, env=home.environ | {"PYTHONPATH": str(ROOT)}, cwd=home.root, check=False, capture_output=True
    )
    assert done.returncode != 0, done
    killed = "_exit" in how  # which leaves Claude Code's lock that it held, too
    assert (home.root / "one" / ".claude").exists() is killed
    if killed:
        os.utime(home.root / "one" / ".claude" / "settings.local.json.lock", (0, 0))  # after its 10 s
    home.ok("project", "add", "one", "--metadata", "a=b")
    home.ok("off")
    assert not (home.root / "one" / ".claude").exists(), "it is still known as ours"


def test_what_is_given_again_changes_that_alone(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1", "--metadata", "x=y")
    home.ok("project", "add", "one", "--metadata", "x=")
    home.ok("project", "add", "one", "--metadata", "z=1")
    assert rows(home)["one"]["metadata"] == {"repo": "1", "z": "1"}
    assert home.ok("project", "remove", "one").out.endswith("its file is as it was before.\n")
    assert rows(home) == {}


def test_what_a_team_s_settings_say_and_the_project_s_file_leaves_blank_is_said(home: UserHome) -> None:
    """A team's trace id would be missing at the gateway, and only `status` would know."""
    shared = home.root / "one" / ".claude" / "settings.json"
    shared.parent.mkdir()
    shared.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-trace-id: t1\nX-Team: a"}}))
    said = f"{shared} sets x-portkey-trace-id (t1), which does not count here: {shared.parent}/settings.local"
    assert said in home.ok("project", "add", "one", "--metadata", "repo=1").err
    assert said in home.ok("project", "show", "one").err
    home.ok("project", "add", "two", "--metadata", "repo=2")
    assert "does not count" not in home.ok("project", "show", "two").err


def test_a_pin_holds_through_switches_and_can_be_let_go(home: UserHome) -> None:
    ran = home.run("switch", "client", "--project", "one", "--no-exclude")
    assert (ran.code, "a path of this machine" in ran.err) == (4, True)
    home.ok("project", "add", "one")
    dry = home.ok("switch", "client", "--project", "one", "--dry-run")
    assert "@client" in dry.out
    assert not (home.root / "one" / ".claude").exists()
    said = home.ok("switch", "client", "--project", "one").out
    assert said.startswith(f"{home.root / 'one'} is pinned to client: ")
    assert "New Claude Code sessions there use it." in said
    home.ok("switch", "vertex")
    home.ok("switch", "work")
    assert headers(home, "one")["x-portkey-provider"] == "@client"
    assert rows(home)["one"]["pin"] == "client"
    home.ok("project", "add", "one", "--follow", "--metadata", "a=b")
    assert rows(home)["one"]["pin"] is None
    assert headers(home, "one")["x-portkey-provider"] == "@work"
    home.ok("project", "remove", "one")
    exclude = (home.root / "one" / ".git" / "info" / "exclude").read_text()
    assert LOCAL not in exclude


def test_a_prompt_in_a_pinned_repository_shows_the_profile_that_sessions_there_use(home: UserHome) -> None:
    """Somebody reads `work` in their prompt and sends a client's code by the wrong account."""
    home.ok("switch", "client", "--project", "one")
    home.ok("project", "add", "two")
    (home.root / "one" / "src").mkdir()
    one = home.root / "one"
    for directory, shown in ((one, "client"), (one / "src", "client"), (home.root / "two", "work")):
        assert home.run("status", "--short", cwd=directory).out == f"{shown}\n"
    said = home.run("status", cwd=one).out.splitlines()
    assert said[0] == f"pinned    client: {one} is pinned to it"
    assert said[1] == "profile   work: @work"
    data = home.run("status", "--json", cwd=one / "src").json()["data"]
    assert data["active"] == "work"
    assert data["pinned"] == {"profile": "client", "directory": str(one), "condition": "ok"}
    assert home.ok("status", "--json").json()["data"]["pinned"] is None
    path = one / LOCAL
    path.write_text(path.read_text().replace("@client", "@other"))
    assert home.run("status", "--short", cwd=one).out == "client!\n"
    assert "its file is changed: `pkcc-tray project sync`" in home.run("status", cwd=one).out
    home.ok("off")
    assert home.run("status", "--short", cwd=one).out == "off\n"


def test_a_pin_has_git_ignore_the_file_at_once(home: UserHome) -> None:
    home.ok("switch", "client", "--project", "one", "--dry-run")
    assert LOCAL not in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    home.ok("switch", "client", "--project", "one")
    assert headers(home, "one")["x-portkey-provider"] == "@client"
    assert git(home.root / "one", "status", "--porcelain") == ""
    home.ok("project", "remove", "one")
    assert LOCAL not in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    for option in ("--exclude", "--no-exclude"):
        ran = home.run("switch", "client", option)
        assert (ran.code, f"{option} is for" in ran.err, "--project" in ran.err) == (2, True, True)


def test_a_key_is_told_of_and_not_written_until_git_is_told(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1", "--no-exclude")
    ran = home.ok("switch", "vertex")
    assert "git would commit" in ran.err
    assert "--exclude" in ran.err
    assert files_with(KEY, home.root / "one") == []
    home.ok("project", "add", "one", "--exclude")
    assert headers(home, "one")["x-portkey-api-key"] == KEY
    git(home.root / "one", "add", "-A")
    assert git(home.root / "one", "ls-files") == ""
    shown = home.ok("project", "show", "one")
    assert "ignored by git" in shown.out
    assert KEY not in shown.text


def test_every_change_of_a_pinned_profile_reaches_its_project(home: UserHome) -> None:
    home.ok("project", "add", "one", "--exclude", "--profile", "client")
    home.ok("set", "client", "metadata.stage", "live")
    assert json.loads(headers(home, "one")["x-portkey-metadata"]) == {"stage": "live"}
    home.ok("rename", "client", "customer")
    assert rows(home)["one"]["pin"] == "customer"
    assert "key print customer" in (home.root / "one" / LOCAL).read_text()
    ran = home.run("remove", "customer")
    assert (ran.code, str(home.root / "one") in ran.err) == (4, True)
    before = (home.root / "one" / LOCAL).stat().st_mtime_ns
    home.ok("key", "rotate", "client", "--stdin", stdin="pk-other-1234567\n")
    assert (home.root / "one" / LOCAL).stat().st_mtime_ns != before, "running clients ask for the key anew"


def test_a_pinned_project_that_an_edit_could_not_reach_is_told(home: UserHome) -> None:
    home.ok("project", "add", "one", "--exclude", "--profile", "client")
    (home.root / "one" / LOCAL).write_text("{ mine")
    ran = home.ok("set", "client", "metadata.stage", "live")
    assert "settings.local.json line 1" in ran.err
    assert (home.root / "one" / LOCAL).read_text() == "{ mine"


def test_the_active_profile_s_edits_reach_the_projects_too(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    home.ok("set", "work", "metadata.team", "c")
    assert json.loads(headers(home, "one")["x-portkey-metadata"])["team"] == "c"
    home.edit_settings("@work", "@elsewhere")
    home.ok("adopt")
    assert headers(home, "one")["x-portkey-provider"] == "@elsewhere"


def test_a_vanished_directory_is_a_note_and_can_be_forgotten(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    shutil.rmtree(home.root / "one")
    ran = home.ok("switch", "client")
    assert "one: the directory is gone. If it was renamed, `pkcc-tray project add` there" in ran.err
    assert not (home.root / "one").exists()
    assert rows(home)["one"]["condition"] == "missing"
    assert home.run("project", "show", "one").code == 0
    home.ok("project", "remove", str(home.root / "one"))
    assert rows(home) == {}


def test_in_a_worktree_the_main_directory_is_taken_as_the_client_does(home: UserHome) -> None:
    git(home.root / "one", "commit", "-q", "--allow-empty", "-m", "x")
    git(home.root / "one", "worktree", "add", "-q", str(home.root / "tree"))
    ran = home.ok("project", "add", "tree", "--metadata", "repo=1")
    assert "main directory" in ran.err
    assert [*rows(home)] == ["one"]
    assert "one" in home.ok("project", "show", "tree").out


def test_outside_changes_show_and_sync_mends_them(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    path = home.root / "one" / LOCAL
    good = path.read_bytes()
    path.write_bytes(good.replace(b"@work", b"@thief"))
    assert rows(home)["one"]["condition"] == "changed"
    home.ok("project", "sync")
    assert path.read_bytes() == good
    path.unlink()
    assert rows(home)["one"]["condition"] == "gone"
    data = home.ok("project", "sync", "--json").json()["data"]
    assert (data["written"], path.read_bytes()) == (1, good)


def test_ten_at_once_lose_nothing(home: UserHome) -> None:
    with ThreadPoolExecutor(10) as pool:
        add = ("project", "add", "one", "--metadata")
        ran = [*pool.map(lambda i: home.spawn_in_turn(*add, f"k{i}=v"), range(10))]
    assert {each.code for each in ran} == {0}, ran
    assert rows(home)["one"]["metadata"] == {f"k{i}": "v" for i in range(10)}
    assert set(json.loads(headers(home, "one")["x-portkey-metadata"])) == {
        "team",
        *(f"k{i}" for i in range(10)),
    }


# The team's file -------------------------------------------------------------------------------------------

TEAM = 'profile = "client"\n[metadata]\nteam = "x"\nrepo = "theirs"\n'


def test_a_team_s_wishes_count_only_once_they_are_trusted(home: UserHome) -> None:
    (home.root / "one" / ".pkcc.toml").write_text(TEAM)
    ran = home.ok("project", "add", "one", "--metadata", "repo=1", "--exclude")
    assert "wants: profile client, team=x, repo=theirs. It has no effect until you add --trust" in ran.err
    assert rows(home)["one"]["pin"] is None
    home.ok("project", "add", "one", "--trust")
    assert rows(home)["one"]["pin"] == "client"
    assert json.loads(headers(home, "one")["x-portkey-metadata"]) == {"team": "x", "repo": "1"}
    (home.root / "one" / ".pkcc.toml").write_text(TEAM.replace('"x"', '"y"'))
    assert "was changed since you trusted it" in home.ok("project", "sync").err
    assert json.loads(headers(home, "one")["x-portkey-metadata"])["team"] == "x"
    assert home.ok("project", "show", "one", "--json").json()["data"]["team"] == "changed"
    home.ok("project", "add", "one", "--trust")
    assert json.loads(headers(home, "one")["x-portkey-metadata"])["team"] == "y"
    home.ok("project", "add", "one", "--no-team")
    assert rows(home)["one"]["pin"] is None


def test_a_team_s_catalog_is_told_and_never_fetched(home: UserHome) -> None:
    address = "https://127.0.0.1:1/pkcc-catalog.json"
    (home.root / "one" / ".pkcc.toml").write_text(f'profile = "acme/work"\ncatalog = "{address}"\n')
    ran = home.run("project", "add", "one", "--trust")
    assert (ran.code, f"`pkcc-tray join {address}` makes it" in ran.err) == (4, True)
    ran = home.ok("project", "add", "one", "--no-team")
    assert f"`pkcc-tray join {address}` shows it" in ran.err


def test_a_team_file_with_more_in_it_is_refused_by_name(home: UserHome) -> None:
    (home.root / "one" / ".pkcc.toml").write_text('api_key = "cmd:[]"\n')
    ran = home.run("project", "add", "one", "--trust")
    assert (ran.code, "'api_key' is not known" in ran.err) == (1, True)
    home.ok("project", "add", "one", "--no-team")


def test_a_wanted_profile_that_is_not_there_is_told(home: UserHome) -> None:
    (home.root / "one" / ".pkcc.toml").write_text('profile = "acme"\n')
    ran = home.run("project", "add", "one", "--trust")
    assert (ran.code, "'acme'" in ran.err) == (4, True)
    home.ok("project", "add", "one", "--trust", "--profile", "client", "--exclude")
    assert rows(home)["one"]["pin"] == "client"


@pytest.mark.parametrize(("answer", "pin"), [("y", "client"), ("n", None)])
def test_at_a_terminal_it_is_shown_and_asked(home: UserHome, answer: str, pin: str | None) -> None:
    (home.root / "one" / ".pkcc.toml").write_text(TEAM)
    with terminal(["project", "add", "one", "--exclude"], home.environ, home.root) as screen:
        screen.expect("profile client, team=x")
        screen.answer("Take that over?", answer)
        assert screen.finish() == 0
    assert rows(home)["one"]["pin"] == pin


# Rules -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clones(home: UserHome) -> UserHome:
    for name in ("acme/a", "acme/b", "private"):
        repository(home.root / "src" / name)
    return home


def test_fresh_clones_take_part_by_their_path(clones: UserHome) -> None:
    home = clones
    home.ok("project", "rule", "add", "~/src/acme/**", "--metadata", "client=acme")
    home.ok("project", "rule", "add", "~/src/acme/a", "--metadata", "client=a", "--first")
    data = home.ok("project", "sync", "--json").json()["data"]
    assert {Path(each).name for each in data["added"]} == {"a", "b"}
    assert {name: row["metadata"] for name, row in rows(home).items()} == {
        "a": {"client": "a"},
        "b": {"client": "acme"},
    }
    home.ok("switch", "client")
    assert headers(home, "src/acme/b")["x-portkey-metadata"] == '{"client": "acme"}'
    home.ok("project", "rule", "remove", "~/src/acme/a")
    assert rows(home)["a"]["metadata"] == {"client": "acme"}
    ran = home.ok("project", "rule", "remove", "~/src/acme/**")
    assert "Put back" in ran.out
    assert rows(home) == {}
    assert not (home.root / "src" / "acme" / "b" / ".claude").exists()


def test_what_is_said_by_hand_while_a_rule_is_applied_stays(clones: UserHome) -> None:
    from profiles.projects.rules import rules
    from tray.actions.projects import rules as applying
    from tray.actions.projects.rules import apply_rules

    home = clones
    clone = str(home.root / "src" / "acme" / "a")
    home.ok("project", "rule", "add", "~/src/acme/**", "--metadata", "client=acme")

    def meanwhile(*given: Any) -> rules.Rule | None:
        home.ok("project", "add", clone, "--metadata", "mine=1")
        return first_match(*given)

    first_match = applying.first_match
    with (
        mock.patch.dict(os.environ, home.environ, clear=True),
        mock.patch.object(applying, "first_match", meanwhile),
    ):
        assert apply_rules(App.start(os.environ, None, None, wants_json=True), [clone]) == []
    assert (rows(home)["a"]["metadata"], rows(home)["a"]["rule"]) == ({"mine": "1"}, None)


def test_a_rule_goes_by_its_number_too(clones: UserHome) -> None:
    home = clones
    for name in ("a", "b"):
        home.ok("project", "rule", "add", f"~/src/acme/{name}", "--metadata", f"client={name}")
    home.ok("project", "sync")
    assert "Forgot the rule for ~/src/acme/a." in home.ok("project", "rule", "remove", "1").out
    assert [*rows(home)] == ["b"]
    for number in ("0", "2", "\u00b2"):
        ran = home.run("project", "rule", "remove", number)
        assert (ran.code, len(ran.err.splitlines())) == (3, 2), ran
    assert [*rows(home)] == ["b"]


def test_what_was_said_by_hand_is_left_alone_by_rules(clones: UserHome) -> None:
    home = clones
    home.ok("project", "add", "src/acme/a", "--metadata", "mine=1")
    home.ok("project", "rule", "add", "~/src/acme/**", "--metadata", "client=acme")
    home.ok("project", "sync")
    home.ok("project", "remove", "src/acme/b")
    home.ok("project", "sync")
    assert {name: row["metadata"] for name, row in rows(home).items()} == {"a": {"mine": "1"}}
    home.ok("project", "add", "src/acme/b")
    assert set(rows(home)) == {"a", "b"}


def test_what_could_not_be_written_is_counted_as_that(clones: UserHome) -> None:
    """It said that none had to be, above a note of one that could not: who reads the first line goes on."""
    home = clones
    for name in ("a", "b"):
        home.ok("project", "add", f"src/acme/{name}", "--metadata", "client=acme")
    assert home.ok("project", "sync").out == "2 projects, none had to be written.\n"
    a, b = (home.root / "src" / "acme" / name / ".claude" / "settings.local.json" for name in ("a", "b"))
    a.write_text("{")
    ran = home.ok("project", "sync")
    assert (ran.out, "src/acme/a" in ran.err) == ("2 projects, 1 could not be written.\n", True), ran
    b.unlink()
    ran = home.ok("project", "sync")
    assert ran.out == "2 projects, 1 had to be written, 1 could not be written.\n", ran


def test_a_rule_s_profile_is_pinned_and_stays_out_of_git(clones: UserHome) -> None:
    home = clones
    home.ok("project", "rule", "add", "~/src/acme/**", "--profile", "client", "--no-exclude")
    ran = home.ok("project", "sync")
    assert "a path of this machine" in ran.err
    home.ok("project", "rule", "remove", "~/src/acme/**")
    home.ok("project", "rule", "add", "~/src/acme/**", "--profile", "client")
    home.ok("project", "sync")
    assert rows(home)["a"]["pin"] == "client"
    assert git(home.root / "src" / "acme" / "a", "status", "--porcelain") == ""
    home.ok("rename", "client", "customer")
    assert home.ok("project", "rule", "list", "--json").json()["data"]["rules"][0]["profile"] == "customer"
    assert home.run("remove", "customer").code == 4
    home.ok("project", "rule", "remove", "~/src/acme/**")
    assert LOCAL not in (home.root / "src" / "acme" / "a" / ".git" / "info" / "exclude").read_text()
    home.ok("remove", "customer")


def test_the_tray_applies_rules_where_a_session_starts(clones: UserHome) -> None:
    from tray.actions.projects.rules import apply_rules

    home = clones
    home.ok("project", "rule", "add", "~/src/acme/**", "--metadata", "client=acme")
    (home.root / "src" / "acme" / "b" / "deep").mkdir()
    started_in = [str(home.root / "src" / "acme" / "b" / "deep"), str(home.root / "src" / "private")]
    with mock.patch.dict(os.environ, home.environ, clear=True):
        app = App.start(os.environ, None, None, wants_json=True)
        applied = apply_rules(app, started_in)
        assert apply_rules(app, started_in) == []
    assert [(Path(each.directory).name, each.action, each.problem) for each in applied] == [
        ("b", "added", "")
    ]


def test_a_catalogs_rule_goes_by_the_remote_and_under_ones_own(clones: UserHome) -> None:
    from tray.actions.projects.rules import apply_rules

    home = clones
    with mock.patch.dict(os.environ, home.environ, clear=True):
        app = App.start(os.environ, None, None, wants_json=True)
        directory = Path(app.locations.catalogs_dir) / "acme"
        directory.mkdir(parents=True)
        rules = [{"remote": "git.acme.example/**", "metadata": {"unit": "x", "client": "theirs"}}]
        (directory / "rules.json").write_text(json.dumps({"version": 1, "rules": rules}))
        for name, url in (("a", "git@git.acme.example:ai/a.git"), ("b", "https://elsewhere.example/b")):
            git(home.root / "src" / "acme" / name, "remote", "add", "origin", url)
        started_in = [str(home.root / "src" / "acme" / name) for name in ("a", "b")]
        assert [Path(each.directory).name for each in apply_rules(app, started_in)] == ["a"]
        assert rows(home)["a"]["rule"] == "acme: git.acme.example/**"
        home.ok("project", "rule", "add", "~/src/acme/**", "--metadata", "client=mine")
        home.ok("project", "sync")
        assert rows(home)["a"]["metadata"] == {"unit": "x", "client": "mine"}
        assert rows(home)["b"]["metadata"] == {"client": "mine"}
        home.ok("project", "rule", "remove", "1")
        (directory / "rules.json").unlink()
        apply_rules(app, started_in)
        assert rows(home) == {}


# Places that are no project's own --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (LOCAL, "../../../../.claude/settings.json"),
        (LOCAL, "../../../../pub/app.json"),
        (LOCAL, "../../../../pub/not-there.json"),
        (LOCAL, "../package.json"),
        (".claude", "../../../pub"),
        (".claude", "../../../not-there"),
    ],
)
def test_a_rule_follows_no_link_of_a_clone(clones: UserHome, link: str, target: str) -> None:
    home = clones
    clone = home.root / "src" / "acme" / "a"
    (home.root / "pub").mkdir()
    for file in (home.root / "pub" / "app.json", clone / "package.json"):
        file.write_text("{}")
    (clone / link).parent.mkdir(exist_ok=True)
    (clone / link).symlink_to(target)
    before = tree(home.root, "src", "pub", ".claude", "not-there")
    home.ok("project", "rule", "add", "~/src/acme/a", "--metadata", "client=acme", "--exclude")
    data = home.ok("project", "sync", "--json").json()["data"]
    assert ([Path(each["directory"]).name for each in data["problems"]], rows(home)) == (["a"], {})
    assert data["problems"][0]["remedy"]
    assert tree(home.root, "src", "pub", ".claude", "not-there") == before


def tree(root: Path, *names: str) -> dict[str, bytes]:
    """Every file below, except for git's own ones beside `info/exclude`."""
    files = (path for name in names for path in (root / name).rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in files
        if ".git" not in path.parts or path.name == "exclude"
    }


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (LOCAL, "../../pub/app.json"),
        (LOCAL, "../../pub/new.json"),
        (".claude", "../pub"),
        (".claude", "../new"),
    ],
)
def test_a_link_out_of_the_project_is_refused_by_hand_too(home: UserHome, link: str, target: str) -> None:
    repository(home.root / "pub")
    (home.root / "pub" / "app.json").write_text("{}")
    (home.root / "one" / link).parent.mkdir(exist_ok=True)
    (home.root / "one" / link).symlink_to(target)
    before = tree(home.root, "one", "pub", "new")
    for argv in (
        ["project", "add", "one", "--metadata", "a=b", "--exclude"],
        ["switch", "client", "--project", "one"],
        ["switch", "client", "--project", "one", "--dry-run"],
    ):
        ran = home.run(*argv)
        assert (ran.code, len(ran.err.splitlines())) == (4, 2), ran
        assert "leads out of the project" in ran.err
    assert (tree(home.root, "one", "pub", "new"), rows(home)) == (before, {})


def test_a_link_within_the_project_is_the_user_s_to_want(home: UserHome) -> None:
    (home.root / "one" / ".claude").mkdir()
    (home.root / "one" / LOCAL).symlink_to("../mine.json")
    home.ok("project", "add", "one", "--metadata", "repo=1")
    assert b"x-portkey" in (home.root / "one" / "mine.json").read_bytes()


def test_a_link_in_its_place_that_leads_nowhere_is_said_with_what_to_do(home: UserHome) -> None:
    """`project list` named a command that refused, and `uninstall` began and stopped half-way."""
    home.ok("project", "add", "one", "--metadata", "repo=1")
    path = home.root / "one" / LOCAL
    path.unlink()
    path.symlink_to("nowhere")
    row = rows(home)["one"]
    assert (row["condition"], "leads to another file now" in row["problem"]) == ("blocked", True), row
    listed = home.ok("project", "list").out
    assert ("project sync" in listed, "Remove that link" in listed) == (False, True), listed
    refused = home.run("project", "remove", "one")
    assert (refused.code, "Remove that link, then run the command again." in refused.err) == (4, True), (
        refused
    )
    before = home.settings.read_bytes()
    assert "leads to another file now" in home.ok("uninstall", "--dry-run").out
    ran = home.run("uninstall", "--yes")
    assert (ran.code, "leads to another file now" in ran.err) == (4, True), ran
    assert home.settings.read_bytes() == before, "stopped half-way"
    path.unlink()
    home.ok("project", "remove", "one")
    assert rows(home) == {}


def test_a_link_that_comes_later_is_not_followed(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    path = home.root / "one" / LOCAL
    outside = home.root / "app.json"
    path.rename(outside)  # with what was written last: nothing there looks changed
    path.symlink_to(outside)
    before = outside.read_bytes()
    for argv in (["switch", "client"], ["project", "sync"], ["off"], ["switch", "work"]):
        assert "leads out of the project" in home.ok(*argv).err
    row = rows(home)["one"]
    assert (row["condition"], "leads out of the project" in row["problem"]) == ("blocked", True)
    listed = home.ok("project", "list").out
    assert ("cannot be written" in listed, "project sync" in listed) == (True, False), listed
    assert home.run("project", "remove", "one").code == 4
    assert outside.read_bytes() == before
    path.unlink()
    home.ok("project", "sync")
    assert headers(home, "one")["x-portkey-metadata"] == '{"team": "a", "repo": "1"}'
    assert outside.read_bytes() == before


def test_a_project_that_became_a_link_is_shown_and_removed_by_the_name_that_is_listed(home: UserHome) -> None:
    """`project list` named it, and no command took that name: it could never be forgotten."""
    home.ok("project", "add", "one", "--metadata", "repo=1")
    (home.root / "one").rename(home.root / "elsewhere")
    (home.root / "one").symlink_to("elsewhere")
    name = str(home.root / "one")
    assert name in home.ok("project", "list").out
    assert name in home.ok("project", "show", name).out
    home.ok("project", "remove", name)
    assert rows(home) == {}


def test_a_renamed_project_that_is_taken_over_is_said_to_be(home: UserHome) -> None:
    """Metadata stood there that nobody had typed, and the old directory was on no list any more."""
    home.ok("project", "add", "one", "--metadata", "repo=1")
    (home.root / "one").rename(home.root / "renamed")
    ran = home.ok("project", "add", "renamed")
    assert f"it goes on as what {home.root / 'one'} was, which is gone" in ran.err
    assert "goes on as" not in home.ok("project", "add", "renamed").err


def test_the_home_and_the_root_are_no_projects(home: UserHome) -> None:
    for directory in (".", "~"):
        for argv in (
            ["project", "add", directory, "--metadata", "a=b"],
            ["switch", "client", "--project", directory],
        ):
            ran = home.run(*argv)
            assert (ran.code, len(ran.err.splitlines())) == (2, 2), ran
            assert "no project" in ran.err
    repository(home.root)  # as of those who keep their dotfiles in git
    (home.root / "notes").mkdir()
    assert "your home directory" in home.run("project", "add", "notes").err
    home.ok("project", "rule", "add", str(home.root), "--metadata", "a=b")
    assert len(home.ok("project", "sync", "--json").json()["data"]["problems"]) == 1
    assert rows(home) == {}


# Slips -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["add", "nowhere"], 3, "no directory"),
        (["add", "one", "--profile", "wrok"], 3, "Did you mean 'work'"),
        (["add", "one", "--metadata", "x"], 2, "NAME=VALUE"),
        (["add", "one", "--metadata", f"x={'y' * 129}"], 2, "longer than 128"),
        (["show", "one"], 3, "no registered project"),
        (["remove", "one"], 3, "no registered project"),
        (["rule", "add", "src"], 2, "must be absolute"),
        (["rule", "add", "~/src/**"], 2, "does nothing"),
        (["rule", "add", "~/src/**", "--profile", "nope"], 3, "no profile"),
        (["rule", "remove", "~/src/**"], 3, "no rule"),
        (["sync", "nowhere"], 3, "no directory"),
        (["rule"], 2, "needs one more word"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_slip_is_told_in_two_lines(home: UserHome, argv: list[str], code: int, said: str) -> None:
    ran = home.run("project", *argv)
    assert (ran.code, len(ran.err.splitlines())) == (code, 2), ran
    assert said in ran.err
    assert rows(home) == {}


def test_a_killed_switch_is_finished_by_any_command(home: UserHome) -> None:
    home.ok("project", "add", "one", "--metadata", "repo=1")
    pending = next((home.root / ".local/state/pkcc-tray/targets").glob("*/projects.json")).with_suffix(
        ".pending"
    )
    path = home.root / "one" / LOCAL
    good = path.read_bytes()
    path.write_bytes(good.replace(b"@work", b"@before"))
    pending.write_text("{}")
    home.ok("key", "print", "work")
    assert pending.exists(), "Claude Code waits for that one"
    home.ok("list")
    assert not pending.exists()
    assert path.read_bytes() == good


def test_a_project_s_own_file_is_no_fault_but_a_stranger_s_value_in_it_is(home: UserHome) -> None:
    """Told at every switch that "their file wins", people would take out what makes the project work."""
    home.ok("project", "add", "one", "--metadata", "repo=1")
    inside = {"cwd": home.root / "one"}
    assert "wins" not in home.spawn("status", **inside).err
    assert "wins" not in home.spawn("switch", "client", **inside).err
    found = home.spawn("doctor", "--json", **inside).json()["data"]["findings"]
    assert "overridden" not in [row["check"] for row in found]
    path = home.root / "one" / ".claude" / "settings.local.json"
    data = json.loads(path.read_bytes())
    data["env"]["ANTHROPIC_BASE_URL"] = "https://thief.example"
    path.write_text(json.dumps(data))
    assert "wins, with" in home.spawn("status", **inside).err
