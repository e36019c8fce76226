"""Projects and rules: what the pages show of each state, and that each button is the command's own action."""

from __future__ import annotations

import html
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import KEY

from tray.actions.more.glance.projects import project_id
from tray.manager.access.links import is_local_page


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--sonnet", "claude-sonnet-4-6", "--label", "Work")
    home.add("fallback", "--config", "pc-fallback-1a2b3c", "--label", "Fallback")
    home.ok("switch", "work")


@pytest.fixture
def clone(home: Any) -> Any:
    """Makes a git clone below the home directory."""

    def make(where: str) -> Path:
        path: Path = home.root / where
        path.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", str(path)], check=True, env=home.environ)
        return path

    return make


def shown(visitor: Any, path: str) -> str:
    """A page's words, its markup taken out."""
    text = visitor.get(path).text
    cut = r"<svg.*?</svg>|<dialog.*?</dialog>|<template.*?</template>|<[^>]*>"
    body = re.sub(cut, " ", text[text.index("<main") :], flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(body))


def page_of(path: Path) -> str:
    return f"/projects/{project_id(str(path))}"


def local(path: Path) -> str:
    return (path / ".claude/settings.local.json").read_text()


def project(home: Any) -> dict[str, Any]:
    """The one registered project, as the command line lists it."""
    (found,) = home.ok("project", "list", "--json").json()["data"]["projects"]
    return dict(found)


def finish(visitor: Any, answer: Any) -> None:
    """Wait until a job has led to the page after it."""
    job, ends = answer.headers["location"], time.monotonic() + 20
    assert job.startswith("/jobs/")
    while visitor.get(job).status_code == 200:
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_project_is_added_as_by_the_command(visitor: Any, home: Any, work: None, clone: Any) -> None:
    web = clone("src/web")
    assert "No projects yet" in shown(visitor, "/projects")
    answer = visitor.fill(
        "/projects/add",
        directory="~/src/web",
        **{"metadata-key": ["repo", ""], "metadata-value": ["web", ""]},
        profile="fallback",
        exclude="1",
    )
    assert answer.headers["location"] == "/projects"
    text = shown(visitor, "/projects")
    assert "~/src/web is a project now" in text
    assert "~/src/web As it should be Metadata: repo=web Pinned to Fallback" in text
    assert project(home)["pin"] == "fallback"
    assert ".claude/settings.local.json" in (web / ".git/info/exclude").read_text()
    visitor.fill("/undo", back="/projects")
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
    visitor: Any, home: Any, work: None, clone: Any, typed: dict[str, str], said: str
) -> None:
    clone("src/web")
    answer = visitor.fill("/projects/add", **typed)
    assert answer.status_code == 422
    assert "The project was not added" in answer.text
    assert said in answer.text
    assert "field-err" in answer.text
    assert home.ok("project", "list", "--json").json()["data"]["projects"] == []


