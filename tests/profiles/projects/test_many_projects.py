"""So many projects that several processes write them: the same comes out, and a key is asked for once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support.client.command import Command
from support.home.many_projects import COUNT, file_of, headers, home_of_many

KEY = "pk-of-many-0815"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="projects are written by processes on Linux only"
)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return home_of_many(tmp_path)


def test_each_project_has_its_own_metadata_and_the_key_is_asked_for_once(command: Command) -> None:
    """A password manager would have the user touch the sensor eight times for one switch."""
    asked = command.home / "asked"
    source = command.home / "source"
    source.write_text(f"#!/bin/sh\necho >>'{asked}'\necho {KEY}\n")
    source.chmod(0o755)
    command.run("add", "plain", "--provider", "@plain", "--key-stdin", stdin="pk-plain-1")
    by = ("--key-delivery", "settings", "--key-in", "header", "--key-ref", f'cmd:["{source}"]')
    done = command.run("add", "work", "--provider", "@work", *by)
    assert done.returncode == 0, done.stderr
    asked.unlink(missing_ok=True)
    done = command.run("switch", "work")
    assert done.returncode == 0, done.stderr
    assert f"{COUNT} projects were written" in done.stdout
    for number in range(COUNT):
        found = headers(command.home, number)
        assert (found["x-portkey-api-key"], json.loads(found["x-portkey-metadata"])) == (
            KEY,
            {"repo": str(number)},
        )
    assert asked.read_text() == "\n\n", "once for the settings, and once for all projects"


def test_what_stood_in_a_project_comes_back_and_its_secret_was_kept(command: Command) -> None:
    """A worker may not ask the store for keys: such projects are left to the first process, not left out."""
    own = {"env": {"ANTHROPIC_AUTH_TOKEN": "sk-own-secret", "ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1"}}
    files = [file_of(command.home, number) for number in range(COUNT)]
    for file in files[::2]:
        file.parent.mkdir()
        file.write_text(json.dumps(own))
    command.run("add", "work", "--provider", "@work", "--key-stdin", stdin="pk-work-1")
    done = command.run("switch", "work")
    assert (done.returncode, done.stderr) == (0, "")
    assert {headers(command.home, number)["x-portkey-provider"] for number in range(COUNT)} == {"@work"}
    state = command.home / ".local" / "state"
    assert not [path for path in state.rglob("*") if path.is_file() and b"sk-own-secret" in path.read_bytes()]
    done = command.run("off")
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.read_text() for file in files[::2]} == {json.dumps(own)}
    assert not any(file.exists() for file in files[1::2])
    assert not list(command.home.rglob("next.json"))


def test_a_key_that_cannot_be_had_is_asked_for_once_too(command: Command) -> None:
    """A password manager that says no, or nothing, would be asked by each of a hundred projects."""
    asked = command.home / "asked"
    source = command.home / "source"
    source.write_text(f"#!/bin/sh\necho >>'{asked}'\nexit 1\n")
    source.chmod(0o755)
    command.add("other", "--provider", "@other", key="pk-other-1")
    by = ("--key-delivery", "settings", "--key-in", "header", "--key-ref", f'cmd:["{source}"]')
    assert command.run("add", "work", "--provider", "@work", *by).returncode == 0
    state = next(command.home.rglob("projects.json"))
    registry = json.loads(state.read_bytes())
    for row in registry["projects"]:
        row["profile"] = "work"
    state.write_text(json.dumps(registry))
    asked.unlink(missing_ok=True)
    done = command.run("switch", "other")
    assert done.returncode == 0, done.stderr
    assert asked.read_text() == "\n"
