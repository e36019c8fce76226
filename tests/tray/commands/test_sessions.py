"""`sessions`: anyone who runs several sessions must know which employer's route each of them is on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import UserHome


@pytest.fixture
def project(home: UserHome) -> Path:
    home.add("work", "--provider", "@a", "--model", "claude-one")
    home.add("twin", "--provider", "@a", "--model", "claude-two")
    home.add("safe", "--config", "pc-1", "--key-delivery", "settings")
    directory = home.root / "project" / ".claude"
    directory.mkdir(parents=True)
    return directory.parent


@pytest.fixture
def client(home: UserHome, project: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that counts as a session in the project, started a moment ago."""
    (home.claude / "sessions").mkdir()
    code = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, env=home.environ) as process:
        record(home, process.pid, project)
        yield process
        process.kill()


def record(home: UserHome, pid: int, directory: Path) -> None:
    row = {
        "cwd": str(directory),
        "version": "2.1.331",
        "startedAt": int(time.time() * 1000),
        "status": "idle",
    }
    (home.claude / "sessions" / f"{pid}.json").write_text(json.dumps(row))


def the_session(home: UserHome) -> dict[str, Any]:
    (row,) = home.ok("sessions", "--json").json()["data"]["sessions"]
    found: dict[str, Any] = row
    return found


def test_its_profile_and_the_deciding_file_are_named(
    home: UserHome, project: Path, client: subprocess.Popen[bytes]
) -> None:
    assert the_session(home)["profile"] is None
    for name, route in (("work", "@a"), ("twin", "@a"), ("safe", "pc-1")):
        home.ok("switch", name)
        row = the_session(home)
        assert (row["profile"], row["route"], row["decided_by"]) == (name, route, "user")
        assert (row["decided_by_file"], row["settings"]) == (str(home.settings), str(home.settings))
        assert row["restarted"] == {key: row[key] for key in row["restarted"]}
    local = project / ".claude" / "settings.local.json"
    headers = "x-portkey-provider: @a\nx-portkey-metadata: {}"
    helper = json.loads(home.settings.read_bytes()).get("apiKeyHelper", "pkcc-tray key print work")
    local.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": headers}, "apiKeyHelper": helper}))
    row = the_session(home)
    assert (row["profile"], row["decided_by"], row["decided_by_file"]) == ("work", "local", str(local))
    words = home.ok("sessions").out
    assert f"work: messages · @a  by {local}" in words


def test_a_project_pinned_to_a_profile_without_a_helper_is_of_that_profile(
    home: UserHome, project: Path, client: subprocess.Popen[bytes]
) -> None:
    """Its file takes the user's helper away with a blank, which counts in Claude Code."""
    home.ok("switch", "work")
    home.ok("project", "add", str(project), "--profile", "safe")
    written = json.loads((project / ".claude" / "settings.local.json").read_bytes())
    assert written["apiKeyHelper"] == ""
    row = the_session(home)
    assert (row["profile"], row["restarted"]["profile"]) == ("safe", "safe")
    decided = home.run("status", "--json", cwd=project).json()["data"]["effective"]
    (helper,) = [row for row in decided if row["slot"] == "apiKeyHelper"]
    assert (helper["value"], helper["source"], helper["alarming"]) == ("", "local", False)


def test_a_blank_model_of_a_project_takes_the_users_away(home: UserHome, project: Path) -> None:
    """Else its user is told of a model that no session there asks for."""
    home.add("open", "--provider", "@a")
    home.ok("switch", "open")
    settings = json.loads(home.settings.read_bytes())
    home.settings.write_text(json.dumps(settings | {"model": "claude-picked"}))
    assert "claude-picked) was picked" in home.run("status", cwd=project).err
    (project / ".claude" / "settings.local.json").write_text('{"model": ""}')
    said = home.run("status", cwd=project)
    assert "this project, your own  (empty) (not your settings: claude-picked)" in said.out
    assert "was picked" not in said.err


def test_a_route_that_is_no_profile_s_is_given_to_none(
    home: UserHome, client: subprocess.Popen[bytes]
) -> None:
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://elsewhere.example")
    assert the_session(home)["profile"] is None
    home.edit_settings("https://elsewhere.example", "https://api.portkey.ai")
    home.edit_settings("key print work", "key print gone")
    assert the_session(home)["profile"] is None


def test_a_model_that_it_keeps_is_told(home: UserHome, client: subprocess.Popen[bytes]) -> None:
    assert the_session(home)["model_pinned"] is None
    home.ok("switch", "work")
    assert the_session(home)["model_pinned"] == ""  # what it began with is not ours to know
    record(home, client.pid, home.root / "project")  # as if it had been started now
    assert the_session(home)["model_pinned"] is None
    home.ok("switch", "twin")
    assert the_session(home)["model_pinned"] == "claude-one"
    assert "keeps its model claude-one" in home.ok("sessions").out
    home.ok("switch", "work")
    assert the_session(home)["model_pinned"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows another process's environment here")
def test_one_that_exec_started_has_its_own_route_now_and_the_settings_after_a_restart(
    home: UserHome, project: Path
) -> None:
    home.ok("switch", "work")
    (home.claude / "sessions").mkdir()
    argv = [sys.executable, "-m", "tray", "exec", "safe", "--", "cat"]
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**home.environ, "PYTHONPATH": root}
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"here\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"here\n"  # it is `cat` by now
        record(home, process.pid, project)
        row = the_session(home)
        words = home.ok("sessions").out
        process.stdin.close()
    assert (row["profile"], row["route"], row["decided_by"]) == ("safe", "pc-1", "exec")
    assert (row["restarted"]["profile"], row["restarted"]["decided_by"]) == ("work", "user")
    assert row["model_pinned"] is None
    assert "safe: messages · pc-1  by pkcc-tray exec; restarted: work: messages · @a" in words


def test_the_shell_s_variables_decide_where_no_file_does(
    home: UserHome, client: subprocess.Popen[bytes]
) -> None:
    home.environ |= {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-config: pc-shell"}
    row = the_session(home)
    assert (row["decided_by"], row["restarted"]["decided_by"]) == ("", "shell")
    assert "restarted: messages · pc-shell by the shell's variables" in home.ok("sessions").out
    assert os.environ.get("ANTHROPIC_CUSTOM_HEADERS") is None
