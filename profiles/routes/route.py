"""Where requests go, in a few words, and whose profile that is: pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import PROFILE_VARIABLE
from profiles.base.secret_markers import mask
from profiles.claude_code.own_command import profile_in
from profiles.claude_code.owned_slots import (
    BASE_URL_SLOTS,
    HELPER_KEY,
    MODEL_KEYS,
    ROUTE_SLOTS,
    has_portkey_line,
    slugs_by,
)
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.variable_values import provider_in_force
from profiles.portkey.editions import is_portkey_url
from profiles.profile.rendering import expected_values, slugs_of, unnamed_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profiles.profile.rendering import Rendered
    from profiles.routes.sources import Effective
    from profiles.switching.memory.state import State


class Route(NamedTuple):
    """`profile` is the name of the one that matches, if any; `route` "" when it does not lead by Portkey."""

    profile: str | None
    dialect: str
    base_url: str
    route: str
    decided_by: str
    decided_by_file: str


def route_of(
    rows: Iterable[Effective],
    renderings: Iterable[Rendered],
    preferred: str | None = None,
    *,
    by_helper: bool = True,
) -> Route:
    """The route that the values make up which are decided for a session (see `sources.decide`).

    Of several profiles that it could be, the `preferred` one. What a project may add (metadata, a trace id,
    models) is left out of the comparison; and the helper, where not `by_helper`: no variable names it.
    """
    decided = {row.slot: row for row in rows}
    values = {slot: row.value for slot, row in decided.items()}
    dialect = provider_in_force(lambda name: values.get(f"env.{name}")).name
    slot, route_text = _named(values, BASE_URL_SLOTS[dialect])
    decider = decided.get(slot)
    route = Route(
        None,
        dialect,
        values.get(BASE_URL_SLOTS[dialect], ""),
        route_text,
        decider.source if decider else "",
        decider.path if decider else "",
    )
    return route._replace(profile=_matching(route, values, renderings, preferred, by_helper=by_helper))


def _named(values: Mapping[str, str], base_url: str) -> tuple[str, str]:
    """The slot that names the route, and what it says; that of the base URL where no header line does."""
    slot = next((slot for slot in ROUTE_SLOTS if values.get(slot)), "")
    if slot or not values.get(base_url) or not is_by_portkey(values):
        return slot, values.get(slot, "")
    return base_url, unnamed_route(slugs_by(values))


def is_by_portkey(values: Mapping[str, str]) -> bool:
    """Whether the values by slot lead to Portkey, as far as can be seen, with a route named or without."""
    urls = (values.get(slot, "") for slot in BASE_URL_SLOTS.values())
    return has_portkey_line(values) or bool(slugs_by(values)) or any(map(is_portkey_url, filter(None, urls)))


def _matching(
    route: Route,
    values: Mapping[str, str],
    renderings: Iterable[Rendered],
    preferred: str | None,
    *,
    by_helper: bool,
) -> str | None:
    if not route.route:
        return None
    found = [rendered.name for rendered in renderings if _is_of(rendered, route, values, by_helper=by_helper)]
    return preferred if preferred in found else next(iter(found), None)


def _is_of(rendered: Rendered, route: Route, values: Mapping[str, str], *, by_helper: bool) -> bool:
    wanted = {slot: mask_value(slot, mask(text)) for slot, text in expected_values(rendered, None).items()}
    slots = (BASE_URL_SLOTS[route.dialect], *ROUTE_SLOTS)
    if rendered.dialect != route.dialect or any(values.get(s, "") != wanted.get(s, "") for s in slots):
        return False
    if not any(map(wanted.get, ROUTE_SLOTS)) and slugs_of(rendered) != slugs_by(values):
        return False
    helper = values.get(HELPER_KEY, "")
    named = profile_in(helper)
    if not by_helper or route.decided_by == "exec":
        return True
    if named is None:
        return not rendered.helper
    return rendered.helper and named == rendered.name


def started_by_exec(environ: Mapping[str, str], route: Route) -> Route:
    """The route with the profile's name that `exec` left in the session's environment."""
    return route._replace(profile=environ.get(PROFILE_VARIABLE)) if route.decided_by == "exec" else route


def pinned_model(state: State, started_at: int) -> str | None:
    """The model that a session keeps which started (ms since 1970) before a switch named another; else None.

    "" where it began with a model that is not known: before the first switch, or the client's own default.
    """
    since = [step for step in state.history if step.at * 1000 > started_at]
    if not since or not started_at:
        return None
    key = MODEL_KEYS["default"]
    began, now = (
        "" if rendered is None else str(rendered.env.get(key, ""))
        for rendered in (since[0].before.rendered, state.current.rendered)
    )
    return began if began != now else None