def test_what_git_says_and_where_sessions_read_is_told_before(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    """A person who adds the wrong folder, or one that git commits, should not find out afterwards."""
    web = clone("src/web")
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


def test_running_sessions_are_suggested(visitor: Any, home: Any, work: None, clone: Any) -> None:
    web = clone("src/web")
    sessions = home.claude / "sessions"
    sessions.mkdir()
    (sessions / "1.json").write_text(json.dumps({"pid": 1, "cwd": str(web), "startedAt": 1}))
    assert isinstance(visitor.get("/projects/add").text, str)


def test_what_a_team_asks_for_counts_once_it_is_agreed_to(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    web = clone("src/web")
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


def test_a_project_is_changed_on_its_page(visitor: Any, home: Any, work: None, clone: Any) -> None:
    web = clone("src/web")
    home.ok("project", "add", str(web), "--metadata", "repo=web", "--metadata", "old=1")
    text = visitor.get(page_of(web)).text
    assert 'value="repo"' in text
    visitor.fill(
        page_of(web), profile="fallback", **{"metadata-key": "repo", "metadata-value": "site"}, exclude="1"
    )
    assert project(home)["metadata"] == {"repo": "site"}
    assert project(home)["pin"] == "fallback"
    answer = visitor.fill(page_of(web), profile="nobody", exclude="1")
    assert answer.status_code == 422
    assert "There is no profile" in answer.text
    visitor.fill("/projects/do/follow", id=project_id(str(web)))
    assert project(home)["pin"] is None
    assert "follows the profile in use" in shown(visitor, "/projects")


def test_a_file_that_would_send_the_key_elsewhere_is_said_first(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    for name in ("api", "web"):
        home.ok("project", "add", str(clone(f"src/{name}")), "--profile", "fallback")
    web = home.root / "src/web"
    path = web / ".claude/settings.local.json"
    path.write_text(path.read_text().replace("https://api.portkey.ai", "https://api.portkey-ai.example"))
    text = shown(visitor, "/projects")
    assert text.index("~/src/web Its file would send your key to another address") < text.index("~/src/api")
    assert "1 needs attention" in text
    one = visitor.get(page_of(web)).text
    assert 'role="alert"' in one
    assert "<mark>api.portkey-ai.example</mark>" in one
    visitor.fill("/projects/do/write", id=project_id(str(web)))
    assert "~/src/web is written again" in shown(visitor, "/projects")
    assert "portkey-ai.example" not in path.read_text()
    assert project_id(str(web)) in visitor.get("/projects").text


def test_each_trouble_has_words_and_a_remedy(visitor: Any, home: Any, work: None, clone: Any) -> None:
    for name in ("a-changed", "b-gone", "c-broken", "d-missing", "e-fine"):
        home.ok("project", "add", str(clone(f"src/{name}")), "--profile", "fallback")
    assert "attention" not in shown(visitor, "/projects")  # and what is remembered of it is no older
    source = home.root / "src"
    changed = source / "a-changed/.claude/settings.local.json"
    changed.write_text(changed.read_text().replace("pc-fallback-1a2b3c", "pc-other"))
    (source / "b-gone/.claude/settings.local.json").unlink()
    (source / "c-broken/.claude/settings.local.json").write_text("{")
    (source / "d-missing").rename(home.root / "elsewhere")
    text = shown(visitor, "/projects")
    assert "~/src/a-changed Its file was changed by something else" in text
    assert "See changes of ~/src/a-changed" in text
    assert "~/src/b-gone Its file was removed by something else" in text
    assert "Write again ~/src/b-gone" in text
    assert "~/src/c-broken Its file cannot be read" in text
    assert "Open the file of ~/src/c-broken" in text
    assert "~/src/d-missing The folder is gone" in text
    assert "Nothing is written Remove… ~/src/d-missing" in text
    assert text.index("a-changed") < text.index("e-fine")
    for name in ("a-changed", "b-gone", "c-broken", "d-missing"):
        assert visitor.get(page_of(source / name)).status_code == 200
    finish(visitor, visitor.fill("/projects/do/write-all"))
    text = shown(visitor, "/projects")
    assert "2 projects could not be written ~/src/c-broken: " in text
    assert "pkcc-tray project remove" not in text  # its row has the button
    assert "~/src/a-changed As it should be" in text


def test_a_project_is_removed_after_what_that_means_is_said(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    web = clone("src/web")
    path = web / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text('{"env": {"MINE": "1"}}')
    home.ok("project", "add", str(web), "--metadata", "repo=web")
    assert "put back exactly" in shown(visitor, f"{page_of(web)}/remove")
    visitor.fill(f"{page_of(web)}/remove")
    assert local(web) == '{"env": {"MINE": "1"}}'
    assert "~/src/web is no project any more" in shown(visitor, "/projects")
    answer = visitor.fill(f"{page_of(web)}/remove")  # from another tab
    assert answer.status_code == 303
    assert "not registered any more" in shown(visitor, answer.headers["location"])


def rule(**more: Any) -> dict[str, Any]:
    pair = {"metadata-key": "client", "metadata-value": "acme"}
    return {"folders": "~/work/acme/**", **pair, "exclude": "1", **more}


def test_a_rule_holds_at_once_and_is_taken_back_whole(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    for name in ("shop", "site"):
        clone(f"work/acme/{name}")
    part = visitor.get("/projects/rules/fits", params={"value": "~/work/acme/**"}).text
    assert "Fits 2 clones today: acme/shop, acme/site" in part
    assert "must be absolute" in visitor.get("/projects/rules/fits?value=work").text
    finish(visitor, visitor.fill("/projects", **rule(profile="fallback")))
    text = shown(visitor, "/projects")
    assert "Rule 1 is kept 2 clones are projects now: acme/shop, acme/site." in text
    assert "~/work/acme/shop As it should be, by rule 1 Metadata: client=acme Pinned to Fallback" in text
    assert "~/work/acme/** 2 clones today" in text
    visitor.fill("/undo", back="/projects")
    assert home.ok("project", "list", "--json").json()["data"]["projects"] == []
    assert home.ok("project", "rule", "list", "--json").json()["data"]["rules"] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (rule(folders=""), "Say which folders"),
        (rule(folders="work/**"), "must be absolute"),
        (rule(folders="~/**"), "too wide"),
        (rule(profile="nobody"), "There is no profile"),
        ({"folders": "~/work/**", "exclude": "1"}, "Choose a profile, or add metadata"),
        (rule(**{"metadata-value": "x" * 200}), "longer than 128"),
        (rule(folders="~/taken/**"), "There is a rule for ~/taken/** already"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_beside_its_field(
    visitor: Any, home: Any, work: None, typed: dict[str, str], said: str
) -> None:
    home.ok("project", "rule", "add", "~/taken/**", "--metadata", "a=b")
    home.ok("project", "rule", "add", "~/other/**", "--metadata", "a=b")
    before = (home.own / "rules.json").read_bytes()
    answer = visitor.fill("/projects", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    page = re.findall(r"/projects/rules/[0-9a-f]{16}", visitor.get("/projects").text)[-1]
    assert visitor.fill(page, **typed).status_code == 422
    assert (home.own / "rules.json").read_bytes() == before


def test_rules_are_changed_moved_and_removed(visitor: Any, home: Any, work: None, clone: Any) -> None:
    """The first that fits decides: an order that cannot be changed would have them typed again."""
    clone("work/acme/shop")
    home.ok("project", "rule", "add", "~/work/**", "--metadata", "employer=main")
    home.ok("project", "rule", "add", "~/work/acme/**", "--metadata", "client=acme")
    home.ok("project", "sync")
    assert project(home)["metadata"] == {"employer": "main"}
    assert "~/work/acme/** 1 clone today, none not covered above" in shown(visitor, "/projects")
    ids = re.findall(r'value="up ([0-9a-f]{16})"', visitor.get("/projects").text)
    finish(visitor, visitor.fill("/projects/do/move", move=f"up {ids[0]}"))
    assert "~/work/acme/** is rule 1 now 1 project changed with it" in shown(visitor, "/projects")
    assert project(home)["metadata"] == {"client": "acme"}
    visitor.fill("/undo", back="/projects")
    assert project(home)["metadata"] == {"employer": "main"}
    finish(visitor, visitor.fill("/projects/do/move", move=f"up {ids[0]}"))
    finish(visitor, visitor.fill(f"/projects/rules/{ids[0]}", **rule(**{"metadata-value": "acme-2"})))
    assert "Rule 1 is changed" in shown(visitor, "/projects")
    assert project(home)["metadata"] == {"client": "acme-2"}
    assert "~/work/acme/shop" in shown(visitor, f"/projects/rules/{ids[0]}/remove")
    finish(visitor, visitor.fill(f"/projects/rules/{ids[0]}/remove"))
    assert "Rule 1 is removed" in shown(visitor, "/projects")
    assert project(home)["metadata"] == {"employer": "main"}
    answer = visitor.fill(f"/projects/rules/{ids[0]}/remove")
    assert answer.status_code == 303


def test_rules_that_cannot_be_read_leave_the_projects_there(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    home.ok("project", "add", str(clone("src/web")), "--metadata", "repo=web")
    (home.own / "rules.json").write_text('{"version": 1, "rules": [{"path": 3}]}')
    text = shown(visitor, "/projects")
    assert "rule 1: path and profile must be text" in text
    assert "~/src/web As it should be" in text
    assert "Add the rule" not in text


def test_what_decides_what_a_project_says_is_seen_at_once(
    visitor: Any, home: Any, work: None, clone: Any
) -> None:
    web = clone("src/web")
    home.ok("project", "add", str(web), "--profile", "fallback")
    assert "Pinned to Fallback" in shown(visitor, "/projects")
    stored = home.profiles / "fallback.json"
    stored.write_text(stored.read_text().replace("pc-fallback-1a2b3c", "pc-other-0000"))
    assert "A change has not reached its file yet" in shown(visitor, "/projects")
    home.ok("project", "add", str(web), "--follow", "--metadata", "repo=web")
    assert "Follows Work" in shown(visitor, "/projects")
    home.ok("off")
    assert "Follows the profile in use" in shown(visitor, "/projects")


def test_the_tray_can_open_one_project(visitor: Any, home: Any, work: None, clone: Any) -> None:
    web = clone("src/web")
    home.ok("project", "add", str(web), "--metadata", "repo=web")
    assert is_local_page(page_of(web))
    assert "As it should be" in shown(visitor, page_of(web))
    assert "not registered any more" in visitor.get("/projects/0123456789abcdef").text


def test_a_thousand_projects_stay_usable(visitor: Any, home: Any, work: None) -> None:
    from profiles.switching.find_memory import files_for
    from profiles.switching.memory.project_registry import Project, Registry, save_registry
    from tray.app import App

    app = App.start(home.environ, None, None, wants_json=True)
    found = {}
    for number in range(1000):
        path = home.root / f"src/p{number:04}"
        (path / ".claude").mkdir(parents=True)
        found[str(path)] = Project(str(path), metadata={"repo": f"p{number:04}"})
    save_registry(
        files_for(app.locations).projects_path, Registry(app.locations.settings_path, projects=found)
    )
    text = visitor.get("/projects").text
    assert text.count('class="lrow') == 100
    assert len(text) < 300_000
    assert "Page 1 of 10." in text
    assert "~/src/p0999" in shown(visitor, "/projects?page=10")
    hit = shown(visitor, "/projects?q=repo%3Dp0777")
    assert "1 of 1000 match" in hit
    assert "~/src/p0777" in hit
    assert "No project matches" in shown(visitor, "/projects?q=nothing-like-that")
    for page in ("0", "-1", "x", "9" * 50):
        assert visitor.get("/projects", params={"page": page}).status_code == 200


def test_a_key_that_git_could_commit_is_refused_beside_the_tick(visitor: Any, home: Any, clone: Any) -> None:
    home.add("clear", "--provider", "@a", "--dialect", "vertex", "--sonnet", "claude-sonnet-4-6")
    web = clone("src/web")
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


def test_no_key_is_on_any_page_of_projects(visitor: Any, home: Any, clone: Any) -> None:
    """A profile that writes its key into the file: the pages mask it."""
    home.add("clear", "--provider", "@a", "--dialect", "vertex", "--sonnet", "claude-sonnet-4-6")
    home.ok("switch", "clear")
    web = clone("src/web")
    home.ok("project", "add", str(web), "--profile", "clear")
    assert KEY in local(web)
    path = web / ".claude/settings.local.json"
    path.write_text(path.read_text().replace("claude-sonnet-4-6", "claude-sonnet-4-9"))
    for page in ("/projects", page_of(web), f"{page_of(web)}/remove", "/projects/add/answer?value=~/src/web"):
        assert KEY not in visitor.get(page).text
    assert "claude-sonnet-4-9" in visitor.get(page_of(web)).text


def test_names_are_text_and_never_markup(visitor: Any, home: Any, work: None) -> None:
    path = home.root / "<b>bold"
    path.mkdir()
    home.ok("project", "add", str(path), "--metadata", 'a="><script>x')
    for page in ("/projects", page_of(path), f"{page_of(path)}/remove"):
        text = visitor.get(page).text
        assert "<b>bold" not in text
        assert "<script>x" not in text
