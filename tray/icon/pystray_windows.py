"""What pystray gets wrong on Windows: blurred icons, long tooltips, `&`, a menu changed while it is open."""

from __future__ import annotations

import queue
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PIL.Image import Image

    from tray.icon.base import Face

_Icon: Any = object  # in a class of which pystray's own, known only when it is loaded, is the other base
MAX_TOOLTIP = 127  # UTF-16 units, of NOTIFYICONDATA's 128
_SMALL_ICON_WIDTH = 49  # SM_CXSMICON
_WM_APP = 0x8000
_CALL = _WM_APP + 1
_LEFT_UP, _RIGHT_UP = 0x0202, 0x0205  # WM_LBUTTONUP, WM_RBUTTONUP


class _WindowsIcon(_Icon):  # type: ignore[misc]
    """What is put right in pystray's own icon, its base; `_module` is pystray's for this system."""

    _module: Any
    _win32: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._icon_handle: Any = None
        super().__init__(*arguments, **named)
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._menu_open = self._menu_late = self._stop_late = False
        self._message_handlers[_CALL] = self._on_call

    def call_soon(self, job: Callable[[], None]) -> None:
        """Run `job` in the message loop."""
        self._calls.put(job)
        with suppress(OSError):  # the window is gone: so is the icon
            self._win32.PostMessage(self._hwnd, _CALL, 0, 0)

    def _on_call(self, _wparam: int, _lparam: int) -> None:
        with suppress(queue.Empty):
            while True:
                self._calls.get_nowait()()

    def _assert_icon_handle(self) -> None:
        if self._icon_handle:
            return
        width, height = self.icon.size
        with self._module.serialized_image(self.icon, "ICO") as path:
            # At its own size: the default is the large one, which the taskbar would shrink again.
            self._icon_handle = self._win32.LoadImage(
                None, path, self._win32.IMAGE_ICON, width, height, self._win32.LR_LOADFROMFILE
            )

    def _on_notify(self, wparam: int, lparam: int) -> None:
        if lparam not in (_LEFT_UP, _RIGHT_UP):
            return
        # The menu at either button: there is nothing else that a click could mean.
        self._menu_open = True
        try:
            super()._on_notify(wparam, _RIGHT_UP)
        finally:
            self._menu_open = False
            if self._menu_late:
                self._menu_late = False
                super()._update_menu()
            if self._stop_late:
                super()._on_stop(0, 0)

    def _on_stop(self, wparam: int, lparam: int) -> None:
        # An open menu has a loop of its own, which may swallow the word that ends ours.
        if self._menu_open:
            self._stop_late = True
            _close_menu()
        else:
            super()._on_stop(wparam, lparam)

    def _update_menu(self) -> None:
        # The loop goes on while a menu is open, and destroying that menu would close it.
        if self._menu_open:
            self._menu_late = True
        else:
            super()._update_menu()


class Windows:
    """A `System` (see `pystray_icon`)."""

    def __init__(self, module: Any) -> None:
        named = {"_module": module, "_win32": module.win32}
        self._class: Any = type("Icon", (_WindowsIcon, module.Icon), named)

    def make(self, **arguments: Any) -> Any:
        """The pystray icon."""
        return self._class(**arguments)

    def on_main(self, icon: Any, job: Callable[[], None]) -> None:
        """Run `job` in the message loop's thread."""
        icon.call_soon(job)

    def image(self, condition: str) -> Image:
        """The mark, drawn for exactly the size that the taskbar shows, and for its theme."""
        from tray.icon.artwork import draw

        return draw(condition, _small_icon_size(), _taskbar_theme())

    def label(self, text: str) -> str:
        """The label; a single `&` would mark the access key."""
        return text.replace("&", "&&")

    def tooltip(self, face: Face) -> str:
        """Title and tooltip, a line each, cut to what fits."""
        text = "\n".join(filter(None, (face.title, face.tooltip)))
        units = text.encode("utf-16-le", "replace")
        if len(units) // 2 <= MAX_TOOLTIP:
            return text
        return units[: 2 * (MAX_TOOLTIP - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def _close_menu() -> None:
    import ctypes

    with suppress(AttributeError):  # not on Windows
        ctypes.windll.user32.EndMenu()  # type: ignore[attr-defined]


def _small_icon_size() -> int:
    import ctypes

    with suppress(AttributeError):  # not on Windows
        return int(ctypes.windll.user32.GetSystemMetrics(_SMALL_ICON_WIDTH)) or 16  # type: ignore[attr-defined]
    return 16


def _taskbar_theme() -> str:
    """The taskbar's theme: light only if the user chose so."""
    try:
        import winreg
    except ImportError:
        return "dark"
    path = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
    with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:  # type: ignore[attr-defined]
        light, _kind = winreg.QueryValueEx(key, "SystemUsesLightTheme")  # type: ignore[attr-defined]
        return "light" if light else "dark"
    return "dark"
