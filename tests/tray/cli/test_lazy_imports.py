"""What runs before every request of Claude Code, or at a click, must not load what it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.home.user_home import KEY, ROOT, UserHome

COSTLY = (
    "typing",
    "pydantic",
    "keyring",
    "rich",
    "argparse",
    "argcomplete",
    "platformdirs",
    "dataclasses",
    "asyncio",
    "hashlib",
    "pathlib",
    "difflib",
    "subprocess",
    "cryptography",
    "httpx2",
    "ssl",
)
SCRIPT = """
import sys
from tray.cli.main import run
code = run(sys.argv[1:])
sys.stderr.write("\\n" + " ".join(sys.modules))
sys.exit(code)
"""


def loaded_by(home: UserHome, *argv: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "frozen_modules=on", "-c", SCRIPT, *argv],
        env=home.environ, cwd=home.root, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], env=home.environ, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    return {*done.stderr.rpartition("\n")[2].split()} - {*before.stdout.split()}


@pytest.mark.parametrize("delivery", ["helper", "settings"])
@pytest.mark.parametrize("argv", [("switch", "work"), ("key", "print", "work"), ("switch", "work", "--json")])
def test_the_fast_paths_load_little(home: UserHome, argv: tuple[str, ...], delivery: str) -> None:
    home.add("work", "--provider", "@a", "--key-delivery", delivery)
    loaded = loaded_by(home, *argv)
    assert "tray.cli.main" in loaded
    assert sorted(loaded & {*COSTLY}) == []
    assert ("json" in loaded) == ("--json" in argv)
    assert [name for name in loaded if name.startswith("profiles.gateway.account")] == []
    held = {name for name in loaded if name.startswith("profiles.policy.")}
    assert held == {f"profiles.policy.{name}" for name in ("in_force", "places", "values")}


def test_a_key_is_printed_without_what_edits_settings(home: UserHome) -> None:
    """Claude Code waits for its key: the guard reads the settings, and needs no place of anything in them."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    loaded = loaded_by(home, "key", "print", "work")
    assert "profiles.claude_code.settings.client_reading" in loaded
    assert "profiles.claude_code.settings.json_text" not in loaded
    assert loaded & {"re", "enum"} == set(), "regular expressions are a sixth of it"


def test_what_a_tray_is_asked_with_loads_no_table_of_settings() -> None:
    """A switch through the tray is twice an empty Python: each module more is seen in it."""
    code = "import sys, tray.cli.fast_path, profiles.claude_code.own_command; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = [name for name in loaded.stdout.split() if name.startswith("profiles.claude_code.")]
    assert ours == ["profiles.claude_code.routing_names", "profiles.claude_code.own_command"]


@pytest.mark.parametrize(
    "argv", [("status",), ("list",), ("history",), ("sessions",), ("quit",), ("--help",)]
)
def test_the_manager_costs_no_other_command_anything(home: UserHome, argv: tuple[str, ...]) -> None:
    home.add("work")
    loaded = loaded_by(home, *argv)
    assert loaded & {"starlette", "uvicorn", "jinja2", "click", "anyio", "tray.manager"} == set()


def test_what_an_account_answered_before_is_read_without_an_http_client(tmp_path: Path) -> None:
    """Completion at the shell has 150 ms for it."""
    asking, offline = (
        f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from pathlib import Path
from support.gateway.account_client import client
with client("http://127.0.0.1:9", Path({str(tmp_path)!r}), online={online}) as account:
    account.offer()
print(*sys.modules)
"""
        for online in (True, False)
    )
    loaded = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        for code in (asking, offline)
    ]
    assert ["httpx2" in each.stdout.split() for each in loaded] == [True, False]


def test_the_watch_sees_what_is_loaded(home: UserHome) -> None:
    # Else the test above could not fail.
    home.add("work")
    assert {"pydantic", "typing", "argparse"} <= loaded_by(home, "show", "work")


def test_a_profile_edited_by_hand_is_validated_all_the_same(home: UserHome) -> None:
    # The speed comes from a rendering kept under the hash of the very bytes that were validated.
    home.add("work", "--provider", "@a")
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace("@a", "@b"))
    assert "pydantic" in loaded_by(home, "switch", "work")
    assert "@b" in home.settings.read_text()
    assert "pydantic" not in loaded_by(home, "switch", "work")
    path.write_text(path.read_text().replace("keyring:work", KEY))
    assert home.run("switch", "work").code == 1


@pytest.mark.parametrize("argv", [("--version",), ("list",), ("status",), ("off",), ("undo",), ("restore",)])
def test_looking_and_going_back_load_no_model(home: UserHome, argv: tuple[str, ...]) -> None:
    home.add("work")
    home.ok("switch", "work")
    if argv != ("undo",):
        home.edit_settings("@anthropic-prod", "@mine")
    costly = {"pydantic", "keyring", "rich", "argcomplete", "dataclasses", "httpx2"}
    loaded = loaded_by(home, *argv)
    assert sorted(loaded & costly) == []
    assert [name for name in loaded if name.startswith("profiles.gateway.account")] == []


def test_the_managers_pages_load_what_they_need_when_they_are_asked_for() -> None:
    """Else its first page comes late, and it keeps memory for pages that nobody opens."""
    asked = "import sys, tray.manager.pages.routes; print(*sys.modules)"
    run = [sys.executable, "-c", asked]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    loaded = {*done.stdout.split()}
    assert "tray.manager.pages.computer.doctor" in loaded
    costly = {"pydantic", "tray.doctor", "sqlite3", "httpx2", "keyring", "profiles.importing.sources"}
    assert loaded & costly == set()
