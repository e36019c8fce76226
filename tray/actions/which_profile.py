"""The profile that is meant where none need be named."""

from __future__ import annotations

from profiles.base.errors import ConflictError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from profiles.routes.route import Route
    from tray.app import App


class Meant(NamedTuple):
    """A profile, and a sentence on why it is that one where that is not plain."""

    name: str
    notes: tuple[str, ...] = ()


def active_unless_named(app: App, name: str | None, hint: str) -> str:
    """The name, or the active profile's where none is given. Raises ConflictError with `hint` for neither."""
    return _some(app, app.store.meant(name) if name is not None else _active(app), hint)


def used_here_unless_named(app: App, name: str | None, hint: str) -> Meant:
    """The name, or the profile that a session started here uses: a project's, `exec`'s, or the one in use.

    Raises ConflictError with `hint` where there is none.
    """
    if name is not None:
        return Meant(app.store.meant(name))
    from tray.actions.projects.pinned import pinned_here

    active, pin = _active(app), pinned_here(app)
    route = _route_here(app, active if pin is None else pin.profile)
    # A pin whose file is behind is what was meant, all the same.
    used = route.profile or (active if pin is None else pin.profile)
    name = _some(app, used, hint)
    if route.profile is None and route.decided_by in ("local", "project"):
        return Meant(name, (f"{route.decided_by_file} decides where requests go here, by no profile",))
    besides = "none is in use" if active is None else f"{active} is the one in use"
    return Meant(
        name, () if name == active else (f"{name} is what sessions in this directory use; {besides}",)
    )


def one_before(app: App) -> str:
    """The profile that was active before, or before `off`. Raises ConflictError."""
    state = app.switcher.read().state
    for step in reversed(state.history):
        before: str | None = step.before.active
        if before is not None and before != state.current.active:
            return before
    raise ConflictError("No other profile was in use before", "`pkcc-tray list` shows all there are.")


def _active(app: App) -> str | None:
    return app.switcher.read().state.current.active


def _some(app: App, name: str | None, hint: str) -> str:
    if name is None:
        makes_one = "`pkcc-tray add` makes one, `pkcc-tray import` makes one of your settings."
        raise ConflictError("No profile is in use", hint if app.store.names() else makes_one)
    return name


def _route_here(app: App, preferred: str | None) -> Route:
    from profiles.routes.route import route_of, started_by_exec
    from profiles.routes.sources import decide, read_sources

    rows = decide(read_sources(app.locations, app.directory, app.environ))
    return started_by_exec(app.environ, route_of(rows, app.store.all_rendered(), preferred))


def route_by_hand(app: App) -> Route | None:
    """That route, and a profile that has it; None while one is in use, and where it is not Portkey's."""
    from profiles.routes.route import is_by_portkey, route_of
    from profiles.routes.sources import decide, read_sources

    reading = app.switcher.read()
    if reading.state.current.active is not None or not is_by_portkey(reading.values):
        return None
    rows = decide(read_sources(app.locations, app.locations.claude_home, {}))
    return route_of(rows, app.store.all_rendered(), by_helper=False)
