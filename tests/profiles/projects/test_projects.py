"""A project's file: what it must carry so that the project's requests go right, and every byte comes back."""

from __future__ import annotations

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from faults.world import HOME, KEY, World
from support.home.git_repository import git, repository

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.switching.memory.project_registry import Project, load_registry
from profiles.switching.outcome import ProjectOutcome

LOCAL = Path(".claude", "settings.local.json")
TOKEN = {
    "name": "token",
    "route": {"kind": "config", "id": "pc-1"},
    "api_key": "keyring:work",
    "key_delivery": "settings",
}
PLAIN = {**HOME, "name": "plain", "extra_env": {}, "metadata": {"team": "a", "cost": "1"}}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """`home`, `plain` and `token` leave no secret in headers; `work` (Vertex) has its key there."""
    world = World(tmp_path).furnish()
    for profile in (TOKEN, PLAIN):
        world.add(profile)
    return world


def local(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / LOCAL).read_bytes())
    return found


def headers(directory: Path) -> dict[str, str]:
    lines = local(directory)["env"]["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    return dict(line.split(": ", 1) for line in lines)


def metadata(directory: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(headers(directory)["x-portkey-metadata"])
    return found


def followed(world: World, name: str) -> list[ProjectOutcome]:
    return world.switcher().switch(name).projects


def remove(world: World, directory: Path) -> None:
    registry = world.projects().registry()
    with world.switcher().holding() as state:
        world.projects().remove(registry.projects[str(directory)], state)


def condition(world: World, directory: Path) -> str:
    registry = world.projects().registry()
    project = registry.projects[str(directory)]
    state = world.switcher().read().state
    return world.projects().look([project], state, paused=registry.paused)[0].condition


# Following the active profile ------------------------------------------------------------------------------


def test_a_follower_carries_the_header_lines_and_nothing_else(world: World) -> None:
    """The header string of a project's file replaces the user's whole one: what is missing in it is lost."""
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r", "team": "b"})
    assert local(repo) == {
        "env": {"ANTHROPIC_CUSTOM_HEADERS": local(repo)["env"]["ANTHROPIC_CUSTOM_HEADERS"]}
    }
    assert headers(repo) == {
        "X-Corp": "é1",
        "X-B": "2",
        "x-portkey-provider": "@anthropic",
        "x-portkey-metadata": '{"team": "b", "cost": "1", "repo": "r"}',
    }


def test_each_switch_takes_the_projects_along_and_undo_brings_them_back(world: World) -> None:
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r"})
    first = (repo / LOCAL).read_bytes()
    world.switch("token")
    assert headers(repo)["x-portkey-config"] == "pc-1"
    assert metadata(repo) == {"repo": "r"}
    world.switcher().undo()
    assert (repo / LOCAL).read_bytes() == first
    world.switcher().off()
    assert not (repo / ".claude").exists()
    world.switcher().undo()
    assert (repo / LOCAL).read_bytes() == first


@pytest.mark.parametrize("damage", [b"[" * 100_000, b"[1]", b"3", b'{"paused'])
def test_a_damaged_note_of_what_was_under_way_stops_no_switch(world: World, damage: bytes) -> None:
    """Else every later command ended with a traceback, until the user found the file by hand."""
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r"})
    Path(world.files.pending_path).write_bytes(damage)
    world.switch("token")
    assert headers(repo)["x-portkey-config"] == "pc-1"


@pytest.mark.parametrize("name", ["home", "token", "plain"])
def test_no_secret_is_in_a_project_where_the_user_s_file_delivers_it(world: World, name: str) -> None:
    """Such a file may be committed: a key in it would be published."""
    world.switch(name)
    repo = world.register("repo", metadata={"repo": "r"})
    assert KEY not in (repo / LOCAL).read_text()
    assert "x-portkey-api-key" not in headers(repo)


def test_without_metadata_there_is_nothing_to_write(world: World) -> None:
    world.switch("plain")
    assert not (world.register("repo") / ".claude").exists()
    same = world.register("same", metadata={"team": "a"})
    assert not (same / ".claude").exists()


ORIGINALS = [
    b'{\n  "permissions": {"allow": ["Read"]},\n'
    b'  "env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1\\nX-B: own", "A":"b"}}\r\n',
    b'\xef\xbb\xbf{"env":{"ANTHROPIC_BASE_URL":"https://mine.example","ANTHROPIC_MODEL":"m"},\t"x":1e999}',
    b'{"apiKeyHelper": "mine"}',
    b"{}",
    b"",
    None,
]


@pytest.mark.parametrize("original", ORIGINALS, ids=["headers", "route", "helper", "empty", "blank", "none"])
@pytest.mark.parametrize("pin", [None, "home"])
def test_every_byte_comes_back(world: World, original: bytes | None, pin: str | None) -> None:
    for last in ("remove", "off"):
        repo = world.root / f"repo-{last}"
        (repo / ".claude").mkdir(parents=True)
        if original is not None:
            (repo / LOCAL).write_bytes(original)
        world.switch("plain")
        world.register(repo.name, metadata={"repo": "r"}, profile=pin)
        for name in ("token", "home", "plain"):
            world.switch(name)
        assert condition(world, repo) == "ok"
        assert metadata(repo)["repo"] == "r"
        if last == "remove":
            remove(world, repo)
        else:
            world.switcher().off()
        assert ((repo / LOCAL).read_bytes() if (repo / LOCAL).exists() else None) == original
        assert (repo / ".claude").is_dir(), "it was there before"
    assert world.in_clear() == []


@pytest.mark.parametrize("original", [b'{"model":"opus"}', None], ids=["some", "none"])
def test_a_new_project_does_not_take_the_memory_of_one_whose_file_is_gone(
    world: World, original: bytes | None
) -> None:
    """After `git clean`, or in a fresh clone: the same pin writes the same values, but it is another file."""
    world.switch("plain")
    gone = world.register("gone", profile="home")
    (gone / LOCAL).unlink()
    repo = world.root / "repo"
    (repo / ".claude").mkdir(parents=True)
    if original is not None:
        (repo / LOCAL).write_bytes(original)
    world.register("repo", profile="home")
    remove(world, repo)
    mine = b'{"env":{"ANTHROPIC_BASE_URL":"https://mine.example"}}'
    (repo / LOCAL).write_bytes(mine)
    world.register("repo", profile="home")
    remove(world, repo)
    assert (repo / LOCAL).read_bytes() == mine


def test_what_the_project_itself_sets_does_not_lead_away(world: World) -> None:
    """A base URL left in the project's file would send the profile's key to another gateway."""
    repo = world.root / "repo"
    (repo / ".claude").mkdir(parents=True)
    (repo / LOCAL).write_text(
        '{"env": {"ANTHROPIC_BASE_URL": "https://mine.example", "CLAUDE_CODE_USE_VERTEX": "1"}}'
    )
    world.switch("plain")
    world.register("repo", metadata={"repo": "r"})
    env = local(repo)["env"]
    assert (env["ANTHROPIC_BASE_URL"], env["CLAUDE_CODE_USE_VERTEX"]) == ("https://api.portkey.ai", "")


def test_what_the_team_s_file_sets_does_not_lead_away(world: World) -> None:
    repo = world.root / "repo"
    (repo / ".claude").mkdir(parents=True)
    shared = {
        "ANTHROPIC_BASE_URL": "https://evil.example",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Team: 1\nx-portkey-config: theirs",
        "ANTHROPIC_MODEL": "team-model",
    }
    (repo / ".claude" / "settings.json").write_text(json.dumps({"env": shared}))
    world.switch("plain")
    world.register("repo")
    env = local(repo)["env"]
    assert env["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert "ANTHROPIC_MODEL" not in env, "which model a team wants is its own business"
    assert headers(repo) == {
        "X-Team": "1",
        "x-portkey-provider": "@anthropic",
        "x-portkey-metadata": json.dumps(PLAIN["metadata"]),
    }


def test_the_user_s_own_header_lines_go_along_and_follow(world: World) -> None:
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r"})
    (repo / LOCAL).write_text((repo / LOCAL).read_text().replace("X-B: 2", "X-B: 2\\nX-Mine: 3"))
    text = world.settings.read_text()
    world.settings.write_text(text.replace("X-B: 2", "X-B: 9\\nX-New: 4"))
    world.switch("token")
    found = headers(repo)
    assert (found["X-B"], found["X-New"], found["X-Mine"]) == ("9", "4", "3")
    world.switcher().off()
    assert headers(repo) == {"X-Mine": "3"}, "only what was typed into this file is its own"


# Pinned ----------------------------------------------------------------------------------------------------


def test_blank_lines_among_the_user_s_header_lines_do_no_harm(world: World) -> None:
    """A line end behind the last one is common: every command, `off` too, ended with a fault."""
    text = b'{"env":{"ANTHROPIC_CUSTOM_HEADERS":"X-Mine: 1\\n\\n"}}'
    world.settings.write_bytes(text)
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r"})
    (repo / LOCAL).write_text((repo / LOCAL).read_text().replace("X-Mine: 1", "X-Mine: 1\\n"))
    world.switch("token")
    assert "X-Mine: 1\n\nx-" in local(repo)["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    world.switcher().off()
    assert world.settings.read_bytes() == text


def test_a_pinned_project_carries_all_and_inherits_nothing(world: World) -> None:
    world.switch("work")
    repo = world.register("repo", profile="home", metadata={"repo": "r"})
    env = local(repo)["env"]
    assert env["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert local(repo)["apiKeyHelper"] == world.helper_line("home")
    for name in ("CLAUDE_CODE_USE_VERTEX", "ANTHROPIC_VERTEX_BASE_URL", "ANTHROPIC_MODEL"):
        assert env[name] == "", "what the profile in use sets must not count here"
    before = (repo / LOCAL).read_bytes()
    world.switch("home")
    world.switch("work")
    assert json.loads((repo / LOCAL).read_bytes()) == json.loads(before)


def test_a_helper_of_the_active_profile_hands_its_key_to_no_other_gateway(world: World) -> None:
    world.switch("home")
    repo = world.register("repo", profile="token")
    assert local(repo)["apiKeyHelper"] == ""
    assert local(repo)["env"]["DISABLE_PROMPT_CACHING"] == "", "a variable of that profile's own"
    world.switch("token")
    assert "apiKeyHelper" not in local(repo)


def test_a_pin_holds_while_nothing_is_active_but_not_after_off(world: World) -> None:
    repo = world.register("repo", profile="home")
    assert local(repo)["apiKeyHelper"]
    world.switcher().off()
    assert not (repo / ".claude").exists()
    world.switcher().write_projects()
    assert not (repo / ".claude").exists(), "off is off until somebody says otherwise"
    world.switcher().write_projects("sync")
    assert local(repo)["apiKeyHelper"]


def test_a_renamed_profile_stays_pinned(world: World) -> None:
    repo = world.register("repo", profile="home")
    world.store.save(world.store.load("home").model_copy(update={"name": "casa"}))
    world.store.drop("home")
    world.switcher().renamed("home", "casa")
    assert local(repo)["apiKeyHelper"].endswith("key print casa")
    assert world.projects().registry().projects[str(repo)].pin == "casa"


def test_from_pin_to_following_leaves_no_blank_that_would_hide_the_user_s_file(world: World) -> None:
    """A blank base URL in a project's file beats the user's: requests, and the key, would go to Anthropic."""
    world.switch("home")
    repo = world.register("repo", profile="work", metadata={"a": "b"})
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        sessions = world.claude / "sessions"
        sessions.mkdir()
        (sessions / "1.json").unlink(missing_ok=True)
        (sessions / f"{process.pid}.json").write_text(json.dumps({"pid": process.pid, "cwd": str(repo)}))
        world.register("repo", metadata={"a": "b"})
        env = local(repo)["env"]
        user = json.loads(world.settings.read_bytes())["env"]
        assert [name for name, value in env.items() if value == "" and user.get(name)] == []
        assert env["CLAUDE_CODE_USE_VERTEX"] == "", "a running session would keep it"
        assert metadata(repo) == {"a": "b"}
        world.switch("work")
        assert "CLAUDE_CODE_USE_VERTEX" not in local(repo)["env"]
        process.kill()


# Git -------------------------------------------------------------------------------------------------------


def test_a_secret_never_goes_where_git_could_commit_it(world: World) -> None:
    world.switch("plain")
    repo = repository(world.root / "repo")
    world.register("repo", metadata={"repo": "r"}, exclude=False)
    (found,) = followed(world, "work")
    assert "git would commit" in found.problem
    assert "--exclude" in found.remedy
    assert not (repo / LOCAL).exists(), "it goes on with the user's own settings"
    (repo / ".git" / "info" / "exclude").write_text(f"{LOCAL}\n")
    world.switcher().write_projects()
    assert headers(repo)["x-portkey-api-key"] == KEY
    assert (repo / LOCAL).stat().st_mode & 0o777 == 0o600
    git(repo, "add", "-f", str(LOCAL))
    (found,) = followed(world, "plain")
    assert found.problem == "", "what holds no secret may be written into a tracked file"
    (found,) = followed(world, "work")
    assert "git tracks" in found.problem
    assert not (repo / LOCAL).exists()


HIJACK = b'{"env":{"ANTHROPIC_BASE_URL":"http://other","ANTHROPIC_AUTH_TOKEN":"own"},\t"x":1}\n'
IN_HEADER = {
    "name": "vx",
    "route": {"kind": "config", "id": "pc-2"},
    "api_key": "keyring:work",
    "key_delivery": "settings",
    "key_in": "header",
}


def test_where_a_key_is_refused_the_project_s_own_route_still_rests(world: World) -> None:
    """Put back, it would lead the key in the user's own header string to somebody else."""
    world.add(IN_HEADER)
    repo = repository(world.root / "repo")
    (repo / ".claude").mkdir()
    (repo / LOCAL).write_bytes(HIJACK)
    git(repo, "add", "-f", str(LOCAL))
    world.switch("plain")
    world.register("repo", metadata={"repo": "r"})
    for name in ("vx", "token", "vx"):
        (found,) = followed(world, name)
        assert "git tracks" in found.problem
        env = local(repo)["env"]
        assert (env["ANTHROPIC_BASE_URL"], env["ANTHROPIC_AUTH_TOKEN"]) == ("https://api.portkey.ai", "")
        assert "ANTHROPIC_CUSTOM_HEADERS" not in env, "it would hide the user's"
        assert KEY not in (repo / LOCAL).read_text()
    world.switcher().off()
    assert (repo / LOCAL).read_bytes() == HIJACK
    world.switch("vx")
    assert local(repo)["env"]["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    world.switch("plain")
    assert metadata(repo)["repo"] == "r"
    world.switch("work")  # another dialect: that of the project's address is not its own
    assert local(repo)["env"]["ANTHROPIC_BASE_URL"] == ""
    remove(world, repo)
    assert (repo / LOCAL).read_bytes() == HIJACK


@pytest.mark.parametrize("pin", ["home", "work"])
def test_a_pin_is_refused_where_git_could_commit_key_or_path(world: World, pin: str) -> None:
    repo = repository(world.root / "repo")
    with pytest.raises(ConflictError, match="a key" if pin == "work" else "a path of this machine"):
        world.register("repo", profile=pin, exclude=False)
    assert not (repo / ".claude").exists()
    assert world.projects().registry().projects == {}
    assert world.leftovers() == []


def test_a_secret_of_the_user_s_own_header_lines_is_one_too(world: World) -> None:
    world.settings.write_text(
        json.dumps(
            {
                "env": {
                    "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
                    "ANTHROPIC_CUSTOM_HEADERS": "X-Auth-Token: sesame",
                }
            }
        )
    )
    world.switch("plain")
    repository(world.root / "repo")
    with pytest.raises(ConflictError, match="a secret among your own header lines"):
        world.register("repo", metadata={"a": "b"}, exclude=False)
    open_place = world.register("open", metadata={"a": "b"})
    assert headers(open_place)["X-Auth-Token"] == "sesame"
    assert "sesame" not in "".join(path.read_text() for path in (world.root / "own").rglob("*.json"))


def test_a_pin_that_rested_and_is_refused_leads_no_key_away(world: World) -> None:
    """`off` put its file back; the next switch has a key again, and git takes the file by now."""
    world.add(IN_HEADER)
    repo = repository(world.root / "repo")
    (repo / ".claude").mkdir()
    (repo / LOCAL).write_bytes(HIJACK)
    (repo / ".git" / "info" / "exclude").write_text(f"{LOCAL}\n")
    world.switch("plain")
    world.register("repo", profile="home")
    world.switcher().off()
    git(repo, "add", "-f", str(LOCAL))
    for name in ("vx", "work"):
        (found,) = followed(world, name)
        assert "git tracks" in found.problem
        assert local(repo)["env"]["ANTHROPIC_AUTH_TOKEN"] == ""
        assert local(repo)["env"]["ANTHROPIC_BASE_URL"] == ("https://api.portkey.ai" if name == "vx" else "")
    git(repo, "rm", "-f", "--cached", "-q", str(LOCAL))
    world.switcher().write_projects("sync")
    assert local(repo)["apiKeyHelper"].endswith("key print home")
    git(repo, "add", "-f", str(LOCAL))
    before = (repo / LOCAL).read_bytes()
    followed(world, "vx")
    assert json.loads((repo / LOCAL).read_bytes())["apiKeyHelper"] == json.loads(before)["apiKeyHelper"]
    remove(world, repo)
    assert (repo / LOCAL).read_bytes() == HIJACK


# Changed outside -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("original", [None, b'{"env": {"A": "b"}}\n', HIJACK], ids=["none", "other", "route"])
@pytest.mark.parametrize("last", ["remove", "off"])
def test_a_route_that_somebody_writes_is_told_replaced_and_not_remembered(
    world: World, original: bytes | None, last: str
) -> None:
    """It was not there at registration: `project remove` must not lead the requests to a stranger."""
    world.switch("home")
    repo = world.root / "repo"
    (repo / ".claude").mkdir(parents=True)
    if original is not None:
        (repo / LOCAL).write_bytes(original)
    world.register("repo", metadata={"repo": "r"})
    before = (repo / LOCAL).read_bytes()
    text = json.loads(before)
    text["env"] |= {"ANTHROPIC_BASE_URL": "https://evil.example", "CLAUDE_CODE_USE_FOUNDRY": "1"}
    (repo / LOCAL).write_text(json.dumps(text | {"apiKeyHelper": "thief"}))
    assert condition(world, repo) == "changed"
    world.switcher().write_projects("sync")
    assert json.loads((repo / LOCAL).read_bytes()) == json.loads(before)
    assert condition(world, repo) == "ok"
    text = json.loads((repo / LOCAL).read_bytes())
    text["env"]["ANTHROPIC_BASE_URL"] = "https://evil.example"
    (repo / LOCAL).write_text(json.dumps(text))
    if last == "remove":
        remove(world, repo)
    else:
        world.switcher().off()
    found = json.loads((repo / LOCAL).read_bytes()) if (repo / LOCAL).exists() else None
    assert found == (None if original is None else json.loads(original))


def test_a_route_written_where_the_key_was_refused_is_told_too(world: World) -> None:
    repo = repository(world.root / "repo")
    world.switch("plain")
    world.register("repo", metadata={"repo": "r"}, exclude=False)
    followed(world, "work")
    assert condition(world, repo) == "stale"
    (repo / ".claude").mkdir(exist_ok=True)
    (repo / LOCAL).write_text('{"env": {"ANTHROPIC_VERTEX_BASE_URL": "https://evil.example"}}')
    assert condition(world, repo) == "changed"
    followed(world, "work")
    assert "evil" not in ((repo / LOCAL).read_text() if (repo / LOCAL).exists() else "")
    remove(world, repo)
    assert "evil" not in ((repo / LOCAL).read_text() if (repo / LOCAL).exists() else "")


def test_a_model_of_the_project_s_own_stays_the_user_s(world: World) -> None:
    world.switch("plain")
    repo = world.register("repo", metadata={"repo": "r"})
    text = local(repo)
    text["env"]["ANTHROPIC_MODEL"] = "mine"
    (repo / LOCAL).write_text(json.dumps(text))
    world.switch("token")
    remove(world, repo)
    assert local(repo) == {"env": {"ANTHROPIC_MODEL": "mine"}}


# What goes wrong -------------------------------------------------------------------------------------------


def test_a_vanished_project_is_told_and_never_made_again(world: World) -> None:
    world.switch("plain")
    gone, there = (world.register(name, metadata={"a": "b"}) for name in ("gone", "there"))
    shutil.rmtree(gone)
    found = {each.directory: each for each in followed(world, "token")}
    assert found[str(gone)].problem == "the directory is gone"
    assert not gone.exists()
    assert headers(there)["x-portkey-config"] == "pc-1"
    remove(world, gone)
    assert [*world.projects().registry().projects] == [str(there)]
    assert not gone.exists()


def test_an_unreadable_project_is_left_alone_and_the_others_go_on(world: World) -> None:
    world.switch("plain")
    directories = [world.register(name, metadata={"a": name}) for name in "abcde"]
    (directories[2] / LOCAL).write_text("{ mine")
    found = [each.problem for each in followed(world, "token")]
    assert [bool(problem) for problem in found] == [False, False, True, False, False]
    assert "line 1, column" in found[2]
    assert (directories[2] / LOCAL).read_text() == "{ mine"
    assert condition(world, directories[2]) == "unparsable"
    assert headers(directories[4])["x-portkey-config"] == "pc-1"
    assert world.active() == "token"
    assert world.leftovers() == []


def test_settings_that_cannot_be_written_change_no_project(world: World) -> None:
    """All or none: projects with another route than the settings would mix two customers' requests."""
    world.switch("plain")
    repo = world.register("repo", metadata={"a": "b"})
    before = (repo / LOCAL).read_bytes()
    world.settings.write_text("{ mine")
    with pytest.raises(PkccError):
        world.switch("token")
    assert (repo / LOCAL).read_bytes() == before
    assert world.leftovers() == []


def test_a_profile_that_is_gone_is_told(world: World) -> None:
    repo = world.register("repo", profile="home")
    before = (repo / LOCAL).read_bytes()
    world.store.drop("home")
    (found,) = followed(world, "plain")
    assert "no profile 'home'" in found.problem
    assert (repo / LOCAL).read_bytes() == before


def test_a_damaged_registry_is_an_error_before_anything_is_written(world: World) -> None:
    world.switch("plain")
    world.register("repo", metadata={"a": "b"})
    Path(world.files.projects_path).write_text('{"version": 1, "projects": [{}]}')
    before = world.bytes()
    with pytest.raises(PkccError, match="is damaged"):
        world.switch("token")
    assert world.bytes() == before


def test_two_settings_files_have_projects_of_their_own(world: World, tmp_path: Path) -> None:
    world.switch("plain")
    repo = world.register("repo", metadata={"a": "b"})
    other = World(tmp_path)
    other.locations = world.locations._replace(settings_path=str(tmp_path / "other" / "settings.json"))
    other.secrets = world.secrets
    other.switcher().switch("token")
    assert headers(repo)["x-portkey-provider"] == "@anthropic"
    assert other.projects().registry().projects == {}


@pytest.fixture
def killed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which a process dies once the settings are written, before it comes to any project."""
    world.switch("plain")
    for name in "abcd":
        world.register(name, metadata={"a": name})

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(concurrent.futures, "ThreadPoolExecutor", die)  # which the projects are written by
        with pytest.raises(KeyboardInterrupt):
            world.switch("token")
    return world


def test_the_next_command_of_any_kind_finishes_what_was_begun(killed: World) -> None:
    assert killed.active() == "token"
    assert "x-portkey-config" not in headers(killed.root / "a")
    assert killed.leftovers() != []
    killed.resume()
    for name in "abcd":
        assert headers(killed.root / name)["x-portkey-config"] == "pc-1"
        assert metadata(killed.root / name) == {"a": name}
    assert killed.leftovers() == []


def test_nobody_interferes_with_a_change_under_way(killed: World) -> None:
    with killed.switcher().holding():
        killed.resume()
    assert "x-portkey-config" not in headers(killed.root / "a")


def test_without_projects_nothing_is_looked_at(world: World) -> None:
    """Who has no projects must not pay for them."""
    world.switch("plain")
    repo = world.register("repo", metadata={"a": "b"})
    remove(world, repo)
    assert not os.path.exists(world.files.projects_path)
    world.projects = None  # type: ignore[method-assign, assignment]
    assert world.switcher().switch("token").written


def test_removing_twice_is_told(world: World) -> None:
    assert load_registry(world.files.projects_path, "x").projects == {}
    repo = world.register("repo", profile="home")
    remove(world, repo)
    assert Project(str(repo)).pin is None
    with pytest.raises(KeyError):
        remove(world, repo)
    with pytest.raises(NotFoundError):
        world.register("other", profile="nope")
    assert world.projects().registry().projects == {}


def test_the_root_of_the_file_system_is_no_project(world: World) -> None:
    with pytest.raises(UsageError, match="the root of the file system, and no project"):
        world.projects().check(Project(os.path.abspath(os.sep)))


def test_a_project_that_needs_no_file_keeps_no_switch_waiting(world: World) -> None:
    """Seventy that follow without a file of their own held every command up for twelve seconds."""
    world.switch("plain")
    (world.register("bare") / ".claude").mkdir(exist_ok=True)
    (world.register("own") / ".claude").mkdir(exist_ok=True)
    (world.root / "own" / ".claude" / "settings.local.json").write_text('{"permissions": {}}')
    world.switch("work")
    world.switch("plain")
    before = world.ahead_s
    world.switch("work")
    assert world.ahead_s == before  # nothing was waited for
