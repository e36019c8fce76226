"""A project leaves no trace in `git status`, and none in the clone once it is removed: real git judges."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.home.git_repository import git, repository
from support.home.user_home import KEY, UserHome, files_with

LOCAL = ".claude/settings.local.json"
ADD = ("project", "add", "one", "--metadata", "repo=1")


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@work")
    home.add("client", "--provider", "@client")
    home.add("vertex", "--dialect", "vertex", "--virtual-key", "vk", "--model", "m")
    home.ok("switch", "work")
    repository(home.root / "one", commit=True)
    return home


def tree(directory: Path) -> dict[str, bytes]:
    """Every file of a clone, the repository's own included, but for git's index, which `status` rewrites."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != "index")
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def status(home: UserHome, name: str = "one") -> str:
    return git(home.root / name, "status", "--porcelain", home=home.root)


def test_no_trace_while_it_is_there_and_every_byte_as_before_when_it_goes(home: UserHome) -> None:
    """`?? .claude/` in every repository, and the next `git add .` takes it along."""
    before = tree(home.root / "one")
    said = home.ok(*ADD).err
    assert said == "Note: git ignores the project's file from now on, in this clone alone (info/exclude)\n"
    assert (home.root / "one" / LOCAL).exists()
    for words in (("switch", "client"), ("switch", "vertex"), ("off",), ("switch", "work")):
        home.ok(*words)
        assert status(home) == ""
    home.ok("project", "remove", "one")
    assert not (home.root / "one" / ".claude").exists()
    assert tree(home.root / "one") == before


def test_the_line_can_be_left_out_and_that_is_remembered(home: UserHome) -> None:
    before = (home.root / "one" / ".git" / "info" / "exclude").read_bytes()
    home.ok(*ADD, "--no-exclude")
    home.ok("project", "add", "one", "--metadata", "b=c")
    home.ok("switch", "client")
    assert status(home) == "?? .claude/\n"
    home.ok("project", "add", "one", "--exclude")
    assert status(home) == ""
    home.ok("project", "add", "one", "--no-exclude")
    assert (home.root / "one" / ".git" / "info" / "exclude").read_bytes() == before


def test_what_the_user_has_ignored_already_gets_no_line(home: UserHome) -> None:
    (home.root / ".config" / "git").mkdir(parents=True)
    mine = home.root / ".config" / "git" / "ignore"
    mine.write_text("**/.claude/settings.local.json")
    before = (home.root / "one" / ".git" / "info" / "exclude").read_bytes()
    home.ok(*ADD)
    home.ok("project", "remove", "one")
    assert (home.root / "one" / ".git" / "info" / "exclude").read_bytes() == before
    assert mine.read_text() == "**/.claude/settings.local.json"


@pytest.mark.parametrize("made", ["the project itself", "the directory above two projects"])
def test_a_repository_that_is_made_later_shows_nothing_either(home: UserHome, made: str) -> None:
    """`git init` comes after the first session as often as before it."""
    for name in ("a", "b"):
        (home.root / "new" / name).mkdir(parents=True)
        home.ok("project", "add", f"new/{name}", "--metadata", f"repo={name}")
    roots = ["new"] if made.startswith("the directory") else ["new/a", "new/b"]
    for root in roots:
        repository(home.root / root)
    home.ok("switch", "client")
    assert [status(home, root) for root in roots] == ["" for _ in roots]
    git(home.root / roots[0], "add", "-A")
    assert git(home.root / roots[0], "ls-files") == ""
    home.ok("undo")
    home.ok("undo")  # of what was registered last, though its clone came to be another since
    assert status(home, roots[-1]) == ""
    for name in ("a", "b"):
        home.run("project", "remove", f"new/{name}")
    assert b"pkcc" not in b"".join(tree(home.root / "new").values())


@pytest.mark.parametrize("synced", [True, False])
def test_a_clone_that_was_moved_is_left_as_it_was(home: UserHome, synced: bool) -> None:
    before = tree(home.root / "one")
    home.ok(*ADD)
    (home.root / "one").rename(home.root / "moved")
    if synced:
        home.ok("project", "sync", "moved")
        home.ok("switch", "client")
    assert status(home, "moved") == ""
    home.ok("project", "remove", "moved")
    assert tree(home.root / "moved") == before


