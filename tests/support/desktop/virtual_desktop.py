"""A desktop that nobody sees: a virtual screen, a window manager, a real panel, and a user's mouse.

Everything runs under a throw-away home and on a private session bus.
"""

from __future__ import annotations

import io
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageChops
from support.desktop.private_bus import LIMIT_S, PrivateBus, require
from support.desktop.status_notifier import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
PANEL_HEIGHT = 40
SIZE = "1000x800"
_TOOLS = ("Xvfb", "dbus-daemon", "openbox", "import", "xdotool", "xprop")
_XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""
_LXQT = """[General]
__userfile__=true
panels=panel1
[panel1]
height=32
iconSize=22
position=Top
plugins=statusnotifier
width=100
width-percent=true
[statusnotifier]
type=statusnotifier
"""
# Where a left click is handed to us, the menu is at the right button.
MENU_BUTTON = {"xfce4-panel": 1, "lxqt-panel": 3}
Box = tuple[int, int, int, int]  # left, top, right, bottom
PANELS = {"xfce4-panel": ("xfce4-panel", "--disable-wm-check"), "lxqt-panel": ("lxqt-panel",)}


class VirtualDesktop:
    """A running desktop with one panel along the top.

    `menu_room`: how wide the part of the screen is that other windows stay off, and menus open in; 0: all.
    """

    def __init__(self, home: Path, environ: dict[str, str], panel: str, stack: ExitStack) -> None:
        self.home = home
        self.environ = environ
        self._panel = panel
        self._stack = stack
        self._running: subprocess.Popen[bytes] | None = None
        self.bus: PrivateBus
        self.menu_room = 0

    def managed(self) -> bool:
        """Whether a window manager is at work: without it a panel may not place itself."""
        asked = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        return (
            b"window id"
            in subprocess.run(asked, env=self.environ, stdout=subprocess.PIPE, check=False).stdout
        )

    def start_panel(self) -> None:
        """Start the panel, as a session does."""
        self._running = self.start(*PANELS[self._panel])

    def kill_panel(self) -> None:
        """Let the panel crash."""
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """A program of this session; it ends with it."""
        log = self._stack.enter_context((self.home / f"{Path(argv[0]).name}.log").open("ab"))
        process = subprocess.Popen(argv, env=self.environ, stdout=log, stderr=log, start_new_session=True)
        self._stack.callback(end, process)
        return process

    def screenshot(self, name: str = "") -> Image.Image:
        """What is on the screen, in the room for menus; kept whole as `name`.png in PKCC_SCREENSHOTS."""
        image = self.whole_screen()
        kept = os.environ.get("PKCC_SCREENSHOTS")
        if kept and name:
            Path(kept).mkdir(parents=True, exist_ok=True)
            image.save(Path(kept) / f"{self._panel}-{name}.png")
        return image.crop((0, 0, self.menu_room or image.width, image.height))

    def whole_screen(self) -> Image.Image:
        """All that is on the screen."""
        data = subprocess.check_output(["import", "-window", "root", "png:-"], env=self.environ)
        return Image.open(io.BytesIO(data)).convert("RGB")

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the mouse there and click."""
        subprocess.check_call(
            ["xdotool", "mousemove", str(x), str(y), "click", str(button)], env=self.environ
        )

    def key(self, name: str) -> None:
        """Press a key."""
        subprocess.check_call(["xdotool", "key", name], env=self.environ)

    def panel_shown(self) -> Image.Image:
        """Start the panel; the screen when it has come up and nothing moves any more."""
        self.start_panel()
        try:
            return self.resting()
        except AssertionError:
            # LXQt's panel 1.2 sometimes runs without ever showing its window; no icon of ours exists yet.
            self.kill_panel()
            self.start_panel()
            return self.resting()

    def resting(self) -> Image.Image:
        """The screen when the panel is there and nothing moves any more."""
        seen = [self.screenshot()]
        bare = (255, 255, 255)

        def still() -> bool:
            seen.append(self.screenshot())
            strip = seen[-1].crop((0, 0, seen[-1].width, PANEL_HEIGHT))
            return strip.getextrema() != tuple((c, c) for c in bare) and seen[-1] == seen[-2] == seen[-3]

        seen.append(seen[0])
        eventually(still, "the panel came up")
        return seen[-1]

    def icon_shown(self, empty: Image.Image) -> Box:
        """Where the icon is, once it is in the panel that was `empty` and has come to rest."""
        seen: list[Box | None] = [None, None]

        def there() -> bool:
            seen.append(self.icon_at(empty))
            box = seen[-1]
            return box is not None and box == seen[-2] == seen[-3] and 10 <= box[2] - box[0] <= PANEL_HEIGHT

        eventually(there, "the icon appeared")
        assert seen[-1] is not None
        return seen[-1]

    def icon_at(self, empty: Image.Image) -> Box | None:
        """Where something is in the panel that wasn't in the `empty` one."""
        strip = (0, 0, empty.width, PANEL_HEIGHT)
        return ImageChops.difference(empty.crop(strip), self.screenshot().crop(strip)).getbbox()

    def open_menu(self, icon: Box, button: int, name: str = "", count: int = 0) -> list[tuple[int, int]]:
        """Click the icon; the middles of the menu's lines of text, top to bottom."""
        width, height = self.screenshot().size
        subprocess.check_call(["xdotool", "mousemove", str(width - 1), str(height - 1)], env=self.environ)
        before = self.resting()  # without the icon's tooltip, which can be wider than the menu
        self.click((icon[0] + icon[2]) // 2, (icon[1] + icon[3]) // 2, button)
        seen: list[list[tuple[int, int]]] = [[]]

        def opened() -> bool:
            seen.append(_lines(before, self.screenshot()))
            known = len(seen[-1]) == count if count else len(seen[-1]) > 3
            return known and seen[-1] == seen[-2]  # drawn, and come to rest

        eventually(opened, "the menu opened")
        self.screenshot(name)
        return seen[-1]


def menu_open(before: Image.Image, now: Image.Image) -> bool:
    """Whether there is a menu below the panel that wasn't there before."""
    return len(_lines(before, now)) > 3


def _lines(before: Image.Image, now: Image.Image) -> list[tuple[int, int]]:
    below = (0, PANEL_HEIGHT, now.width, now.height)
    box = ImageChops.difference(before.crop(below), now.crop(below)).getbbox()
    if box is None:
        return []
    left, top, right, bottom = box[0], box[1] + PANEL_HEIGHT, box[2], box[3] + PANEL_HEIGHT
    # Where labels are: right of the marks, left of the arrows.
    text = now.crop((left + 30, top, max(left + 31, right - 20), bottom)).convert("L")
    counts = text.histogram()
    ground = counts.index(max(counts))
    inked = [
        any(abs(shade - ground) > 60 for shade in text.crop((0, y, text.width, y + 1)).tobytes())
        for y in range(text.height)
    ]
    lines, start = [], None
    for y in range(len(inked) + 1):
        near = any(inked[y : y + 3])  # the dot of an i belongs to its letter
        if near and start is None:
            start = y
        elif not near and start is not None:
            if y - start > 6:  # a separator is thinner
                lines.append((left + 50, top + (start + y) // 2))
            start = None
    return lines


class IconProcess:
    """Our icon in a process of its own; it is told states, and tells what a user did."""

    def __init__(self, desktop: VirtualDesktop, stack: ExitStack) -> None:
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("icon_driver.py"))],
            env={**desktop.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        stack.callback(self._close)

    def show(self, **state: object) -> None:
        """Show a state (see `icon_driver`)."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(state) + "\n")
        self._process.stdin.flush()

    def wait_for(self, what: str) -> Any:
        """What was said next under that name."""
        while True:
            said = self.said.get(timeout=LIMIT_S)
            if what in said:
                return said[what]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.put(json.loads(line))

    def _close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()  # it ends by itself
        try:
            assert self._process.wait(LIMIT_S) == 0
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._process.stdout.close()


@contextmanager
def virtual_desktop(
    home: Path, panel: str, *, dark: bool = False, size: str = SIZE
) -> Iterator[tuple[VirtualDesktop, ExitStack]]:
    """The desktop with `panel` not yet started, and what ends with it."""
    require(*_TOOLS, panel)
    with ExitStack() as stack:
        environ = {
            "HOME": str(home), "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(home), "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "1", "XDG_CURRENT_DESKTOP": {"xfce4-panel": "XFCE", "lxqt-panel": "LXQt"}[panel],
        }  # fmt: skip
        environ["DISPLAY"] = virtual_screen(stack, home, size).number
        bus = PrivateBus(home, environ)
        bus.start()
        stack.callback(bus.stop)
        environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        if dark:
            environ["GTK_THEME"] = "Adwaita:dark"
        _configure(home / ".config", dark)
        desktop = VirtualDesktop(home, environ, panel, stack)
        desktop.bus = bus
        desktop.start("openbox")
        eventually(desktop.managed, "the window manager came up")
        yield desktop, stack


class Screen(NamedTuple):
    """A running X server, and the DISPLAY it is reached by."""

    number: str
    server: subprocess.Popen[bytes]


def virtual_screen(stack: ExitStack, directory: Path, size: str = SIZE) -> Screen:
    """A screen of its own, until the stack is closed."""
    log = stack.enter_context((directory / "Xvfb.log").open("wb"))
    for _attempt in range(5):
        # Its own number: a server that looks for a free one disturbs those it passes, and is disturbed.
        number = f":{random.randrange(100, 10_000)}"
        reader, writer = os.pipe()
        argv = ["Xvfb", number, "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-wr"]
        # One that resets when its last client leaves would take with it a client that connects just then.
        argv += ["-noreset", "-nolisten", "tcp"]
        process = subprocess.Popen(argv, pass_fds=[writer], stdout=log, stderr=log)
        stack.callback(end, process)
        os.close(writer)
        with os.fdopen(reader) as ready:
            if ready.readline():
                return Screen(number, process)
    raise AssertionError(f"no screen: {(directory / 'Xvfb.log').read_text()}")


def _configure(config: Path, dark: bool) -> None:
    xfce = config / "xfce4" / "xfconf" / "xfce-perchannel-xml"
    xfce.mkdir(parents=True)
    (xfce / "xfce4-panel.xml").write_text(_XFCE.format(dark=str(dark).lower()))
    lxqt = config / "lxqt"
    lxqt.mkdir()
    (lxqt / "panel.conf").write_text(_LXQT)
    (lxqt / "lxqt.conf").write_text(f"[General]\ntheme={'dark' if dark else 'light'}\nicon_theme=Adwaita\n")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program of ours, by force when it does not by itself."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
