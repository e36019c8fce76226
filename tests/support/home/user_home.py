"""A throw-away user at the command line: a home, settings, and commands that run in it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from tray.cli import main as cli

ROOT = Path(__file__).parents[3]
SETTINGS = b'{\n  "model": "sonnet",\n  "env": {\n    "EDITOR": "vim"\n  }\n}\n'
KEY = "pk-CANARY-0815-of-the-portkey-key"  # must never be seen where it does not belong


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out)
        return answer


class UserHome:
    """Commands see nothing of the real user: their environment is `environ` and nothing else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.claude = root / ".claude"
        self.claude.mkdir(parents=True)
        self.settings = self.claude / "settings.json"
        self.settings.write_bytes(SETTINGS)
        self.own = root / ".config" / "pkcc-tray"
        self.profiles = self.own / "profiles"
        self.environ = {"HOME": str(root), "PATH": "/usr/bin:/bin", "PKCC_SECRETS": "vault"}
        self.environ["LANG"] = "C.UTF-8"

    def run(self, *argv: str, stdin: str | bytes = "", cwd: Path | None = None) -> Ran:
        """Run a command in this process, piped, in the home or another directory."""
        typed = io.TextIOWrapper(
            io.BytesIO(stdin if isinstance(stdin, bytes) else stdin.encode()), encoding="utf-8"
        )
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        before = os.getcwd()
        os.chdir(cwd or self.root)
        try:
            with (
                mock.patch.dict(os.environ, self.environ, clear=True),
                mock.patch.object(sys, "stdin", typed),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = cli.run(list(argv))
        finally:
            os.chdir(before)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return Ran(code, *texts)

    def ok(self, *argv: str, stdin: str | bytes = "") -> Ran:
        """Run a command that must succeed."""
        ran = self.run(*argv, stdin=stdin)
        assert ran.code == 0, ran
        return ran

    def spawn(self, *argv: str, stdin: str = "", prefix: Sequence[str] = (), **options: Any) -> Ran:
        """Run a command in a process of its own, by way of the program that `prefix` names."""
        usual = {"env": self.environ, "cwd": self.root, "input": stdin, "timeout": 60, "capture_output": True}
        command = [*prefix, sys.executable, "-m", "tray", *argv]
        done = subprocess.run(command, encoding="utf-8", **{**usual, **options})
        return Ran(done.returncode, done.stdout, done.stderr)

    def spawn_in_turn(self, *argv: str) -> Ran:
        """The same beside other commands; typed again, as it says, where those were kept too long."""
        ran = self.spawn(*argv)
        for _ in range(5):
            if "does not finish" in ran.err:
                ran = self.spawn(*argv)
        return ran

    def add(self, name: str = "work", *options: str) -> None:
        """Add a profile with a key of its own."""
        self.ok("add", name, *(options or ("--provider", "@anthropic-prod")), "--key-stdin", stdin=f"{KEY}\n")

    def edit_settings(self, old: str, new: str) -> None:
        """Change the settings as somebody else would."""
        text = self.settings.read_text()
        assert old in text
        self.settings.write_text(text.replace(old, new))

    def env(self) -> dict[str, str]:
        """What the settings' `env` says now."""
        env: dict[str, str] = json.loads(self.settings.read_bytes()).get("env", {})
        return env

    def stored(self, name: str = "work") -> dict[str, Any]:
        """The profile's file."""
        data: dict[str, Any] = json.loads((self.profiles / f"{name}.json").read_bytes())
        return data


def files_with(secret: str, *below: Path) -> list[Path]:
    """The files that hold that text in the clear."""
    files = [path for directory in below for path in directory.rglob("*") if path.is_file()]
    return [path for path in files if secret.encode() in path.read_bytes()]
