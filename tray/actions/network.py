"""By which proxies and certificates a profile's key may be sent from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.claude_code.process import find_client
from profiles.claude_code.routing_names import HOST_FLAG
from profiles.claude_code.variable_values import is_on
from profiles.files.preferences import is_guarded
from profiles.routes.network import session_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.refusal import Refusal
    from tray.app import App


def kept_back(app: App, rendered: Rendered) -> Refusal | None:
    """Why the guard would give a session here no key; None where it would, and where there is no guard."""
    from profiles.routes.guard.foresee import foresee

    if not is_guarded(app.locations):
        return None
    state = app.switcher.read().state
    return foresee(rendered, state, _shells(app), app.directory, app.locations.settings_path)


def network_of(
    app: App, rendered: Rendered, refusal: Refusal | None, *, of_projects: bool = True
) -> dict[str, str]:
    """The variables that a session here would have for them with that profile.

    Where the guard would refuse it the key, what the directory's own files say counts for nothing: the key
    could be read by anyone whom they name. So it is where the shell has the routing to itself, as under
    `exec`: there the guard leaves those files aside, and would refuse nothing for them.
    """
    active = app.switcher.read().state.current.rendered
    environ = _shells(app)
    believed = of_projects and refusal is None and not is_on(environ.get(HOST_FLAG))
    return session_network(rendered, active, app.locations, app.directory, environ, of_projects=believed)


def _shells(app: App) -> Mapping[str, str]:
    """The environment of the person's own shell: Claude Code adds that of project files to what it runs."""
    from profiles.routes.guard.asker import MARKERS

    if not any(name in app.environ for name in MARKERS):
        return app.environ
    _, started, _ = find_client(app.environ)
    return app.environ if started is None else started
