"""Switch, off, restore, keep, leave: each one action, and what the next page says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import ConflictError
from tray.actions.keys.key_fate import key_fate
from tray.actions.switching import switch as switching
from tray.actions.switching.adopting import adopt as adopting
from tray.actions.switching.status import settings_status
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing, form
from tray.manager.look_around import look_around
from tray.manager.pages.open_file import opening
from tray.manager.views.profiles.alarm import after_restoring
from tray.manager.views.profiles.overview import stored_key

if TYPE_CHECKING:
    from tray.actions.switching.switched import Switched
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@changing
def switch(site: Site, session: Session, fields: Form) -> str:
    """Make a profile the one in use."""
    name = fields.text("name")
    done, notes = switching.switch(site.app, name, dry_run=False)
    label = site.app.store.rendered(name).label or name
    session.tell(_told(f"{label} is in use", done, notes, "Undo the switch"))
    return "/"


@changing
def off(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Put back what was there before the first switch."""
    done, notes = switching.off(site.app, dry_run=False)
    session.tell(_told("Off: Claude Code uses its own settings", done, notes, "Undo"))
    return "/"


@changing
def restore(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Write the profile in use again over what something else changed; then say what became of the key."""
    look = look_around(site)
    fate = key_fate(site.app) if look.is_alarming else None
    done, notes = switching.restore(site.app, dry_run=False)
    told = _told("The settings are put back", done, notes, "Undo")
    if fate is not None:
        told = after_restoring(told, fate, "" if look.active is None else stored_key(look.active))
    session.tell(told)
    return "/"


@changing
def keep(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Take what something else changed into the profile in use."""
    done, notes = adopting.adopt(site.app)
    session.tell(Flash("ok", "The change is kept in the profile", notes, "Undo" if done.adopted else ""))
    return "/"


@form
def leave(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Say no more of the changes that there are, until there are others. Nothing is written."""
    drift = tuple(settings_status(site.app)[0].drift)
    if any(row.alarming for row in drift):
        raise ConflictError("This change cannot be left", "Your key is at risk: restore the settings.")
    site.left = drift
    session.tell(Flash("info", "Left as it is", ("You hear of it again when something else changes.",)))
    return "/"


@form
def open_settings(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Open Claude Code's settings file with whatever the desktop has for it."""
    return opening(site, site.app.locations.settings_path, "/")


def _told(title: str, done: Switched, notes: tuple[str, ...], undo_word: str) -> Flash:
    """What is so now, when it takes effect, and the way back."""
    lines = list(notes)
    if done.written and not done.dropped:
        running = len(done.sessions)
        follow = {0: "", 1: ", the running one within about 2 seconds"}.get(
            running, f", the {running} running ones within about 2 seconds"
        )
        lines.insert(0, f"New sessions use it at once{follow}.")
        if done.models_pinned:
            lines.insert(1, "Running ones keep their model until they are restarted.")
    else:
        undo_word = ""
    return Flash("warn" if done.dropped else "ok", title, tuple(lines), undo_word)


ROUTES = (
    Route("/switch", switch, methods=["POST"]),
    Route("/off", off, methods=["POST"]),
    Route("/restore", restore, methods=["POST"]),
    Route("/keep", keep, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
    Route("/open-settings", open_settings, methods=["POST"]),
)
