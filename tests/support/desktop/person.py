"""A person at the virtual desktop, who has a mouse, a keyboard and a browser, and no terminal."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from support.browser import CHROMIUM
from support.client.command import EXECUTABLE
from support.desktop.dunst import Dunst
from support.desktop.status_notifier import Panel, eventually
from support.desktop.tray_user import registered_item
from support.desktop.virtual_desktop import VirtualDesktop

from tray.desktop.autostart.linux import parse_exec, read_entry

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page, Playwright

SIZE = (1440, 900)
_MENUS = 420  # the left of the screen, where the icon is; the browser leaves it free
_LOOKS = 6  # at the screen, at most, before a picture is kept
# What a desktop's browser is: another link goes to the one that runs.
_BROWSER = f"""#!/bin/sh
[ -e "$HOME/browser.pid" ] || echo $$ >"$HOME/browser.pid"
exec {CHROMIUM} --no-sandbox --test-type --no-first-run --password-store=basic --disable-dev-shm-usage \\
  --disable-background-networking --user-data-dir="$HOME/browser" --remote-debugging-port=0 \\
  --window-position={_MENUS},40 --window-size={SIZE[0] - _MENUS},{SIZE[1] - 40} "$1" >/dev/null 2>&1
"""


class Person:
    """`page` is the page of the browser that is in front of them."""

    page: Page

    def __init__(self, desktop: VirtualDesktop, stack: ExitStack, playwright: Playwright) -> None:
        self.desktop = desktop
        self.home = desktop.home
        self._stack = stack
        self._playwright = playwright
        self._browser: BrowserContext | None = None
        self._pictures = 0
        desktop.menu_room = _MENUS
        opener = self.home / "bin" / "xdg-open"
        opener.parent.mkdir()
        opener.write_text(_BROWSER)
        opener.chmod(0o700)
        desktop.environ["PATH"] = f"{opener.parent}:{EXECUTABLE.parent}:{os.environ['PATH']}"
        self.notices = Dunst(self.home / "dunst", desktop.environ)
        desktop.start(*self.notices.argv)
        self.notices.wait_until_up()
        self._empty = desktop.panel_shown()

    def start(self, entry: Path) -> subprocess.Popen[bytes]:
        """Start the tray as the desktop does by that entry; its process, once the icon is in the panel."""
        (self.home / "tray.log").unlink(missing_ok=True)
        _, *words = parse_exec(read_entry(entry.read_text())["exec"])
        tray = self.desktop.start(str(EXECUTABLE), *words)
        self._icon = self.desktop.icon_shown(self._empty)
        address = self.desktop.environ["DBUS_SESSION_BUS_ADDRESS"]
        self._menu = Panel(address, registered_item(address))
        self._stack.callback(self._menu.close)
        return tray

    def picture(self, name: str) -> None:
        """Keep a picture of the whole screen, once what is on it has come to rest, but for a caret."""
        self._pictures += 1
        if not os.environ.get("PKCC_SCREENSHOTS"):
            return
        seen = self.desktop.whole_screen()
        for _ in range(_LOOKS):
            before, seen = seen, self.desktop.whole_screen()
            if before == seen:
                break
        self.desktop.screenshot(f"{self._pictures:02}-{name}")

    def lines(self) -> list[str]:
        """What the tray's menu says, top to bottom."""
        return [line.label for line in self._menu.menu() if line.label]

    def choose(self, label: str, picture: str = "") -> None:
        """Open the tray's menu with the mouse, and click the line that begins so."""
        eventually(lambda: any(line.startswith(label) for line in self.lines()), f"{label} is in the menu")
        labels = self.lines()
        (number,) = [number for number, line in enumerate(labels) if line.startswith(label)]
        middles = self.desktop.open_menu(self._icon, 1, count=len(labels))
        if picture:
            self.picture(picture)
        self.desktop.click(*middles[number])

    def press(self, title: str, button: str, picture: str) -> str:
        """Wait for that notice, and press its button with the mouse; what the notice says."""
        notice = self.notices.wait_for(title)
        eventually(lambda: self.notices.displayed() > 0, f"{title} is on the screen")
        self.picture(picture)
        self.notices.intend(button)
        self.desktop.click(SIZE[0] - 200, SIZE[1] - 30)
        return notice.body

    def clears_notices(self) -> None:
        """Click away what is shown: with the right button, dunst closes all."""
        if self.notices.displayed():
            self.desktop.click(SIZE[0] - 200, SIZE[1] - 30, button=3)
            eventually(lambda: not self.notices.displayed(), "the notices went")

    def sees(self, heading: str) -> Page:
        """Wait for the page with that heading, in whatever tab it opens."""
        if self._browser is None:
            self._browser = self._connected()
        context = self._browser
        found: list[Page] = []

        def there() -> bool:
            context.pages[0].wait_for_timeout(20)  # lets in what the browser says of new tabs
            heads = [(page, page.locator("h1", has_text=heading)) for page in reversed(context.pages)]
            found.extend(page for page, head in heads if head.count())
            return bool(found)

        eventually(there, f"a page says {heading}")
        self.page = found[0]
        self.page.bring_to_front()
        return self.page

    def windows(self) -> int:
        """How many windows the browser has on the screen, its questions among them."""
        argv = ["xdotool", "search", "--onlyvisible", "--class", "chromium"]
        found = subprocess.run(argv, env=self.desktop.environ, stdout=subprocess.PIPE, check=False)
        return len(found.stdout.split())

    def click(self, name: str) -> None:
        """Click the button or link of that name."""
        target = self.page.get_by_role("button", name=name, exact=True)
        target.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def told(self, sentence: str, picture: str) -> None:
        """Wait until the page says that at its top, after something was done."""
        self.page.locator("#flash h2", has_text=sentence).wait_for()
        self.page.wait_for_load_state()
        self.picture(picture)

    def _connected(self) -> BrowserContext:
        """The browser's window, by what it says of itself where it lies."""
        port = self.home / "browser" / "DevToolsActivePort"
        eventually(lambda: port.exists() and "\n" in port.read_text(), "the browser opened")
        self._stack.callback(_end, int((self.home / "browser.pid").read_text()))
        address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        return self._playwright.chromium.connect_over_cdp(address).contexts[0]


def _end(browser: int) -> None:
    """End the browser, which outlives whatever opened it."""
    with suppress(ProcessLookupError):
        os.kill(browser, signal.SIGTERM)
    eventually(lambda: not os.path.exists(f"/proc/{browser}"), "the browser ended")
