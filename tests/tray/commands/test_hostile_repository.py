"""Every command that looks at a repository, in one made to run a program, or to make it wait for ever."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.home.git_repository import git, hostile_repository, repository
from support.home.user_home import KEY, ROOT, UserHome

from profiles.claude_code.settings.project_root import project_root
from profiles.projects.git.ask import GitError, ask
from profiles.projects.git.could_commit import ask_git

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="named pipes, and scripts with a #! line")

LOCAL = ".claude/settings.local.json"
LIMIT_S = 20  # all of them take a second or two; one that waits for a writer takes for ever
COMMANDS = (
    "status",
    "switch work",
    "switch other",
    "switch work --project .",
    "switch work --project . --exclude",
    "project add . --metadata a=b",
    "project add . --profile work --exclude",
    "project list",
    "project show .",
    "project sync",
    "project rule list",
    "doctor",
    "doctor --fix --yes",
    "check",
    "exec work -- true",
    "list",
    "show work",
    "diff work",
    "sessions",
    "import --dry-run",
    "import .claude/settings.json --dry-run",
    "export --output .pkcc.toml",
    "restore",
    "undo",
    "project remove .",
    "off",
)


@pytest.fixture
def home(home: UserHome) -> UserHome:
    for name in ("work", "other"):
        home.add(name, "--provider", "@a", "--gateway", "http://127.0.0.1:9", "--allow-plain-http")
    home.ok("switch", "work")
    home.ok("project", "rule", "add", str(home.root / "**"), "--metadata", "rule=1")
    return home


@contextmanager
def alarm() -> Iterator[None]:
    """Ends the test where something waits, with the stack of what does."""

    def ring(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run_all(home: UserHome, directory: Path, key_in: Path | None = None) -> None:
    """Every command there; whatever it says, it ends, and by no fault of ours."""
    for words in COMMANDS:
        if key_in is not None:  # about which doctor asks git
            key_in.write_text('{"env": {"ANTHROPIC_AUTH_TOKEN": "sk-not-a-real-one-0123456789"}}')
        with alarm():
            if words.startswith("exec"):
                ran = home.spawn(*words.split(), cwd=directory, env=home.environ | {"PYTHONPATH": str(ROOT)})
            else:
                ran = home.run(*words.split(), cwd=directory)
        assert "Traceback" not in ran.err, words


def test_no_program_of_a_repository_s_own_is_run(home: UserHome, tmp_path: Path) -> None:
    """Its fsmonitor, hooks, aliases, a remote that "fetches": with the user's rights they get the keys."""
    mark, program = tmp_path / "mark", tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{mark}"\nexit 1\n')
    program.chmod(0o755)
    repo = hostile_repository(home.root / "clone", str(program))
    for directory in (repo, repo / ".claude", repo / "inner"):
        (directory / ".claude").mkdir(exist_ok=True)
        run_all(home, directory, Path(project_root(str(directory)), LOCAL))
        assert not mark.exists(), mark.read_text()
    git(repo, "ls-files", home=tmp_path)
    assert mark.exists(), "asked plainly, git runs it: else this test could not fail"


@pytest.mark.parametrize(
    "name",
    [
        *(
            ".git",
            ".git/HEAD",
            ".git/config",
            ".git/index",
            ".git/info/exclude",
            ".git/commondir",
            ".gitignore",
        ),
        *(".git/objects/info/alternates", ".claude", LOCAL, ".claude/settings.json", ".pkcc.toml", "pointed"),
    ],
)
def test_a_named_pipe_in_the_place_of_a_file_makes_nothing_wait(home: UserHome, name: str) -> None:
    """The tray's worker would wait for ever, through a rule, and no longer see what changes the settings."""
    clone = repository(home.root / "clone", commit=True)
    path = clone / name
    if name == "pointed":
        (clone / ".git").rename(home.root / "kept")
        (clone / ".git").write_text("gitdir: ../kept\n")
        path = home.root / "kept" / "commondir"
    elif path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    run_all(home, clone)
    assert stat.S_ISFIFO(path.lstat().st_mode)


def test_the_helper_takes_no_module_of_the_directory_that_it_runs_in(home: UserHome) -> None:
    """A clone with a `tray` of its own would be handed the user's rights at the start of a session."""
    clone = repository(home.root / "clone")
    (clone / "tray").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (clone / "tray" / name).write_text("print('planted')\n")
    assert home.spawn("switch", "work").code == 0
    helper = json.loads(home.settings.read_bytes())["apiKeyHelper"]
    assert " -m tray " in helper, "else this test could not fail"
    done = subprocess.run(
        ["sh", "-c", helper], env=home.environ, cwd=clone, capture_output=True, text=True, check=False
    )
    assert "planted" not in done.stdout
    assert done.stdout.strip() == KEY


def test_git_is_not_even_started_where_it_would_wait(home: UserHome, tmp_path: Path) -> None:
    """Each question would take the whole limit, for every project."""
    clone = repository(tmp_path / "clone")
    os.mkfifo(clone / ".gitignore")
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    answer = ask_git(str(clone / LOCAL), {"HOME": str(tmp_path), "PATH": str(program.parent)})
    assert (answer.standing, answer.reason) == ("unknown", f"{clone}/.gitignore is not a regular file")
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize(
    "target", ["//server/share/x", r"\\server\share\x", r"\\?\UNC\server\share", r"/\server\x"]
)
@pytest.mark.parametrize("file", [".git", "commondir", "alternates"])
def test_a_repository_that_leads_to_another_machine_is_not_followed(
    home: UserHome, tmp_path: Path, target: str, file: str
) -> None:
    """Windows would log in there, with the user's password as a hash."""
    clone = repository(tmp_path / "clone")
    if file == ".git":
        shutil.rmtree(clone / ".git")
        (clone / ".git").write_text(f"gitdir: {target}\n")
    elif file == "commondir":
        (clone / ".git" / "commondir").write_text(f"{target}\n")
    else:
        (clone / ".git" / "objects" / "info" / "alternates").write_text(f"{target}\n")
    with pytest.raises(GitError, match="another machine"):
        ask(str(clone), home.environ, "rev-parse", "--show-prefix")
    assert project_root(str(clone)) == str(clone)
    assert ask_git(str(clone / LOCAL), home.environ).standing == "unknown"
