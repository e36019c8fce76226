"""A project is added and changed by its form: what is known before, and what is wrong beside its field."""

from __future__ import annotations

import json
import re
import subprocess
import time
from typing import Any

import pytest
from support.home.projects import clone, local, page_of, project
from support.home.user_home import KEY


def test_a_project_is_added_as_by_the_command(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    assert "No projects yet" in visitor.words("/projects")
    answer = visitor.fill(
        "/projects/add",
        directory="~/src/web",
        **{"metadata-key": ["repo", ""], "metadata-value": ["web", ""]},
        profile="fallback",
        exclude="1",
    )
    assert answer.headers["location"] == "/projects"
    text = visitor.words("/projects")
    assert "~/src/web is a project now" in text
    assert "~/src/web As it should be Metadata: repo=web Pinned to Fallback" in text
    assert project(home)["pin"] == "fallback"
    assert ".claude/settings.local.json" in (web / ".git/info/exclude").read_text()
    visitor.undo("/projects")
    assert home.ok("project", "list", "--json").json()["data"]["projects"] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose the folder of a project"),
        ({"directory": "web"}, "Begin it with / or ~/"),
        ({"directory": "~/nowhere"}, "There is no directory ~/nowhere"),
        ({"directory": "~"}, "is your home directory, and no project"),
        ({"directory": "~/src/web", "profile": "nobody"}, "There is no profile"),
        ({"directory": "~/src/web", "metadata-key": "a", "metadata-value": "x" * 200}, "longer than 128"),
        ({"directory": "~/src/\0web"}, "Begin it with / or ~/"),
    ],
)
def test_what_is_wrong_with_a_project_is_said_beside_its_field(
    visitor: Any, home: Any, work: None, typed: dict[str, str], said: str
) -> None:
    clone(home, "src/web")
    answer = visitor.fill("/projects/add", **typed)
    assert answer.status_code == 422
    assert "The project was not added" in answer.text
    assert said in answer.text
    assert "field-err" in answer.text
    assert home.ok("project", "list", "--json").json()["data"]["projects"] == []


def test_what_git_says_and_where_sessions_read_is_told_before(visitor: Any, home: Any, work: None) -> None:
    """A person who adds the wrong folder, or one that git commits, should not find out afterwards."""
    web = clone(home, "src/web")
    (web / "deep").mkdir()
    answer = visitor.get("/projects/add/answer", params={"value": "~/src/web/deep"}).text
    assert "Git does not ignore the file yet" in answer
    assert "main folder: ~/src/web." in answer
    (home.root / "plain").mkdir()
    assert "in no git repository" in visitor.get("/projects/add/answer?value=~/plain").text
    assert "There is no directory" in visitor.get("/projects/add/answer?value=~/nothing").text
    looked = visitor.fill("/projects/add", directory="~/src/web", look="1").text
    assert "Git does not ignore the file yet" in looked
    assert 'value="~/src/web"' in looked
    home.ok("project", "add", str(web), "--metadata", "repo=web")
    assert "This is a project already" in visitor.get("/projects/add/answer?value=~/src/web").text
    assert "This is a project already" in visitor.fill("/projects/add", directory="~/src/web").text


def test_folders_of_running_sessions_are_suggested(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    (web / "deep").mkdir()
    sessions = home.claude / "sessions"
    sessions.mkdir()
    row = {
        "cwd": str(web / "deep"),
        "version": "2.1.331",
        "startedAt": int(time.time() * 1000),
        "status": "idle",
    }
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, env=home.environ) as client:
        (sessions / f"{client.pid}.json").write_text(json.dumps(row))
        assert 'data-value="~/src/web"' in visitor.get("/projects/add").text
        home.ok("project", "add", str(web), "--metadata", "repo=web")
        assert 'data-value="~' not in visitor.get("/projects/add").text


def test_what_a_team_asks_for_counts_once_it_is_agreed_to(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    (web / ".pkcc.toml").write_text('profile = "fallback"\n[metadata]\nteam = "core"\n')
    part = visitor.get("/projects/add/answer?value=~/src/web").text
    assert "profile fallback, team=core" in part
    visitor.fill("/projects/add", directory="~/src/web", **{"metadata-key": "a", "metadata-value": "b"})
    assert project(home)["metadata"] == {"a": "b"}
    text = visitor.get(page_of(web)).text
    digest = re.search(r'<option value="([0-9a-f]{64})"', text)
    assert digest is not None
    pair = {"metadata-key": "a", "metadata-value": "b", "exclude": "1"}
    (web / ".pkcc.toml").write_text('profile = "work"\n')
    answer = visitor.fill(page_of(web), team=digest[1], **pair)
    assert "file was changed meanwhile" in answer.text
    (web / ".pkcc.toml").write_text('profile = "fallback"\n[metadata]\nteam = "core"\n')
    visitor.fill(page_of(web), team=digest[1], **pair)
    assert project(home)["pin"] == "fallback"
    assert project(home)["metadata"] == {"team": "core", "a": "b"}
    assert "As you agreed to it: profile fallback, team=core" in visitor.get(page_of(web)).text
    visitor.fill(page_of(web), team="none", **pair)
    assert project(home)["pin"] is None
    (web / ".pkcc.toml").write_text("profile = 3\n")
    assert "It has no effect" in visitor.get(page_of(web)).text


def test_a_key_that_git_could_commit_is_refused_beside_the_tick(visitor: Any, home: Any) -> None:
    home.add("clear", "--provider", "@a", "--dialect", "vertex", "--sonnet", "claude-sonnet-4-6")
    web = clone(home, "src/web")
    answer = visitor.fill("/projects/add", directory="~/src/web", profile="clear")
    assert answer.status_code == 422
    assert "git would commit ~/src/web/.claude/settings.local.json" in answer.text
    assert "Let git ignore the file that is written”, or" in answer.text
    assert "--exclude" not in answer.text
    assert re.search(r'type="checkbox" name="exclude" value="1" id="exclude"[^>]*aria-invalid', answer.text)
    assert not (web / ".claude").exists()
    (web / ".claude").mkdir()
    (web / ".claude/settings.local.json").write_text("{}")
    git = ["git", "-C", str(web)]
    subprocess.run([*git, "add", "-f", "."], check=True, env=home.environ)
    answer = visitor.fill("/projects/add", directory="~/src/web", profile="clear", exclude="1")
    assert "git tracks ~/src/web/.claude/settings.local.json" in answer.text
    assert KEY not in local(web)