def test_worktrees_that_share_a_line_keep_it_until_the_last_is_removed(home: UserHome) -> None:
    """The file of the other one holds a key, and `git add .` would have taken it."""
    git(home.root, "clone", "-q", "--bare", "one", "bare.git")
    for name in ("a", "b"):
        git(home.root / "bare.git", "worktree", "add", "-q", str(home.root / name), "-b", f"of-{name}")
        home.ok("switch", "vertex", "--project", name)
    exclude = home.root / "bare.git" / "info" / "exclude"
    assert exclude.read_text().count(LOCAL) == 1
    home.ok("project", "remove", "a")
    assert files_with(KEY, home.root / "b") != []
    git(home.root / "b", "add", "-A")
    assert git(home.root / "b", "ls-files", "--", ".claude") == ""
    home.ok("project", "remove", "b")
    assert LOCAL not in exclude.read_text()


def test_another_configuration_s_project_keeps_the_line_too(home: UserHome) -> None:
    home.ok(*ADD)
    other = home.environ | {"CLAUDE_CONFIG_DIR": str(home.root / "second")}
    (home.root / "second").mkdir()
    assert home.spawn("switch", "client", env=other).code == 0
    assert home.spawn("project", "add", "one", "--metadata", "x=y", env=other).code == 0
    home.ok("project", "remove", "one")
    assert LOCAL in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    assert home.spawn("project", "remove", "one", env=other).code == 0
    assert LOCAL not in (home.root / "one" / ".git" / "info" / "exclude").read_text()


def test_rules_leave_no_trace_and_follow_no_link_out(home: UserHome) -> None:
    for name in ("a", "b"):
        shutil.copytree(home.root / "one", home.root / "src" / name)
    exclude = home.root / "src" / "b" / ".git" / "info" / "exclude"
    exclude.unlink()
    exclude.symlink_to(home.root / "mine")
    (home.root / "mine").write_text("x")
    before = tree(home.root / "src" / "a")
    home.ok("project", "rule", "add", "~/src/*", "--metadata", "client=acme")
    ran = home.ok("project", "sync")
    assert status(home, "src/a") == ""
    assert (home.root / "mine").read_text() == "x"
    assert (
        f"src/b: git does not ignore the project's file: {exclude} is a link to {home.root / 'mine'}"
        in ran.err
    )
    home.ok("project", "rule", "remove", "~/src/*")
    assert tree(home.root / "src" / "a") == before


def test_off_leaves_the_line_of_a_project_that_stays_registered(home: UserHome) -> None:
    """docs/projects.md says so, and what removes a package runs `off`: the line alone does no harm."""
    before = tree(home.root / "one")
    home.ok(*ADD)
    home.ok("off")
    assert not (home.root / "one" / LOCAL).exists()
    assert LOCAL in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    assert status(home) == ""
    home.ok("project", "remove", "one")
    assert tree(home.root / "one") == before


def test_undo_takes_the_line_along_both_ways(home: UserHome) -> None:
    before = tree(home.root / "one")
    home.ok(*ADD)
    home.ok("project", "remove", "one")
    home.ok("undo")
    assert ((home.root / "one" / LOCAL).exists(), status(home)) == (True, "")
    home.ok("undo")
    assert tree(home.root / "one") == before


@pytest.mark.parametrize("why", ["tracked", "let in again"])
def test_where_git_cannot_be_had_to_ignore_it_that_is_said(home: UserHome, why: str) -> None:
    """Metadata alone may be written there all the same; a key may not."""
    if why == "tracked":
        (home.root / "one" / ".claude").mkdir()
        (home.root / "one" / LOCAL).write_text("{}")
        git(home.root / "one", "add", "-f", LOCAL)
    else:
        (home.root / "one" / ".gitignore").write_text(f"!{LOCAL}\n")
    ran = home.ok(*ADD)
    assert "git does not ignore the project's file: " in ran.err
    assert ("git tracks" if why == "tracked" else "lets") in ran.err
    assert LOCAL not in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    assert "git" in home.ok("switch", "vertex").err
    assert files_with(KEY, home.root / "one") == []


