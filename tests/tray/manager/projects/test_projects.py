"""Projects: what the pages show of each state, and that each button is the command's own action."""

from __future__ import annotations

from typing import Any

from support.home.projects import clone, local, page_of, project
from support.home.user_home import KEY

from tray.actions.more.glance.projects import project_id
from tray.manager.access.links import is_local_page


def test_a_project_is_changed_on_its_page(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
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
    assert "follows the profile in use" in visitor.words("/projects")


def test_a_file_that_would_send_the_key_elsewhere_is_said_first(visitor: Any, home: Any, work: None) -> None:
    for name in ("api", "web"):
        home.ok("project", "add", str(clone(home, f"src/{name}")), "--profile", "fallback")
    web = home.root / "src/web"
    path = web / ".claude/settings.local.json"
    path.write_text(path.read_text().replace("https://api.portkey.ai", "https://api.portkey-ai.example"))
    text = visitor.words("/projects")
    assert text.index("~/src/web Its file would send your key to another address") < text.index("~/src/api")
    assert "1 needs attention" in text
    text = visitor.words("/")
    assert "A project puts your key at risk ~/src/web : its file would send your key to another" in text
    assert "Projects 1 at risk" in text
    one = visitor.get(page_of(web)).text
    assert 'role="alert"' in one
    assert "<mark>api.portkey-ai.example</mark>" in one
    visitor.fill("/projects/do/write", id=project_id(str(web)))
    assert "~/src/web is written again" in visitor.words("/projects")
    assert "portkey-ai.example" not in path.read_text()
    assert project_id(str(web)) in visitor.get("/projects").text


def test_each_trouble_has_words_and_a_remedy(visitor: Any, home: Any, work: None) -> None:
    for name in ("a-changed", "b-gone", "c-broken", "d-missing", "e-fine"):
        home.ok("project", "add", str(clone(home, f"src/{name}")), "--profile", "fallback")
    assert "attention" not in visitor.words("/projects")  # and what is remembered of it is no older
    source = home.root / "src"
    changed = source / "a-changed/.claude/settings.local.json"
    changed.write_text(changed.read_text().replace("pc-fallback-1a2b3c", "pc-other"))
    (source / "b-gone/.claude/settings.local.json").unlink()
    (source / "c-broken/.claude/settings.local.json").write_text("{")
    (source / "d-missing").rename(home.root / "elsewhere")
    text = visitor.words("/projects")
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
    visitor.end_of(visitor.fill("/projects/do/write-all"))
    text = visitor.words("/projects")
    assert "2 projects could not be written ~/src/c-broken: " in text
    assert "pkcc-tray project remove" not in text  # its row has the button
    assert "~/src/a-changed As it should be" in text


def test_a_project_is_removed_after_what_that_means_is_said(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    path = web / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text('{"env": {"MINE": "1"}}')
    home.ok("project", "add", str(web), "--metadata", "repo=web")
    assert "put back exactly" in visitor.words(f"{page_of(web)}/remove")
    visitor.fill(f"{page_of(web)}/remove")
    assert local(web) == '{"env": {"MINE": "1"}}'
    assert "~/src/web is no project any more" in visitor.words("/projects")
    answer = visitor.fill(f"{page_of(web)}/remove")  # from another tab
    assert answer.status_code == 303
    assert "not registered any more" in visitor.words(answer.headers["location"])


def test_what_decides_what_a_project_says_is_seen_at_once(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    home.ok("project", "add", str(web), "--profile", "fallback")
    assert "Pinned to Fallback" in visitor.words("/projects")
    stored = home.profiles / "fallback.json"
    stored.write_text(stored.read_text().replace("pc-fallback-1a2b3c", "pc-other-0000"))
    assert "A change has not reached its file yet" in visitor.words("/projects")
    home.ok("project", "add", str(web), "--follow", "--metadata", "repo=web")
    assert "Follows Work" in visitor.words("/projects")
    home.ok("off")
    assert "Follows the profile in use" in visitor.words("/projects")


def test_the_tray_can_open_one_project(visitor: Any, home: Any, work: None) -> None:
    web = clone(home, "src/web")
    home.ok("project", "add", str(web), "--metadata", "repo=web")
    assert is_local_page(page_of(web))
    assert "As it should be" in visitor.words(page_of(web))
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
    assert "~/src/p0999" in visitor.words("/projects?page=10")
    hit = visitor.words("/projects?q=repo%3Dp0777")
    assert "1 of 1000 match" in hit
    assert "~/src/p0777" in hit
    assert "No project matches" in visitor.words("/projects?q=nothing-like-that")
    for page in ("0", "-1", "x", "9" * 50):
        assert visitor.get("/projects", params={"page": page}).status_code == 200


def test_no_key_is_on_any_page_of_projects(visitor: Any, home: Any) -> None:
    """A profile that writes its key into the file: the pages mask it."""
    home.add("clear", "--provider", "@a", "--dialect", "vertex", "--sonnet", "claude-sonnet-4-6")
    home.ok("switch", "clear")
    web = clone(home, "src/web")
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
