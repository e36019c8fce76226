"""What the notices say of catalogs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from tray.notices.notice import Notice
from tray.runtime.menu.one_line import one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CATALOG = "catalog"  # what the notices are about: `Notice.key`, with the catalog's name


class Update(NamedTuple):
    """What `catalog update` says of one: "applied", "waiting", or another outcome; and of which version."""

    name: str
    outcome: str
    serial: int
    loud: int = 0


def updates_in(data: dict[str, Any] | None) -> tuple[Update, ...]:
    """What the command's answer holds, one for each catalog; nothing of one that is not as it should be."""
    rows = (data or {}).get("catalogs")
    found = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str) and isinstance(row.get("serial"), int):
            loud = row.get("loud")
            count = len(loud) if isinstance(loud, list) else 0
            found.append(Update(row["name"], str(row.get("outcome")), row["serial"], count))
    return tuple(found)


def waiting_notice(update: Update) -> Notice:
    """That a newer version waits for a yes."""
    count = f"{counted(update.loud, 'change')} to look at" if update.loud else "a new version to look at"
    body = f"Version {update.serial} waits for you. What you have goes on."
    return _notice(update, f"{one_line(update.name, 40)}: {count}", body, "Look")


def applied_notice(update: Update, profile: str, notes: Sequence[str]) -> Notice:
    """That the profile in use was changed by its publisher, and the settings with it."""
    body = f"Its publisher's version {update.serial} is in force, and the settings are written again."
    lines = [body, *(without_commands(note) for note in notes)]
    return _notice(
        update, f"{one_line(profile, 60)} was changed", "\n".join(line for line in lines if line), "See"
    )


def _notice(update: Update, title: str, body: str, label: str) -> Notice:
    page = f"manage:/catalogs/{update.name}"
    return Notice(f"{CATALOG} {update.name}", title, body, ((page, label),))
