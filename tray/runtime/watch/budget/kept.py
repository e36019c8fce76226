"""What was known last of a budget, for a status line without a tray: no key and no network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.preferences import load_preferences, preferences_path
from profiles.profile.rendering import mark_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tray.app import App


def keep(app: App, name: str, told: Mapping[str, Any]) -> None:
    """Keep what `budget` said about a profile just now, where its user wants it shown."""
    try:
        if not load_preferences(preferences_path(app.locations)).usage:
            return
        from tray.runtime.watch.budget import record as records
        from tray.runtime.watch.budget.figures import figure_of

        figure = figure_of(told, mark_of(app.store.rendered(name)), time.time())
    except (PkccError, TypeError):  # preferences that cannot be read; an amount beyond all bounds
        return
    records.add(app.locations, name, figure)


def kept_line(app: App, name: str) -> str:
    """Such as `$ 61 of $ 500 this month (09:10)`; "" for nothing, or where none is wanted."""
    try:
        if not load_preferences(preferences_path(app.locations)).usage:
            return ""  # before anything is loaded that this alone needs
        from tray.runtime.watch.budget import record as records

        figure = records.load(app.locations).figures.get(name)
        if figure is None or figure.mark != mark_of(app.store.rendered(name)):
            return ""
    except PkccError:
        return ""
    from tray.runtime.watch.budget.words import budget_line

    return budget_line(figure, time.time(), fresh=False)
