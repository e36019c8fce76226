"""A model of the profile in use that is about to retire, or has: said once each, also over restarts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from profiles.base.text import in_days
from profiles.profile.schema.model_advice import retiring
from tray.notices.notice import Notice
from tray.runtime.menu.one_line import one_line
from tray.runtime.watch.said_once import SaidOnce

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Current
    from tray.runtime.parts import Parts

RETIRING = "retiring"  # what the notice is about: `Notice.key`
_SOON_DAYS = 7  # before that, pages and `doctor` say it


class RetiringWatch:
    """Used by the tray's worker."""

    def __init__(self, locations: Locations, parts: Parts) -> None:
        self._parts = parts
        self._told = SaidOnce(locations, "retiring-told.json")
        self._looked_at: tuple[Rendered, date] | None = None

    def look(self, current: Current) -> None:
        """The settings were read: say it where a model of the profile in use is news."""
        today = date.fromtimestamp(self._parts.wall())
        rendered = current.rendered
        if rendered is None or self._looked_at == (rendered, today):
            return
        self._looked_at = rendered, today
        for _field, model, found in retiring(rendered):
            days = (date.fromisoformat(found.day) - today).days
            if days <= _SOON_DAYS and self._told.is_news(f"{rendered.name} {model} {days < 0}"):
                self._parts.notifier.show(retiring_notice(rendered, model, days))
                return  # one at a time: the page that it leads to shows all


def retiring_notice(rendered: Rendered, model: str, days: int) -> Notice:
    """That the profile uses a model which ends in so many days; negative where it has."""
    title = "A model was retired" if days < 0 else f"A model retires {in_days(days)}"
    body = f"{rendered.label or rendered.name} uses {one_line(model, 60)}."
    return Notice(RETIRING, title, body, ((f"manage:/edit/{rendered.name}", "Choose another"),))
