"""A manager of a user's own, and the system's Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from support.home.user_home import UserHome
from support.missing import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / ".components/axe/node_modules/axe-core/axe.min.js"
_LOOK = """async () => {
  const folds = [...document.querySelectorAll("details")];
  folds.forEach((fold) => { fold.open = true; });
  const found = await axe.run(document, { resultTypes: ["violations"] });
  folds.forEach((fold) => { fold.open = false; });
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`);
}"""
_SMALL = """() => [...document.querySelectorAll("main .btn, main summary, main .input")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5)
  .map((each) => each.textContent.trim() || each.name)"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
# The same engine without a window's frame, which is a page of its own to draw: a third less work.
_WITHOUT_WINDOW = shutil.which("chromium-headless-shell") or CHROMIUM


class Managed:
    """A manager that runs: its process, and its first link."""

    def __init__(self, home: UserHome, prefix: Sequence[str] = (), umask: int = -1) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tray", "manage", "--no-browser"],
            env=home.environ, cwd=home.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            umask=umask,
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
def managed(home: UserHome, prefix: Sequence[str] = (), umask: int = -1) -> Iterator[Managed]:
    """A manager until the end of the block, by way of the program that `prefix` names."""
    manager = Managed(home, prefix, umask)
    try:
        yield manager
    finally:
        said = manager.stop()
    assert said == "", said


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, and what looks at its pages; skips where one of them is not there."""
    try:
        from playwright import sync_api
    except ImportError:
        missing("playwright, which drives a browser")
    if not _WITHOUT_WINDOW:
        missing("chromium: apt-get install chromium")
    if not AXE.exists():
        missing("axe-core: tests/e2e/components/install.sh axe")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_WITHOUT_WINDOW, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where pictures are kept."""
    folder = os.environ.get("PKCC_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, animations="disabled")


class Desk:
    """A person before their manager's page. `said`: what the page's console said."""

    def __init__(self, home: UserHome, manager: Managed, page: Page, theme: str) -> None:
        self.home = home
        self.manager = manager
        self.page = page
        self.theme = theme
        self.said: list[str] = []
        page.on("console", lambda message: self._note(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _note(self, text: str) -> None:
        if "status of 422" not in text:  # a form that says what is wrong with it
            self.said.append(text)

    def add(self, name: str, label: str, *options: str) -> None:
        self.home.add(name, "--label", label, *options)

    def four_profiles(self) -> None:
        """The profiles of the design's pictures."""
        opus, sonnet, haiku = "claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5"
        models = ("--opus", opus, "--sonnet", sonnet, "--haiku", haiku)
        self.add("work", "Work", "--provider", "@anthropic-prod", *models, "--metadata", "team=platform")
        self.add("eu", "Vertex EU", "--provider", "@vertex-eu", "--sonnet", "claude-sonnet-4-5")
        self.add("fallback", "Fallback", "--config", "pc-fallback-1a2b3c")
        missing = ("--provider", "@acme-anthropic", "--sonnet", sonnet, "--key-ref", "keyring:acme")
        self.home.ok("add", "acme", "--label", "Acme (client)", *missing, "--metadata", "client=acme")

    def go(self, path: str = "/") -> None:
        self.page.goto(self.manager.origin + path)

    def press(self, name: str) -> None:
        """Click the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def sees(self, selector: str) -> None:
        """Wait until that is on the page, and its scripts and styles: a page led to comes in parts."""
        self.page.wait_for_selector(selector)
        self.page.wait_for_load_state("load")

    @contextmanager
    def without_scripts(self, browser: Browser) -> Iterator[Page]:
        """The manager in a browser that runs no scripts, by a link of its own, in place of this page."""
        self.page.close()
        context = browser.new_context(java_script_enabled=False)
        self.page = context.new_page()
        self.page.goto(self.manager.another_link())
        take_over = self.page.get_by_role("button", name="Use it here")
        if take_over.count():
            take_over.click()
        self.sees(".app")
        yield self.page
        context.close()

    def picture(self, name: str) -> None:
        """Keep a picture at three widths: without a sideways scroll bar, fit for fingers, nobody kept out."""
        for width in (1280, 820, 360):
            self.page.set_viewport_size({"width": width, "height": 800})
            wide = self.page.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide at {width}"
            if width < 640:
                small = self.page.evaluate(_SMALL)
                assert small == [], f"{name}: too small for a finger: {small}"
            picture(self.page, f"{name}-{self.theme}-{width}")
            self.keeps_nobody_out(f"{name} at {width}, {self.theme}")
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def keeps_nobody_out(self, name: str) -> None:
        """Look for what keeps people out, by axe-core where it is."""
        if AXE.exists():
            found = self.page.evaluate(_LOOK)
            assert found == [], f"{name}: {found}"
