"""A home in which doctor finds nothing, faults planted into it, and remedies typed into a real shell."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from support.home.user_home import KEY, ROOT, UserHome

HOSTED = "https://api.portkey.ai"
FOREIGN = "pk-foreign-0815-CANARY"  # a key that was never given to pkcc-tray
ROUTE = f"x-portkey-provider: @a\nx-portkey-api-key: {FOREIGN}"


class DoctorHome(UserHome):
    """A client of today, a profile that is active, a key, and a tray that starts at login."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.at = root  # where the user stands
        self.helper_takes_s = 0.2  # by doctor's clock: a busy machine's own says more
        self.data = root / ".local" / "share" / "pkcc-tray"
        self.programs = root / ".local" / "bin"
        self.programs.mkdir(parents=True)
        # A remedy says `pkcc-tray …`: that must be the very program that these tests run.
        self.program(self.programs / "pkcc-tray", f'PYTHONPATH={ROOT} exec {sys.executable} -m tray "$@"')
        self.environ["PATH"] = f"{self.programs}:/usr/bin:/bin"
        self.install_client("2.1.331")
        self.settings.chmod(0o600)
        self.ok("autostart", "on")
        self.add("work", "--provider", "@anthropic-prod")
        self.ok("switch", "work")

    def program(self, path: Path, script: str) -> Path:
        """A program of one line of shell."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def install_client(self, version: str, script: str = "exit 3") -> None:
        """A client as its own installer puts it there: a link to a file that is called as its version."""
        client = self.program(self.root / ".local/share/claude/versions" / version, script)
        link = self.programs / "claude"
        link.unlink(missing_ok=True)
        link.symlink_to(client)

    def file(self, path: str, text: str, mode: int = 0o600) -> Path:
        """A file below the home."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)
        return target

    def by_hand(self, headers: str = "", **env: str) -> None:
        """Settings as somebody made them by hand, with no profile active."""
        self.ok("off")
        if headers:
            env["ANTHROPIC_CUSTOM_HEADERS"] = headers
        self.settings.write_text(json.dumps({"env": env}, indent=2))
        self.settings.chmod(0o600)

    def set_env(self, **env: object) -> None:
        """Somebody lets the settings say so besides what stands in them."""
        settings = json.loads(self.settings.read_text())
        settings["env"] |= env
        self.settings.write_text(json.dumps(settings, indent=2))

    def git(self, directory: Path, *words: str) -> None:
        """A git command, under this home."""
        subprocess.run(["git", *words], cwd=directory, env=self.environ, check=True, capture_output=True)

    def findings(self, *options: str) -> list[dict[str, Any]]:
        """What doctor finds now; every check could be made."""
        ticks = itertools.cycle((0.0, self.helper_takes_s))
        with mock.patch("tray.doctor.checks.helper.clock", side_effect=ticks):
            ran = self.run("doctor", "--json", *options, cwd=self.at)
        assert KEY not in ran.text
        assert "CANARY" not in ran.text
        rows: list[dict[str, Any]] = ran.json()["data"]["findings"]
        assert [row for row in rows if row["check"] == "doctor"] == []
        assert ran.code == (1 if any(row["severity"] != "note" for row in rows) else 0)
        return rows

    def expect(self, check: str, severity: str) -> dict[str, Any]:
        """The one finding of that kind, which must be there."""
        found = [row for row in self.findings() if row["check"] == check]
        assert [row["severity"] for row in found] == [severity], found
        assert found[0]["what"]
        assert found[0]["why"]
        assert found[0]["command"] or found[0]["advice"] or severity == "note"
        return found[0]

    def absent(self, check: str) -> None:
        """Doctor finds nothing of that kind any more."""
        assert [row for row in self.findings() if row["check"] == check] == []

    def type(self, command: str, prefix: Sequence[str] = ()) -> None:
        """The command, typed by the user: it must work. `prefix` names what it is run by."""
        assert command
        done = subprocess.run(
            [*prefix, "/bin/sh", "-c", command],
            env=self.environ,
            cwd=self.at,
            capture_output=True,
            input=f"{KEY}\n",  # where a key is asked for
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done)

    def mended_by_its_command(self, check: str, severity: str) -> dict[str, Any]:
        """Found, gone after the command that doctor names. Returns the finding."""
        found = self.expect(check, severity)
        self.type(found["command"])
        self.absent(check)
        return found


def aged(*paths: Path) -> None:
    """Let files be an hour old."""
    for path in paths:
        os.utime(path, (time.time() - 3600,) * 2)


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and directory below a place: its mode and content."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() and not path.is_symlink() else b"",
        )
        for path in root.rglob("*")
    }
