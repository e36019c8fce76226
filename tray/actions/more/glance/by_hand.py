"""The route of settings that lead through Portkey without a profile: somebody set them up by hand."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.routes.route import is_by_portkey, route_of
from profiles.routes.sources import decide, read_sources

if TYPE_CHECKING:
    from profiles.routes.route import Route
    from tray.app import App


def route_by_hand(app: App) -> Route | None:
    """That route; None while a profile is active, and for settings that do not lead through Portkey."""
    reading = app.switcher.read()
    if reading.state.current.active is not None or not is_by_portkey(reading.values):
        return None
    return route_of(decide(read_sources(app.locations, app.locations.claude_home, {})), [])
