"""The installed `pkcc-tray` as a user runs it: a real process, a throw-away home, nothing else inherited."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.client.real_client import client_env

EXECUTABLE = Path(sys.executable).parent / ("pkcc-tray.exe" if sys.platform == "win32" else "pkcc-tray")
_LIMIT = 30.0  # seconds for what takes well under one
# Doctor asks the real client no longer than a person waits, and a busy machine lets it take longer.
_PATIENT_DOCTOR = """
import sys
from tray.__main__ import main
from tray.doctor import client_program
client_program._VERSION_S *= 10
client_program._ANSWER_S *= 10
sys.argv = ["pkcc-tray", "doctor", "--json"]
sys.exit(main())
"""


class Command:
    """The command line in one home. `env` is added to every call; without it, keys go to the vault."""

    def __init__(self, home: Path, env: Mapping[str, str] | None = None) -> None:
        if not EXECUTABLE.is_file():
            pytest.fail(f"{EXECUTABLE} is missing: install the project, `pip install -e .`")
        self.home = home
        self.settings = home / ".claude" / "settings.json"
        self._env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        self._env |= {"PKCC_SECRETS": "vault"} if env is None else env

    def run(
        self, *words: str, stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The finished command, whatever its exit code; started in the home's project directory."""
        return self._run([str(EXECUTABLE), *words], stdin, env)

    def _run(
        self, argv: list[str], stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv, cwd=self.home / "project", env={**self._env, **(env or {})},
            **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}), capture_output=True,
            text=True, timeout=_LIMIT, check=False,
        )  # fmt: skip

    def data(
        self, *words: str, stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The data that `--json` prints; AssertionError when the command fails."""
        done = self.run(*words, "--json", stdin=stdin, env=env)
        assert done.returncode == 0, f"{shlex.join(words)}: {done.stdout}{done.stderr}"
        found: dict[str, Any] = json.loads(done.stdout)["data"]
        return found

    def add(self, name: str, *words: str, key: str) -> dict[str, Any]:
        """`add NAME …` with the key on standard input."""
        return self.data("add", name, *words, "--key-stdin", stdin=f"{key}\n")

    def bytes(self) -> bytes | None:
        """What the settings file holds; None when there is none."""
        return self.settings.read_bytes() if self.settings.exists() else None

    def env(self) -> dict[str, str]:
        """`env` of the settings as the client understands it: numbers as text, blanks left out."""
        env = json.loads(self.settings.read_text())["env"]
        return {name: str(value) for name, value in env.items() if value != ""}

    def findings(self, env: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
        """By kind, what doctor finds of this home."""
        return {row["check"]: row for row in _findings(self.run("doctor", "--json", env=env))}

    def patient_findings(self) -> list[dict[str, Any]]:
        """All that doctor finds where it waits for a client of this home as long as that takes."""
        return _findings(self._run([sys.executable, "-c", _PATIENT_DOCTOR]))

    def type(self, line: str) -> None:
        """A remedy, typed into a shell of this home; it must work."""
        environ = {**self._env, "PATH": f"{EXECUTABLE.parent}:{self._env['PATH']}"}
        subprocess.run(
            ["/bin/sh", "-c", line], env=environ, cwd=self.home / "project", check=True, timeout=2 * _LIMIT
        )

    def run_helper(self, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """The settings' `apiKeyHelper`, run as the client does: by a shell, in the client's environment."""
        return subprocess.run(
            ["/bin/sh", "-c", json.loads(self.settings.read_text())["apiKeyHelper"]],
            cwd=self.home / "project", env=client_env(self.home, env), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=_LIMIT, check=False,
        )  # fmt: skip


def _findings(doctor: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(doctor.stdout)["data"]["findings"]
    return found


def is_readable_error(text: str) -> bool:
    """Whether an error is what is wrong on one line and what to do on the next, and no traceback."""
    lines = text.splitlines()
    return len(lines) == 2 and lines[0].startswith("Error: ") and lines[1].startswith("  ")
