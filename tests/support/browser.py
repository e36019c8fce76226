"""A manager of a user's own, and the system's Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.home.user_home import UserHome

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


class Managed:
    """A manager that runs: its process, and its first link."""

    def __init__(self, home: UserHome) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tray", "manage", "--no-browser"],
            env=home.environ, cwd=home.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.link = self.process.stdout.readline().strip()
        assert self.link.startswith("http://127.0.0.1:"), self.process.communicate(timeout=5)

    @property
    def origin(self) -> str:
        return self.link.partition("/open/")[0]

    def another_link(self) -> str:
        return self.home.spawn("manage", "--no-browser").out.strip()

    def has_ended(self, limit_s: float = 10.0) -> bool:
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> str:
        """End it; what it said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        return "" if self.process.stderr.closed else self.process.communicate(timeout=10)[1]


@contextmanager
def managed(home: UserHome) -> Iterator[Managed]:
    manager = Managed(home)
    try:
        yield manager
    finally:
        said = manager.stop()
    assert said == "", said


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where pictures are kept."""
    folder = os.environ.get("PKCC_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
