# ruff: noqa: N802 - the names are the system's
"""A stand-in for PyObjC's AppKit, so that pystray's real macOS code runs anywhere.

Strict where AppKit is: whatever touches a menu, an item or a button off the main thread is noted in
`mistakes` (there, the process traps). The main thread is the one that runs the application.
"""

from __future__ import annotations

import queue
import sys
import threading
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class FakeMac:
    """The desktop: what the menu bar shows, and what a user does there."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self.main: int | None = None
        self.events: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self.menu: Any = None
        self.menus_set = 0
        self.hidden = True
        self.tooltip = ""
        self.image: Any = None
        self.images_set = 0
        self.policy: int | None = None
        self.stopped = False

    def on_main(self, what: str) -> None:
        """Note a mistake unless this is the main thread. The first thread of all is it."""
        self.main = self.main or threading.get_ident()
        if threading.get_ident() != self.main:
            self.mistakes.append(f"{what} off the main thread")

    def choose(self, item: Any) -> None:
        """Click a menu item."""
        self.events.put(lambda: item.target.activate_menu_item(item))


class _Object:
    @classmethod
    def alloc(cls) -> Any:
        return cls.__new__(cls)

    def init(self) -> Any:
        return self


def _modules(mac: FakeMac) -> dict[str, ModuleType]:
    class Button:
        def setTarget_(self, _target: Any) -> None: ...
        def setAction_(self, _action: Any) -> None: ...

        def setHidden_(self, hidden: bool) -> None:
            mac.on_main("hiding")
            mac.hidden = hidden

        def setToolTip_(self, text: str) -> None:
            mac.on_main("the tooltip")
            mac.tooltip = text

        def setImage_(self, image: Any) -> None:
            mac.on_main("the image")
            mac.image = image
            mac.images_set += 1

    class StatusItem:
        def __init__(self) -> None:
            self._button = Button()

        def button(self) -> Button:
            return self._button

        def setMenu_(self, menu: Any) -> None:
            mac.on_main("the menu")
            mac.menu = menu
            mac.menus_set += 1

    class StatusBar:
        def thickness(self) -> float:
            return 22.0

        def statusItemWithLength_(self, _length: float) -> StatusItem:
            mac.on_main("the status item")
            return StatusItem()

        def removeStatusItem_(self, _item: Any) -> None:
            mac.on_main("removing")
            mac.hidden = True

    class Application:
        def run(self) -> None:
            mac.on_main("the application")
            while True:
                job = mac.events.get()
                if job is not None:
                    job()
                if mac.stopped:
                    return

        def stop_(self, _sender: Any) -> None:
            mac.on_main("stopping")
            mac.stopped = True

        def postEvent_atStart_(self, _event: Any, _start: bool) -> None:
            mac.events.put(None)

        def setActivationPolicy_(self, policy: int) -> None:
            mac.policy = policy

        def terminate_(self, _sender: Any) -> None:
            raise AssertionError("the application must end through stop_")

    class Menu(_Object):
        def initWithTitle_(self, _title: str) -> Menu:
            mac.on_main("a menu")
            self.items: list[Any] = []
            return self

        def setAutoenablesItems_(self, _automatic: bool) -> None: ...

        def addItem_(self, item: Any) -> None:
            self.items.append(item)

    class MenuItem(_Object):
        text, tag, state, enabled, submenu, separator = "", 0, 0, True, None, False
        target: Any = None

        @classmethod
        def separatorItem(cls) -> MenuItem:
            item: MenuItem = cls.alloc()
            item.separator = True
            return item

        def initWithTitle_action_keyEquivalent_(self, text: str, _action: Any, _key: str) -> MenuItem:
            self.text = text
            return self

        def setSubmenu_(self, menu: Any) -> None:
            self.submenu = menu

        def setAction_(self, _action: Any) -> None: ...

        def setTarget_(self, target: Any) -> None:
            self.target = target

        def setTag_(self, tag: int) -> None:
            self.tag = tag

        def setState_(self, state: int) -> None:
            self.state = state

        def setEnabled_(self, enabled: bool) -> None:
            self.enabled = enabled

        def sender_tag(self) -> int:
            return self.tag

    # As PyObjC: the value set by setTag_ is read by calling tag().
    class Clickable(MenuItem):
        def setTag_(self, tag: int) -> None:
            self.tag = lambda: tag  # type: ignore[assignment]

    class Image(_Object):
        template = False
        points = (0, 0)

        def initWithData_(self, data: bytes) -> Image:
            self.data = data
            return self

        def setSize_(self, size: tuple[int, int]) -> None:
            self.points = size

        def size(self) -> tuple[int, int]:
            return self.points

        def setTemplate_(self, template: bool) -> None:
            self.template = template

    class Event:
        def __getattr__(self, _name: str) -> Any:
            return lambda *_arguments: object()

    application, bar = Application(), StatusBar()
    appkit = ModuleType("AppKit")
    appkit.NSApplication = mock.Mock(sharedApplication=lambda: application)  # type: ignore[attr-defined]
    appkit.NSStatusBar = mock.Mock(systemStatusBar=lambda: bar)  # type: ignore[attr-defined]
    appkit.NSVariableStatusItemLength = -1.0  # type: ignore[attr-defined]
    appkit.NSMenu, appkit.NSMenuItem, appkit.NSImage = Menu, Clickable, Image  # type: ignore[attr-defined]
    appkit.NSEvent = Event()  # type: ignore[attr-defined]
    appkit.NSPoint = lambda x, y: (x, y)  # type: ignore[attr-defined]
    appkit.NSApplicationDefined = 15  # type: ignore[attr-defined]
    appkit.NSOnState, appkit.NSOffState = 1, 0  # type: ignore[attr-defined]
    foundation = ModuleType("Foundation")
    foundation.NSObject = _Object  # type: ignore[attr-defined]
    foundation.NSData = mock.Mock(dataWithBytes_length_=lambda data, _length: data)  # type: ignore[attr-defined]
    objc = ModuleType("objc")
    objc.namedSelector = lambda _name: lambda method: method  # type: ignore[attr-defined]
    tools, helper, signals = (
        ModuleType(name) for name in ("PyObjCTools", "PyObjCTools.AppHelper", "PyObjCTools.MachSignals")
    )
    helper.callAfter = lambda job, *rest: mac.events.put(lambda: job(*rest))  # type: ignore[attr-defined]
    signals.signal = lambda _number, _handler: None  # type: ignore[attr-defined]
    signals.getsignal = lambda _number: None  # type: ignore[attr-defined]
    tools.AppHelper, tools.MachSignals = helper, signals  # type: ignore[attr-defined]
    named = (appkit, foundation, objc, tools, helper, signals)
    return {module.__name__: module for module in named}


@contextmanager
def fake_mac() -> Iterator[FakeMac]:
    """AppKit's modules in place, and pystray loaded again over them."""
    mac = FakeMac()
    with mock.patch.dict(sys.modules):
        for name in [name for name in sys.modules if name == "pystray" or name.startswith("pystray.")]:
            del sys.modules[name]
        sys.modules.update(_modules(mac))
        yield mac
