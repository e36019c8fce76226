"""The icon through pystray, on macOS and Windows.

What it gets wrong on a system is put right in that system's file (`pystray_macos`, `pystray_windows`).
"""

from __future__ import annotations

import importlib
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tray.desktop.threads.job_thread import JobThread
from tray.icon.base import Absence, Face, IconUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from PIL.Image import Image

    from tray.icon.base import Entry

_CHOICE = "PYSTRAY_BACKEND"


class System(Protocol):
    """What differs between the systems under pystray."""

    def make(self, **arguments: Any) -> Any:
        """The pystray icon."""

    def on_main(self, icon: Any, job: Callable[[], None]) -> None:
        """Run `job` where this system wants its icon to be changed."""

    def image(self, condition: str) -> Image:
        """The mark."""

    def label(self, text: str) -> str:
        """A menu label, spelled for this system."""

    def tooltip(self, face: Face) -> str:
        """The tooltip, within this system's limits."""


class PystrayIcon:
    """An `IconBackend` (see there for its methods)."""

    def __init__(
        self, on_choose: Callable[[str], None], on_activate: Callable[[], None], *, system: str
    ) -> None:
        self.name = f"pystray-{system}"
        self._on_choose, self._on_activate = on_choose, on_activate
        self._system_name = system
        self._worker = JobThread("tray clicks")
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # guards:
        self._next: tuple[Face, tuple[Entry, ...]] | None = None
        self._shown: tuple[Face, tuple[Entry, ...]] = (Face("off", "pkcc-tray", ""), ())
        self._icon: Any = None
        self._system: System | None = None

    def run(self) -> None:
        """Show the icon until `stop()`. Raises IconUnavailableError where pystray cannot."""
        with _unavailable(self._system_name):
            system = _load(self._system_name)
            face, entries = self._next or self._shown
            self._shown = face, entries
            icon = system.make(
                name="pkcc-tray",
                icon=system.image(face.condition),
                title=system.tooltip(face),
                menu=_menu(entries, system, self._chosen),
            )
        self._system, self._icon = system, icon
        self._worker.start()
        try:
            with _unavailable(self._system_name):
                icon.run(setup=lambda _icon: system.on_main(icon, self._begin))
        finally:
            self._icon = None
            self._worker.stop()

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        """Show this from now on."""
        with self._lock:
            self._next = face, entries
        self._soon(self._apply)

    def stop(self) -> None:
        """Make `run()` return."""
        self._stopping.set()
        self._soon(self._end)

    def hosted(self) -> bool:
        """Whether the icon is shown now."""
        icon = self._icon
        return icon is not None and bool(icon.visible)

    def absence(self) -> Absence | None:
        """Why it isn't shown; None while it is."""
        return None if self.hosted() else Absence("The icon is not shown yet.", "Wait a moment.")

    def say(self, title: str, body: str) -> None:
        """Show a notification by the icon's own system."""
        self._soon(lambda: self._icon.notify(body, title))

    def unsay(self) -> None:
        """Take the last one away."""
        self._soon(lambda: self._icon.remove_notification())

    def _soon(self, job: Callable[[], None]) -> None:
        icon, system = self._icon, self._system
        if icon is not None and system is not None and icon.visible:
            system.on_main(icon, job)

    # The following run where the system wants its icon changed, never two at a time.

    def _begin(self) -> None:
        self._apply()
        self._icon.visible = True
        # Whatever came between the first look and now found no visible icon to tell.
        self._apply()
        if self._stopping.is_set():
            self._end()

    def _end(self) -> None:
        icon = self._icon
        if icon is not None:
            icon.stop()

    def _apply(self) -> None:
        with self._lock:
            icon, system = self._icon, self._system
            wanted, self._next = self._next, None
            if wanted is None or icon is None or system is None:
                return
            (old_face, old_entries), self._shown = self._shown, wanted
            face, entries = wanted
            if face.condition != old_face.condition:
                icon.icon = system.image(face.condition)
            if (face.title, face.tooltip) != (old_face.title, old_face.tooltip):
                icon.title = system.tooltip(face)
            if entries != old_entries:  # setting it closes an open menu on GTK
                icon.menu = _menu(entries, system, self._chosen)

    def _chosen(self, key: str) -> None:
        self._worker.put(lambda: self._on_choose(key))


def _menu(entries: Sequence[Entry], system: System, on_click: Callable[[str], None]) -> Any:
    from pystray import Menu, MenuItem

    def item(entry: Entry) -> Any:
        if entry.kind == "separator":
            return Menu.SEPARATOR
        action = (
            _menu(entry.children, system, on_click)
            if entry.kind == "submenu"
            else lambda _icon, _item: on_click(entry.key)
        )
        toggle = entry.kind in ("radio", "check")
        return MenuItem(
            system.label(entry.label),
            action,
            checked=(lambda _item: entry.checked) if toggle else None,
            radio=entry.kind == "radio",
            enabled=entry.enabled,
        )

    return Menu(*map(item, entries))


def _load(system: str) -> System:
    module = _import_pystray(system)
    if system == "darwin":
        from tray.icon.pystray_macos import MacOS

        return MacOS(module)
    from tray.icon.pystray_windows import Windows

    return Windows(module)


def _import_pystray(backend: str) -> Any:
    before = os.environ.get(_CHOICE)
    os.environ[_CHOICE] = "dummy"  # or the package's own import would choose, and may fail
    try:
        return importlib.import_module(f"pystray._{backend}")
    finally:
        if before is None:
            del os.environ[_CHOICE]
        else:
            os.environ[_CHOICE] = before


@contextmanager
def _unavailable(system: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Whatever a toolkit raises where it cannot start: ImportError, ValueError, its own kinds.
        raise IconUnavailableError(
            f"The icon cannot be shown with {system}: {type(error).__name__}.",
            "pkcc-tray doctor says what is missing.",
        ) from error
