"""The icon for panels that take only XEmbed ones: GTK 3's status icon, where PyGObject is installed.

PyGObject comes from the system's packages: an installation by pip, pipx or uv has none of its own.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from tray.desktop.threads.job_thread import JobThread
from tray.icon.base import Absence, Face, IconUnavailableError
from tray.icon.marks import pixels
from tray.icon.panel_theme import usual_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from tray.icon.base import Entry

_SIZE = 48  # GTK reduces it to what the panel has room for


class GtkIcon:
    """An `IconBackend` (see there for its methods)."""

    name = "gtk"

    def __init__(
        self,
        on_choose: Callable[[str], None],
        _on_activate: Callable[[], None],  # each click opens the menu
        *,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._on_choose = on_choose
        self._theme = usual_theme(environ)
        self._worker = JobThread("tray clicks")
        self._stopping = threading.Event()
        self._shown: tuple[Face, Sequence[Entry]] = (Face("off", "pkcc-tray", ""), ())
        self._toolkit: _Toolkit | None = None
        self._icon: Any = None
        self._menu: Any = None

    def run(self) -> None:
        """Show the icon until `stop()`. Raises IconUnavailableError without PyGObject or a display."""
        toolkit = _Toolkit()
        self._icon = toolkit.gtk.StatusIcon()
        self._icon.connect("activate", lambda _icon: self._open(1, toolkit.gtk.get_current_event_time()))
        self._icon.connect("popup-menu", lambda _icon, button, time: self._open(button, time))
        self._toolkit = toolkit
        self._worker.start()
        try:
            self._apply()
            if not self._stopping.is_set():
                toolkit.loop.run()
        finally:
            self._icon.set_visible(False)
            self._icon = None
            self._worker.stop()

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        """Show this from now on."""
        self._shown = face, entries
        self._soon(self._apply)

    def stop(self) -> None:
        """Make `run()` return."""
        self._stopping.set()
        if self._toolkit is not None:
            self._soon(self._toolkit.loop.quit)

    def hosted(self) -> bool:
        """Whether some panel shows the icon now."""
        icon = self._icon
        return icon is not None and bool(icon.is_embedded())

    def absence(self) -> Absence | None:
        """Why no panel shows it; None while one does."""
        if self.hosted():
            return None
        return Absence("No panel here shows tray icons.", "Start a panel that has a system tray.")

    def _soon(self, job: Callable[[], None]) -> None:
        if self._toolkit is not None:
            self._toolkit.glib.idle_add(job)

    # In GTK's loop: ---------------------------------------------------------------------------------

    def _apply(self) -> None:
        (face, _entries), icon, toolkit = self._shown, self._icon, self._toolkit
        if icon is None or toolkit is None:
            return
        icon.set_from_pixbuf(toolkit.picture(pixels(face.condition, self._theme)[_SIZE], _SIZE))
        icon.set_title(face.title)
        icon.set_tooltip_text("\n".join(filter(None, (face.title, face.tooltip))))

    def _open(self, button: int, time: int) -> None:
        if self._toolkit is None:
            return
        gtk = self._toolkit.gtk
        self._menu = _menu(gtk, self._shown[1], self._chosen)  # GTK itself holds no reference to it
        self._menu.popup(None, None, gtk.StatusIcon.position_menu, self._icon, button, time)

    def _chosen(self, key: str) -> None:
        self._worker.put(lambda: self._on_choose(key))


class _Toolkit:
    """GTK 3, ready to show something."""

    def __init__(self) -> None:
        try:
            import gi  # type: ignore[import-not-found]

            gi.require_version("Gtk", "3.0")
            from gi.repository import GdkPixbuf, GLib, Gtk  # type: ignore[import-not-found]
        except (ImportError, ValueError) as error:
            raise _unavailable(type(error).__name__) from error
        if not Gtk.init_check()[0]:
            raise _unavailable("no display")
        self.gtk, self.glib, self._pixbuf, self.loop = Gtk, GLib, GdkPixbuf, GLib.MainLoop()

    def picture(self, rgba: bytes, size: int) -> Any:
        """The pixels as GTK takes them."""
        data, colours = self.glib.Bytes.new(rgba), self._pixbuf.Colorspace.RGB
        return self._pixbuf.Pixbuf.new_from_bytes(data, colours, True, 8, size, size, 4 * size)


def _unavailable(why: str) -> IconUnavailableError:
    title = f"The icon cannot be shown with GTK: {why}."
    return IconUnavailableError(title, "pkcc-tray doctor says what is missing.")


def _menu(gtk: Any, entries: Sequence[Entry], on_click: Callable[[str], None]) -> Any:
    menu = gtk.Menu()
    for entry in entries:
        menu.append(_line(gtk, entry, on_click))
    menu.show_all()
    return menu


def _line(gtk: Any, entry: Entry, on_click: Callable[[str], None]) -> Any:
    if entry.kind == "separator":
        return gtk.SeparatorMenuItem()
    if entry.kind in ("radio", "check"):
        line = gtk.CheckMenuItem(label=entry.label, active=entry.checked)
        line.set_draw_as_radio(entry.kind == "radio")
    else:
        line = gtk.MenuItem(label=entry.label)
    line.set_sensitive(entry.enabled)
    if entry.kind == "submenu":
        line.set_submenu(_menu(gtk, entry.children, on_click))
    else:
        line.connect("activate", lambda _line: on_click(entry.key))
    return line
