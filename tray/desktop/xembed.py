"""The older kind of tray, XEmbed: whether one is there, and whether GTK could put an icon into it.

i3bar, tint2, polybar, trayer and the like have no StatusNotifierItems. `gtk` serves them where PyGObject is
installed, which comes from the system's packages and not from PyPI.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def has_xembed_tray(environ: Mapping[str, str]) -> bool:
    """Whether some panel on this display takes XEmbed icons."""
    name = environ.get("DISPLAY", "")
    if not name:
        return False
    try:
        from Xlib.display import Display

        display = Display(name)
        try:
            selection = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
            return bool(display.get_selection_owner(selection))
        finally:
            display.close()
    except Exception:  # noqa: BLE001 - whatever Xlib raises where it cannot connect: then there is no tray
        return False


def has_gtk() -> bool:
    """Whether PyGObject is installed here."""
    return find_spec("gi") is not None
