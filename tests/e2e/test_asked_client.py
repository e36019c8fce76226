"""Doctor asks the real client about settings that would have it do a lot: it answers, and does none of it.

Watched by strace: what it starts, where it connects to, what it writes. A client that does more would run a
command of a stranger's repository, or send a company's telemetry, because somebody typed `doctor`.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.client.asking import ask
from support.client.command import Command
from support.client.real_client import require_client
from support.gateway.recorder import Recorder
from support.missing import missing

KEY = "pk-asked-0815"
HOOKS = ("SessionStart", "SessionEnd", "Setup", "UserPromptSubmit", "ConfigChange", "InstructionsLoaded")
HELPERS = ("apiKeyHelper", "otelHeadersHelper", "proxyAuthHelper", "awsAuthRefresh", "awsCredentialExport")
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|^\d+ +(?:mkdir|rename|unlink|link|symlink|chmod|truncate)")
_PATH = re.compile(r'"(/[^"]*)"')


def eager(url: str, marks: Path) -> dict[str, Any]:
    """Settings that have a client send and start whatever settings can."""

    def touch(name: str) -> str:
        return f"touch {shlex.quote(str(marks / name))}"

    def command(name: str) -> dict[str, str]:
        return {"type": "command", "command": touch(name)}

    return {
        "env": {
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_AUTH_TOKEN": KEY,
            "HTTPS_PROXY": url,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "",
            "DISABLE_AUTOUPDATER": "",
            "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
            "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_LOGS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        },
        **{name: touch(name) for name in (*HELPERS, "gcpAuthRefresh")},
        "hooks": {event: [{"hooks": [command(event)]}] for event in HOOKS},
        "statusLine": command("statusLine"),
        "fileSuggestion": command("fileSuggestion"),
        "enabledPlugins": {"a@b": True},
        "extraKnownMarketplaces": {"b": {"source": {"source": "github", "repo": "x/y"}, "autoUpdate": True}},
        "sandbox": {"enabled": True, "failIfUnavailable": True},
        "enableAllProjectMcpServers": True,
    }


@pytest.fixture
def traced(command: Command) -> Path:
    """The client, as its own installer puts it there, run by strace; what it did is in the file."""
    if shutil.which("strace") is None:
        missing("strace")
    trace = command.home / "trace"
    program = command.home / ".local" / "share" / "claude" / "versions" / "2.1.332"
    program.parent.mkdir(parents=True)
    calls = "connect,execve,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,chmod"
    strace = f"strace -f -qq -s 300 -e trace={calls} -o {trace}"
    program.write_text(f'#!/bin/sh\nexec {strace} {shlex.quote(str(require_client()))} "$@"\n')
    program.chmod(0o755)
    link = command.home / ".local" / "bin" / "claude"
    link.parent.mkdir()
    link.symlink_to(program)
    return trace


def tree(home: Path) -> dict[str, tuple[int, int]]:
    """Every file and directory of a home, with when it was changed and its size."""
    return {
        str(path.relative_to(home)): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in home.rglob("*")
        if path.name != "trace"
    }


def test_the_client_names_what_is_wrong_and_does_nothing_else(
    command: Command, recorder: Recorder, traced: Path
) -> None:
    marks = command.home / "marks"
    marks.mkdir()
    settings = eager(recorder.url, marks)
    project = command.home / "project" / ".claude"
    project.mkdir()
    # Our own table knows nothing of what a sandbox takes: what is said of it are the client's words.
    wrong: dict[Path, dict[str, Any]] = {
        command.settings: {"enabled": "x"},
        project / "settings.json": {"network": {"allowedDomains": "x"}},
        project / "settings.local.json": {"excludedCommands": "x"},
    }
    for path, sandbox in wrong.items():
        path.write_text(json.dumps(settings | {"sandbox": sandbox}))
        path.chmod(0o600)
    command.run("preference", "check_for_updates", "off")
    before = tree(command.home)
    said = [row["what"] for row in command.patient_findings() if row["check"] == "settings-unreadable"]
    assert {text.rpartition(": ")[0] for text in said} == {
        f"{command.settings}: sandbox.enabled",
        f"{project}/settings.json: sandbox.network.allowedDomains",
        f"{project}/settings.local.json: sandbox.excludedCommands",
    }
    assert tree(command.home) == before
    assert (list(marks.iterdir()), recorder.requests) == ([], [])
    calls = traced.read_text().splitlines()
    started = [line for line in calls if " execve(" in line and line.endswith("= 0")]
    assert len(started) == 1, started
    assert [line for line in calls if "AF_INET" in line] == []
    written = {
        path
        for line in calls
        if _WRITES.search(line) and not re.search(r"= -1 E", line)
        for path in _PATH.findall(line)
    }
    elsewhere = {path for path in written if "/pkcc-client-" not in path and not path.startswith("/dev/")}
    assert elsewhere == set()
    assert any("/pkcc-client-" in path for path in written)  # the trace does see what it writes


def test_asked_about_the_same_settings_as_they_are_it_would_run_a_command(
    tmp_path: Path, recorder: Recorder
) -> None:
    """Else the test above would pass with settings that do nothing."""
    settings = {name: value for name, value in eager(recorder.url, tmp_path).items() if name != "sandbox"}
    ask(json.dumps(settings).encode())
    assert [path.name for path in tmp_path.iterdir()] == ["otelHeadersHelper"]
