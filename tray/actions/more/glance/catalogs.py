"""The catalogs at a glance, for each page of a window: read anew only where one of their files changed."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.read import file_mark

if TYPE_CHECKING:
    from tray.actions.catalogs.overview import CatalogRow
    from tray.app import App


class CatalogGlances:
    """Their rows. Where none is followed, nothing that reads catalogs is loaded."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._marks: tuple[object, ...] = ()
        self._rows: tuple[CatalogRow, ...] = ()

    def read(self) -> tuple[CatalogRow, ...]:
        """All of them; none where what is followed cannot be read, which their own page says."""
        app = self._app
        if not os.path.lexists(os.path.join(app.locations.config_dir, "catalogs.json")):
            return ()
        from profiles.catalogs.kept.contents import Contents
        from profiles.catalogs.record import record_path
        from profiles.catalogs.subscriptions import load_subscriptions, subscriptions_path
        from tray.actions.catalogs.overview import list_catalogs

        try:
            names = load_subscriptions(app.locations)
            contents = [Contents(app.locations, name) for name in names]
            paths = [subscriptions_path(app.locations), *(record_path(app.locations, name) for name in names)]
            paths += [path for each in contents for path in (each.made_path, each.offered_path)]
            marks = tuple(map(file_mark, paths))
            if marks != self._marks:
                self._rows = list_catalogs(app).catalogs
            self._marks = marks
        except PkccError:
            return ()
        return self._rows
