"""What a StatusNotifierItem tells a panel: the face as properties, and which signals a change of it needs.

What panels read was looked up in their code. Habits that shape this: Xfce 4.18 shows the attention icon
whenever there is one, so it is there only while attention is needed; Xfce, Cinnamon and waybar take the
largest pixmap and never look at the attention one's size, KDE, LXQt and GNOME take the fitting one; KDE and
waybar read markup in the tooltip; LXQt shows only its title.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tray.desktop.bus.objects import Interface, Method, Property, Signal
from tray.icon.marks import pixels

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tray.icon.base import Face

    Pixmaps = list[tuple[int, int, bytes]]

ITEM_INTERFACE = "org.kde.StatusNotifierItem"
_ATTENTION = frozenset({"drift", "error", "unreachable"})
_MARKUP = {"&": "\N{FULLWIDTH AMPERSAND}", "<": "\N{MODIFIER LETTER LEFT ARROWHEAD}"}
_NO_MARKUP = str.maketrans(_MARKUP)

SIGNALS = {
    "NewTitle": "", "NewIcon": "", "NewAttentionIcon": "", "NewOverlayIcon": "", "NewToolTip": "",
    "NewStatus": "s", "NewIconThemePath": "s", "NewMenu": "",
}  # fmt: skip
# Those that never change. No names: a theme's lookup would come before our own pixmaps.
_ALWAYS = {
    "Category": ("s", "ApplicationStatus"), "Id": ("s", "pkcc-tray"), "WindowId": ("i", 0),
    "IconName": ("s", ""), "OverlayIconName": ("s", ""), "OverlayIconPixmap": ("a(iiay)", []),
    "AttentionIconName": ("s", ""), "AttentionMovieName": ("s", ""), "IconThemePath": ("s", ""),
    "ItemIsMenu": ("b", True),
    "XAyatanaLabel": ("s", ""), "XAyatanaLabelGuide": ("s", ""), "XAyatanaOrderingIndex": ("u", 0),
}  # fmt: skip


class Item:
    """The item's properties, for one face and one kind of panel. Used by one thread only."""

    def __init__(self, face: Face, theme: str, menu_path: str) -> None:
        self._face, self._theme, self._menu_path = face, theme, menu_path

    def show(self, face: Face, theme: str) -> list[Signal]:
        """Take over a face and the panel's theme. Returns the signals that tell what is different."""
        before, was = self._face, self.status()
        redrawn = (face.condition, theme) != (before.condition, self._theme)
        self._face, self._theme = face, theme
        signals = [Signal("NewTitle")] if face.title != before.title else []
        if (face.title, face.tooltip) != (before.title, before.tooltip):
            signals.append(Signal("NewToolTip"))
        if redrawn:
            signals += [Signal("NewIcon"), Signal("NewAttentionIcon")]
        if self.status() != was:
            signals.append(Signal("NewStatus", "s", (self.status(),)))
        return signals

    def status(self) -> str:
        """Active, or NeedsAttention, at which KDE brings the icon out of its hidden ones."""
        return "NeedsAttention" if self._face.condition in _ATTENTION else "Active"

    def draw_ahead(self) -> None:
        """Draw every condition's mark, so that none is waited for when it is needed. From any thread."""
        for condition in (*_ATTENTION, "active", "off"):
            pixmaps(condition, self._theme)

    def interface(self, on_activate: Callable[[], None]) -> Interface:
        """What a panel can read and call. `on_activate`: any click that the panel hands on."""

        def activate(*_arguments: object) -> tuple[Any, ...]:
            on_activate()
            return ()

        def nothing(*_arguments: object) -> tuple[Any, ...]:
            return ()

        return Interface(
            ITEM_INTERFACE,
            {
                "Activate": Method("ii", "", activate),
                "SecondaryActivate": Method("ii", "", activate),
                "XAyatanaSecondaryActivate": Method("u", "", activate),
                "ContextMenu": Method("ii", "", nothing),  # the panel has our menu and opens it by itself
                "Scroll": Method("is", "", nothing),
                "ProvideXdgActivationToken": Method("s", "", nothing),
            },
            self._properties(),
            SIGNALS,
        )

    def _properties(self) -> dict[str, Property]:
        def constant(kind: str, value: object) -> Property:
            return Property(kind, lambda: value)

        title = Property("s", lambda: plain(self._face.title))
        fixed = {**_ALWAYS, "Menu": ("o", self._menu_path)}
        return {
            **{name: constant(*each) for name, each in fixed.items()},
            "Title": title,
            "IconAccessibleDesc": title,
            "AttentionAccessibleDesc": title,
            "Status": Property("s", self.status),
            "IconPixmap": Property("a(iiay)", self._pixmaps),
            "AttentionIconPixmap": Property("a(iiay)", self._attention_pixmaps),
            "ToolTip": Property("(sa(iiay)ss)", self._tooltip),
        }

    def _attention_pixmaps(self) -> Pixmaps:
        return self._pixmaps() if self._face.condition in _ATTENTION else []

    def _pixmaps(self) -> Pixmaps:
        return pixmaps(self._face.condition, self._theme)

    def _tooltip(self) -> tuple[str, Pixmaps, str, str]:
        return "", [], plain(self._face.title), plain(self._face.tooltip)


@cache
def pixmaps(condition: str, theme: str) -> Pixmaps:
    """The mark at every tray size, as (width, height, ARGB32 in network byte order)."""
    return [(size, size, _argb(rgba)) for size, rgba in pixels(condition, theme).items()]


def plain(text: str) -> str:
    """Text that D-Bus can carry and that no panel takes for markup.

    D-Bus takes no NUL and no lone surrogate: the bus hangs up on them.
    """
    lines = text.translate(_NO_MARKUP).splitlines()
    return "\n".join(clean(line) for line in lines)


def clean(line: str) -> str:
    """One line that D-Bus can carry."""
    printable = line
    if not line.isprintable():
        printable = "".join(letter if letter.isprintable() else " " for letter in line)
    return printable.encode("utf-8", "replace").decode("utf-8")


def _argb(rgba: bytes) -> bytes:
    data = bytearray(len(rgba))
    data[0::4], data[1::4], data[2::4], data[3::4] = rgba[3::4], rgba[0::4], rgba[1::4], rgba[2::4]
    return bytes(data)
