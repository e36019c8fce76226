"""Whether the panel is likely dark: by the desktop's name, or by what the user prefers, where it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jeepney import DBusAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tray.desktop.bus.connection import BusConnection

# Their top bar is dark whatever the windows are.
_DARK_PANELS = frozenset({"gnome", "unity", "pantheon", "budgie"})
_PATH = "/org/freedesktop/portal/desktop"
_SETTINGS = "org.freedesktop.portal.Settings"
_PORTAL = DBusAddress(_PATH, "org.freedesktop.portal.Desktop", _SETTINGS)
_NAMESPACE, _KEY = "org.freedesktop.appearance", "color-scheme"
_PREFERS_DARK = 1


def usual_theme(environ: Mapping[str, str]) -> str:
    """The panel's theme, "dark" or "light", as far as the desktop's name tells."""
    desktops = environ.get("XDG_CURRENT_DESKTOP", "").casefold().split(":")
    return "dark" if _DARK_PANELS & set(desktops) else "light"


def follow_theme(bus: BusConnection, environ: Mapping[str, str], on_theme: Callable[[str], None]) -> None:
    """Have `on_theme` called with the user's preference, where a portal tells it: now and when it changes."""
    if usual_theme(environ) == "dark":
        return

    def heard(value: Any) -> None:
        while isinstance(value, tuple) and len(value) == 2:  # variants, one or two by the portal's version
            value = value[1]
        on_theme("dark" if value == _PREFERS_DARK else "light")

    def read(values: tuple[Any, ...] | None) -> None:
        if values:
            heard(values[0])

    def changed(message: Any) -> None:
        namespace, key, value = message.body
        if (namespace, key) == (_NAMESPACE, _KEY):
            heard(value)

    rule = {"interface": _SETTINGS, "member": "SettingChanged", "path": _PATH, "arg0": _NAMESPACE}
    bus.subscribe(rule, changed)
    # A portal that isn't running is not started for a colour.
    bus.call(_PORTAL, "Read", "ss", (_NAMESPACE, _KEY), read, start=False)
