"""What every icon backend is: one face and one menu, shown by whatever this system has for it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from profiles.base.errors import PkccError


class Entry(NamedTuple):
    """One line of the menu; `key` is its identity for as long as it means the same thing."""

    key: str
    label: str
    kind: str = "item"  # item | radio | check | separator | submenu
    checked: bool = False
    enabled: bool = True
    children: tuple[Entry, ...] = ()


class Face(NamedTuple):
    """What the icon looks like and says. `condition` is one of `tray.icon.marks.CONDITIONS`."""

    condition: str
    title: str
    tooltip: str


class Absence(NamedTuple):
    """Why no panel shows the icon now, and what would change that."""

    reason: str
    remedy: str


class IconUnavailableError(PkccError):
    """The backend cannot work here at all: another one may."""


class IconBackend(Protocol):
    """An icon with a menu. Made as `Backend(on_choose, on_activate)`.

    `on_choose` gets the key of the entry that was chosen, `on_activate` is called for a plain click where the
    panel doesn't open the menu by itself. Both are called one at a time on a thread of their own, so they may
    take as long as they need: neither the panel nor its menu waits.
    """

    name: str

    def run(self) -> None:
        """Show the icon until `stop()`. Called on the main thread.

        Raises IconUnavailableError when it cannot work here.
        """

    def update(self, face: Face, entries: tuple[Entry, ...]) -> None:
        """Show this from now on. From any thread; returns at once; only what differs reaches the desktop."""

    def stop(self) -> None:
        """Make `run()` return. From any thread, a signal handler too; more than once does no harm."""

    def hosted(self) -> bool:
        """Whether some panel shows the icon now."""

    def absence(self) -> Absence | None:
        """Why no panel shows it; None while one does."""
