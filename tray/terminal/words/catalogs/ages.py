"""How long ago something of a catalog's was, in words. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from profiles.base.text import counted

if TYPE_CHECKING:
    from profiles.catalogs.kept.came_from import CameFrom


def age_words(at: float, now: float) -> str:
    """Such as `today`, `yesterday`, `9 days ago`, in the local zone; `in the future` by a clock set back."""
    then, today = (datetime.fromtimestamp(moment).date() for moment in (at, now))
    days = (today - then).days
    if days < 0:
        return "in the future"
    return ("today", "yesterday")[days] if days < 2 else f"{counted(days, 'day')} ago"


def came_from_words(found: CameFrom, now: float) -> str:
    """Such as `Acme AI gateway, version 43, yesterday`; and that its publisher wants it used no more."""
    words = f"{found.title}, version {found.serial}, {age_words(found.accepted_at, now)}"
    if found.withdrawn:
        return f"{words}; withdrawn: {found.withdrawn}"
    if found.state == "expired":
        return f"{words}; expired: ask its publisher"
    if found.state == "waiting":
        return f"{words}; a newer one waits: `pkcc-tray catalog diff {found.catalog}`"
    return words
