"""The route that a running session uses, by its own variables. Effects: reads profiles."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import PROFILE_VARIABLE
from profiles.claude_code.routing_names import HOST_FLAG
from profiles.claude_code.variable_values import is_on
from profiles.profile.rendering import base_url_of
from profiles.routes.route import route_of
from profiles.routes.sources import decide, shell_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.routes.route import Route
    from profiles.routes.sources import Effective
    from profiles.switching.outcome import Renderings


class Profiles(NamedTuple):
    """The stored profiles, the likely ones first: the others are read only where it is none of these."""

    store: Renderings
    likely: tuple[str, ...]

    def route_of(self, rows: Sequence[Effective], *, by_helper: bool) -> Route:
        """The route that those values make up, with the profile that it is."""
        for names in (*((name,) for name in self.likely), self.store.names()):
            route = route_of(rows, self._rendered(names), by_helper=by_helper)
            if route.profile or not route.route:
                break
        return route

    def rendered(self, name: str | None) -> Rendered | None:
        """What that profile writes; None for none, and for one that cannot be read."""
        return next(self._rendered([name] if name else []), None)

    def _rendered(self, names: Iterable[str]) -> Iterator[Rendered]:
        for name in names:
            with suppress(PkccError):
                yield self.store.rendered(name)


def route_now(environ: Mapping[str, str], profiles: Profiles) -> Route:
    """The route that a session with these variables uses at this moment."""
    route = profiles.route_of(decide([shell_source(environ)]), by_helper=False)
    if not is_on(environ.get(HOST_FLAG)) or PROFILE_VARIABLE not in environ:
        return route
    # Of a session that `exec` started the client takes the headers out, so the name that it was given tells.
    rendered = profiles.rendered(environ[PROFILE_VARIABLE])
    is_its = rendered is not None and base_url_of(rendered) == route.base_url
    return route._replace(profile=rendered.name if rendered and is_its else None, decided_by="exec")
