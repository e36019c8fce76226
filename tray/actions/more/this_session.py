"""What the status line of one session tells: its true route, and what is otherwise than it should be."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.process import OTHER_SETTINGS, arguments_of
from profiles.claude_code.process.sessions import session_of
from profiles.claude_code.routing_names import BASE_URLS, HOST_FLAG, MESSAGES
from profiles.claude_code.status_input import PID, PROJECT, read_status_input
from profiles.claude_code.variable_values import is_on
from profiles.portkey.editions import host_in
from profiles.routes.of_session import Profiles, route_now
from profiles.routes.sources import decide, read_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.claude_code.status_input import StatusInput
    from profiles.routes.route import Route
    from profiles.routes.sources import Effective
    from tray.app import App


class Live(NamedTuple):
    """What is known of a profile's gateway: what is wrong with it, and what is used of a budget."""

    trouble: str = ""
    budget: str = ""


class ThisSession(NamedTuple):
    """A session's profile, route, model. `restarted`: the profile of a restart, "" for none; None: as now."""

    profile: str | None
    route: str
    model: str
    restarted: str | None = None
    trouble: str = ""
    budget: str = ""


def this_session(
    app: App, environ: Mapping[str, str], given: str, says: str, live: Callable[[str], Live]
) -> ThisSession | None:
    """What there is to say about the session with those variables; None where none of it is ours.

    `given` is what Claude Code hands to a status line, `says` the profile that the settings carry,
    `live` tells what is known of a profile.
    """
    handed = read_status_input(given)
    rows = _rows_restarted(app, environ, handed)
    # Which of several profiles with one route it is, the helper in the files tells, and no variable.
    named = None if rows is None else Profiles(app.store, (says,)).route_of(rows, by_helper=True).profile
    profiles = Profiles(app.store, tuple(dict.fromkeys(filter(None, (named, says)))))
    now = route_now(environ, profiles)
    after = None if rows is None else profiles.route_of(rows, by_helper=False)
    differs = after is not None and (after.profile, after.base_url) != (now.profile, now.base_url)
    if not now.route and now.profile is None and not (differs and after and after.profile):
        return None
    known = Live() if now.profile is None else live(now.profile)
    return ThisSession(
        now.profile,
        _route_words(app, now, environ, profiles),
        handed.model,
        (after.profile or "") if after is not None and differs else None,
        known.trouble,
        known.budget,
    )


def _rows_restarted(app: App, environ: Mapping[str, str], handed: StatusInput) -> list[Effective] | None:
    """What would be decided after a restart; None where that is not known, or it has settings of its own."""
    directory = handed.project or environ.get(PROJECT, "")
    pid = environ.get(PID, "")
    if is_on(environ.get(HOST_FLAG)) or not directory or not pid.isdecimal():
        return None
    session = session_of(int(pid), *app.locations.session_dirs)
    started = {} if session is None else session.environment()
    if session is None or not started:
        return None
    if any(each.partition("=")[0] in OTHER_SETTINGS for each in arguments_of(session.pid)):
        return None
    return decide(read_sources(app.locations, directory, started))


def _route_words(app: App, route: Route, environ: Mapping[str, str], profiles: Profiles) -> str:
    """Such as `@anthropic-prod`; of a route that is no profile's also the gateway's host."""
    rendered = profiles.rendered(route.profile)
    if rendered is not None and rendered.saved_config:
        from profiles.profile.config.names import kept_names, short_hint  # only where there is one to name

        return short_hint(rendered, kept_names(app.locations))
    if rendered is not None:
        return rendered.hint
    host = host_in(environ.get(BASE_URLS[route.dialect], "")) or MESSAGES.cloud
    named = "inline config" if "{" in route.route else route.route
    return f"{named} via {host}" if named else host
