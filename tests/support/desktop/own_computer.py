"""A person before their desktop, and what their computer has: for stories from the first login on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import CHROMIUM
from support.desktop.person import SIZE, Person
from support.desktop.virtual_desktop import ROOT, virtual_desktop
from support.home.git_repository import repository
from support.home.user_home import UserHome
from support.keyring.secret_service import start_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = ROOT / "packaging/linux/pkcc-tray.desktop"
OLD_KEY = "pk-of-the-setup-that-is-imported"


def by_hand(key: str, headers: str) -> dict[str, str]:
    """What somebody wrote to go through Portkey."""
    return {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": key,
        "ANTHROPIC_CUSTOM_HEADERS": headers,
    }


class OwnComputer(UserHome):
    """Claude Code's settings, a repository, and a setup in another program's store."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.chmod(0o700)
        repository(root / "src/shop")
        self.store = root / ".cc-switch" / "cc-switch.db"
        self.store.parent.mkdir()
        env = by_hand(OLD_KEY, "x-portkey-config: pc-main-77aa88")
        with closing(sqlite3.connect(self.store)) as connection:
            connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
            row = ("portkey-main", json.dumps({"env": env}))
            connection.execute("INSERT INTO providers VALUES ('claude', ?, ?)", row)
            connection.commit()

    def in_use(self) -> str:
        """The profile in use, by what is written."""
        return self.spawn("status", "--short").out.strip()


@contextmanager
def person_at(home: OwnComputer) -> Iterator[Person]:
    """Their session: panel, notifications, an open keyring; a browser opens with the first page."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no chromium here: apt-get install chromium")
    with virtual_desktop(home.root, "xfce4-panel", size=f"{SIZE[0]}x{SIZE[1]}") as (desktop, stack):
        log = stack.enter_context((home.root / "keyring.log").open("wb"))
        keyring = start_keyring(desktop.environ, log, unlocked=True)
        stack.callback(keyring.wait)
        stack.callback(keyring.kill)
        home.environ = desktop.environ
        yield Person(desktop, stack, stack.enter_context(sync_api.sync_playwright()))
