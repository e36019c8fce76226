"""Every Claude Code that runs now, the route it uses, and the one it would use when restarted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations
    from profiles.claude_code.process.sessions import Session
    from profiles.profile.rendering import Rendered
    from profiles.routes.route import Route
    from profiles.switching.memory.state import State
    from tray.app import App


class SessionRoute(NamedTuple):
    """A running session (see `Session`), its route now (see `Route`) and after a restart."""

    pid: int
    directory: str
    version: str
    started_at: int
    status: str
    elsewhere: bool
    settings: str
    profile: str | None
    dialect: str
    base_url: str
    route: str
    decided_by: str
    decided_by_file: str
    model_pinned: str | None
    restarted: Route


class Sessions(NamedTuple):
    """Every running session, oldest first."""

    sessions: list[SessionRoute]


def sessions(app: App) -> Sessions:
    """Every running session, oldest first: where, since when, and its route now and after a restart."""
    from profiles.claude_code.process.sessions import running_sessions

    found: dict[tuple[int, bool], tuple[Locations, Session]] = {}
    for locations, directory in _places(app):
        for session in running_sessions(directory):  # two settings files may share one directory of sessions
            found.setdefault((session.pid, session.elsewhere), (locations, session))
    renderings = app.store.all_rendered() if found else []
    rows = {key: _row(app, *each, renderings) for key, each in found.items()}
    return Sessions(sorted(rows.values(), key=lambda row: row.started_at))


def _places(app: App) -> list[tuple[Locations, str]]:
    """Each client configuration directory that is known of, with the settings that its sessions read."""
    places = [(app.locations, directory) for directory in app.locations.session_dirs]
    for switcher in app.all_switchers()[1:]:
        path = switcher.settings_path
        directory = os.path.dirname(path)
        places.append((app.locations._replace(settings_path=path, claude_home=directory), directory))
    return places


def _row(app: App, locations: Locations, session: Session, renderings: list[Rendered]) -> SessionRoute:
    from profiles.routes.route import pinned_model, started_by_exec

    state = _state(locations)
    environ = session.environment()
    now = started_by_exec(environ, _route(locations, session, environ, renderings, state))
    restarted = _route(locations, session, app.environ, renderings, state)
    pinned = None if now.decided_by == "exec" else pinned_model(state, session.started_at)
    return SessionRoute(*session, locations.settings_path, *now, pinned, restarted)


def _state(locations: Locations) -> State:
    from profiles.switching.find_memory import files_for
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import load_state

    path = locations.settings_path
    try:
        return load_state(files_for(locations), path)
    except PkccError:
        return State(path, "")  # broken: `status` reports it


def _route(
    locations: Locations,
    session: Session,
    environ: Mapping[str, str],
    renderings: list[Rendered],
    state: State,
) -> Route:
    """The route of that environment in the session's directory: it reads its files again within seconds."""
    from profiles.routes.route import route_of
    from profiles.routes.sources import decide, read_sources

    rows = decide(read_sources(locations, session.directory, environ))
    return route_of(rows, renderings, state.current.active)