@pytest.mark.parametrize("options", [(), ("--no-exclude",)])
@pytest.mark.parametrize(
    "standing", ["open", "ignored", "tracked", "let in again", "linked", "no repository"]
)
@pytest.mark.parametrize("name", ["work", "vertex"])
def test_a_dry_run_says_of_git_what_the_real_one_does_and_writes_nothing(
    home: UserHome, name: str, standing: str, options: tuple[str, ...]
) -> None:
    """It promised what was refused then, or kept quiet about a line in the exclude file."""
    one = home.root / "one"
    if standing == "tracked":
        (one / ".claude").mkdir()
        (one / LOCAL).write_text("{}")
        git(one, "add", "-f", LOCAL)
    elif standing == "linked":
        (one / ".git" / "info" / "exclude").unlink()
        (one / ".git" / "info" / "exclude").symlink_to(home.root / "mine")
    elif standing == "no repository":
        shutil.rmtree(one / ".git")
    elif standing != "open":
        (one / ".gitignore").write_text("!" * (standing != "ignored") + f"{LOCAL}\n")
    before = tree(one)
    argv = ("switch", name, "--project", "one", *options)
    dry = home.run(*argv, "--dry-run")
    assert tree(one) == before
    real = home.run(*argv)

    def of_git(text: str) -> list[str]:
        return [line for line in text.splitlines() if " git" in line or "commit" in line]

    assert (dry.code, of_git(dry.err)) == (real.code, of_git(real.err))


def test_a_registration_that_fails_leaves_no_line(home: UserHome) -> None:
    (home.root / "one" / ".claude").mkdir()
    (home.root / "one" / LOCAL).write_text("{ not JSON")
    before = tree(home.root / "one")
    assert home.run(*ADD).code != 0
    assert tree(home.root / "one") == before


SHOWING = [
    ("project", "add", "one", "--no-exclude"),
    ("switch", "vertex", "--project", "one", "--no-exclude"),
]


@pytest.mark.parametrize("words", SHOWING)
@pytest.mark.parametrize("holds", ["a key", "a path of this machine"])
def test_no_exclude_never_brings_what_must_stay_out_into_git_s_sight(
    home: UserHome, words: tuple[str, ...], holds: str
) -> None:
    """The next `git add .` takes the key along; and a refusal leaves all as it was, the line too."""
    home.ok("switch", "vertex" if holds == "a key" else "client", "--project", "one")
    before = tree(home.root / "one")
    ran = home.run(*words)
    assert (ran.code, "git would commit" in ran.err) == (4, True), ran.text
    assert (status(home), tree(home.root / "one")) == ("", before)
    home.ok("project", "sync")
    assert status(home) == ""


def test_no_exclude_is_had_where_the_file_is_ignored_besides(home: UserHome) -> None:
    """A team takes the file into its .gitignore later: the line in the clone may go then."""
    home.ok("switch", "vertex", "--project", "one")
    (home.root / "one" / ".gitignore").write_text(f"{LOCAL}\n")
    home.ok("project", "add", "one", "--no-exclude")
    assert LOCAL not in (home.root / "one" / ".git" / "info" / "exclude").read_text()
    assert files_with(KEY, home.root / "one") != []
    assert LOCAL not in status(home)


def test_no_exclude_together_with_a_profile_that_writes_no_key(home: UserHome) -> None:
    home.ok("switch", "vertex", "--project", "one")
    home.ok("project", "add", "one", "--follow", "--metadata", "a=b", "--no-exclude")
    assert files_with(KEY, home.root / "one") == []
    assert status(home) == "?? .claude/\n"


def test_a_secret_of_the_user_s_own_stays_out_of_git_s_sight(home: UserHome) -> None:
    """It was put there while git ignored the file."""
    home.ok(*ADD)
    settings = home.root / "one" / LOCAL
    text = settings.read_text().replace('"env": {', '"env": {"GITHUB_TOKEN": "ghp_CANARYofmyown",', 1)
    settings.write_text(text)
    ran = home.ok("project", "add", "one", "--no-exclude")
    assert "git goes on ignoring the project's file: there is a secret of your own in it" in ran.err
    assert (status(home), "ghp_" in settings.read_text()) == ("", True)


@pytest.mark.parametrize("first", ["the directory", "the repository"])
def test_what_git_would_not_ignore_is_told_and_tried_again_until_it_does(home: UserHome, first: str) -> None:
    """Told once, or never: the reason goes away, and the project's file stays in git's sight for good."""
    new = home.root / "new"
    new.mkdir()
    if first == "the directory":
        home.ok("project", "add", "new", "--metadata", "repo=n")
    repository(new)
    (new / ".gitignore").write_text(f"!{LOCAL}\n")
    if first == "the repository":
        assert "does not ignore" in home.ok("project", "add", "new", "--metadata", "repo=n").err
    for name in ("client", "work"):
        assert f"{new}: git does not ignore the project's file: " in home.ok("switch", name).err
    (new / ".gitignore").unlink()
    assert "does not ignore" not in home.ok("switch", "client").err
    assert status(home, "new") == ""
