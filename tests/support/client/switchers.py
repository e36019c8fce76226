"""Other switchers' own programs, as they were released, making their own stores in a home of the test's."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from support.missing import missing

_INSTALLED = Path(__file__).resolve().parents[3] / ".components" / "switchers"
_CCS = _INSTALLED / "node_modules" / "@kaitranntt" / "ccs" / "dist" / "ccs.js"
_PYTHON_PACKAGES = _INSTALLED / "python"


def _run(home: Path, *argv: str, stdin: str = "", **env: str) -> str:
    done = subprocess.run(
        argv, cwd=home, env={"HOME": str(home), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "CI": "1", **env},
        input=stdin, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ccs(home: Path, *words: str) -> str:
    """`@kaitranntt/ccs`, run by Node."""
    node = shutil.which("node")
    if node is None or not _CCS.is_file():
        missing("@kaitranntt/ccs (tests/e2e/components/install.sh switchers)")
    return _run(home, node, str(_CCS), *words)


def claude_provider_switcher(home: Path, *words: str, stdin: str = "") -> str:
    """`claude-provider-switcher`, run by this Python."""
    if not _PYTHON_PACKAGES.is_dir():
        missing("claude-provider-switcher (tests/e2e/components/install.sh switchers)")
    argv = (sys.executable, "-m", "claude_provider_switcher", *words)
    return _run(home, *argv, stdin=stdin, PYTHONPATH=str(_PYTHON_PACKAGES))


def cc_switch(path: Path, rows: list[tuple[str, str, str]], *, wal: bool = False) -> sqlite3.Connection:
    """A database as cc-switch (a desktop program, which cannot run here) keeps it, and still has open.

    `rows`: app type, name, settings as JSON text. The columns are those of its schema 16.
    """
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
    connection.execute(
        "CREATE TABLE providers (id TEXT NOT NULL, app_type TEXT NOT NULL, name TEXT NOT NULL,"
        " settings_config TEXT NOT NULL, website_url TEXT, category TEXT, created_at INTEGER,"
        " sort_index INTEGER, notes TEXT, icon TEXT, icon_color TEXT, meta TEXT NOT NULL DEFAULT '{}',"
        " is_current BOOLEAN NOT NULL DEFAULT 0, in_failover_queue BOOLEAN NOT NULL DEFAULT 0,"
        " PRIMARY KEY (id, app_type))"
    )
    connection.execute("PRAGMA user_version = 16")
    for number, row in enumerate(rows):
        connection.execute(
            "INSERT INTO providers (id, app_type, name, settings_config) VALUES (?, ?, ?, ?)",
            (str(number), *row),
        )
    connection.commit()
    return connection
