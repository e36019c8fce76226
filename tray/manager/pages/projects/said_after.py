"""What the next page says of a project with which something was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.manager.access.sessions import Flash
from tray.manager.look_around import look_around
from tray.manager.views.projects.rows import in_words, shown_path

if TYPE_CHECKING:
    from tray.manager.access.sessions import Session
    from tray.manager.site import Site


def say(
    site: Site, session: Session, directory: str, what: str, notes: tuple[str, ...], undo: str = ""
) -> None:
    """Have the next page say of the project there `what` is so now, such as `is changed`."""
    home = look_around(site).home
    lines = tuple(in_words(note, home) for note in notes)
    session.tell(Flash("ok", f"{shown_path(directory, home)} {what}", lines, undo))
