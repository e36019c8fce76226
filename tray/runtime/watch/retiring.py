"""A model of the profile in use that is about to retire, or has: said once each, also over restarts."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import in_days
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from profiles.profile.model_advice import retiring
from tray.notices.notice import Notice
from tray.runtime.menu.one_line import one_line

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Current
    from tray.runtime.parts import Parts

RETIRING = "retiring"  # what the notice is about: `Notice.key`
_SOON_DAYS = 7  # before that, pages and `doctor` say it
_MOST_TOLD = 200


class RetiringWatch:
    """Used by the tray's worker."""

    def __init__(self, locations: Locations, parts: Parts) -> None:
        self._parts = parts
        self._path = os.path.join(locations.state_dir, "retiring-told.json")
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
            if days <= _SOON_DAYS and self._is_news(f"{rendered.name} {model} {days < 0}"):
                self._parts.notifier.show(retiring_notice(rendered, model, days))
                return  # one at a time: the page that it leads to shows all

    def _is_news(self, about: str) -> bool:
        told: list[str] = []
        with suppress(PkccError):
            told = read_unversioned(self._path, lambda plain: [str(each) for each in plain["told"]]) or []
        if about in told:
            return False
        try:
            write_private(self._path, compact({"told": [*told, about][-_MOST_TOLD:]}))
        except PkccError:  # it could not be remembered, and would be said at every login
            return False
        return True


def retiring_notice(rendered: Rendered, model: str, days: int) -> Notice:
    """That the profile uses a model which ends in so many days; negative where it has."""
    title = "A model was retired" if days < 0 else f"A model retires {in_days(days)}"
    body = f"{rendered.label or rendered.name} uses {one_line(model, 60)}."
    return Notice(RETIRING, title, body, ((f"manage:/edit/{rendered.name}", "Choose another"),))
