# ruff: noqa: N802 - the names are the system's
"""A stand-in for Windows' user32 and shell32, so that pystray's real Windows code runs anywhere.

Strict where Windows is: a menu destroyed while it is open is noted in `mistakes`, and a tooltip that doesn't
fit raises in ctypes as it does there. Message queue, window procedure and modal menu behave as Windows'.
"""

from __future__ import annotations

import ctypes
import queue
import sys
from contextlib import contextmanager
from ctypes import wintypes
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ADD, _MODIFY, _DELETE = 0, 1, 2
_WITH_ICON, _WITH_TIP = 0x2, 0x4
_SEPARATOR, _RADIO, _CHECKED, _DISABLED = 0x800, 0x200, 0x8, 0x3
_PICK, _QUIT = -1, -2  # not window messages: the user at the menu, and the end of the queue


class MenuLine(NamedTuple):
    """An item of a native menu; `identity` is what choosing it returns."""

    text: str
    identity: int
    checked: bool
    radio: bool
    enabled: bool
    separator: bool
    submenu: int


class FakeWindows:
    """The desktop: what the taskbar shows, and what a user does there."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self.menus: dict[int, list[MenuLine]] = {}
        self.menus_made = 0
        self.shown = False
        self.tooltip = ""
        self.icon = b""
        self.icons_set = 0
        self.opened: queue.Queue[int] = queue.Queue()
        self._open: list[int] = []
        self._messages: queue.Queue[tuple[int, int, int, int]] = queue.Queue()
        self._procedure: Any = None
        self._images: dict[int, bytes] = {}
        self._window = 0
        self._handles = iter(range(1000, 10**9))

    # ── what a user does ──

    def click_icon(self, button_up: int = 0x0205) -> int:
        """Click the icon; the menu that opened."""
        self._messages.put((self._window, 0x400 + 11, 0, button_up))
        return self.opened.get(timeout=10)

    def pick(self, identity: int) -> None:
        """Choose an item of the open menu; 0 closes it."""
        self._messages.put((0, _PICK, identity, 0))

    # ── user32 ──

    def CreatePopupMenu(self) -> int:
        handle = next(self._handles)
        self.menus[handle] = []
        self.menus_made += 1
        return handle

    def InsertMenuItemW(self, menu: int, _position: int, _by_position: bool, reference: Any) -> int:
        item = _pointed(reference)
        self.menus[menu].append(
            MenuLine(
                item.dwTypeData or "",
                item.wID,
                bool(item.fState & _CHECKED),
                bool(item.fType & _RADIO),
                not item.fState & _DISABLED,
                bool(item.fType & _SEPARATOR),
                item.hSubMenu or 0,
            )
        )
        return 1

    def DestroyMenu(self, menu: int) -> int:
        if menu in self._open:
            self.mistakes.append("a menu was destroyed while it was open")
        for line in self.menus.pop(menu, []):
            if line.submenu:
                self.DestroyMenu(line.submenu)
        return 1

    def TrackPopupMenuEx(self, menu: int, *_rest: Any) -> int:
        self._open.append(menu)
        self.opened.put(menu)
        while True:
            window, message, wparam, lparam = self._messages.get()
            if message == _PICK:
                self._open.remove(menu)
                return wparam
            self._procedure(window, message, wparam, lparam)

    def RegisterClassExW(self, reference: Any) -> int:
        self._procedure = _pointed(reference).lpfnWndProc
        return 1

    def CreateWindowExW(self, *_arguments: Any) -> int:
        handle = next(self._handles)
        self._window = self._window or handle
        return handle

    def PostMessageW(self, window: int, message: int, wparam: int, lparam: int) -> int:
        self._messages.put((window, message, wparam, lparam))
        return 1

    def PostQuitMessage(self, _code: int) -> None:
        self._messages.put((0, _QUIT, 0, 0))

    def GetMessageW(self, reference: Any, *_rest: Any) -> int:
        window, message, wparam, lparam = self._messages.get()
        if message == _QUIT:
            return 0
        packed = _pointed(reference)
        packed.hWnd, packed.message, packed.wParam, packed.lParam = window, message, wparam, lparam
        return 1

    def DispatchMessageW(self, reference: Any) -> int:
        packed = _pointed(reference)
        self._procedure(packed.hWnd, packed.message, packed.wParam, packed.lParam)
        return 1

    def LoadImageW(self, _instance: Any, path: str, _kind: int, width: int, height: int, _flags: int) -> int:
        from PIL import Image

        handle = next(self._handles)
        with Image.open(path) as image:
            if (width, height) not in image.info["sizes"]:
                self.mistakes.append(f"an icon of {width} pixels was scaled from {image.info['sizes']}")
        with open(path, "rb") as file:
            self._images[handle] = file.read()
        return handle

    # ── shell32 ──

    def Shell_NotifyIconW(self, code: int, data: Any) -> int:
        if code == _DELETE:
            self.shown = False
            return 1
        self.shown = self.shown or code == _ADD
        if data.uFlags & _WITH_TIP:
            self.tooltip = data.szTip
        if data.uFlags & _WITH_ICON:
            self.icon = self._images[data.hIcon]
            self.icons_set += 1
        return 1


def _pointed(reference: Any) -> Any:
    """What a `byref` points to; ctypes also takes the structure itself."""
    return getattr(reference, "_obj", reference)


class _Library:
    def __init__(self, windows: FakeWindows) -> None:
        self._windows = windows

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._windows, name, None)

        def function(*arguments: Any) -> Any:
            return real(*arguments) if real is not None else 1

        setattr(self, name, function)
        return function


@contextmanager
def fake_windows() -> Iterator[FakeWindows]:
    """Windows' functions in place, and pystray's Windows modules loaded again over them."""
    windows = FakeWindows()
    library = _Library(windows)
    loader = mock.Mock()
    loader.user32 = loader.shell32 = loader.kernel32 = library
    with (
        mock.patch.object(ctypes, "WinDLL", object, create=True),
        mock.patch.object(ctypes, "LibraryLoader", return_value=loader),
        mock.patch.object(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, create=True),
        mock.patch.object(ctypes, "HRESULT", ctypes.c_long, create=True),
        mock.patch.object(ctypes, "WinError", OSError, create=True),
        mock.patch.object(wintypes, "HICON", wintypes.HICON, create=True),
        mock.patch.dict(sys.modules),
    ):
        for name in [name for name in sys.modules if name == "pystray" or name.startswith("pystray.")]:
            del sys.modules[name]
        yield windows
