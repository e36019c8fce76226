"""Which proxies and certificates a session here would have with a profile: settings over shell."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.gateway.asking.network import NETWORK_VARIABLES
from profiles.routes.sources import read_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered


def session_network(
    rendered: Rendered,
    active: Rendered | None,
    locations: Locations,
    directory: str,
    environ: Mapping[str, str],
    *,
    of_projects: bool = True,
) -> dict[str, str]:
    """The variables that name them, as in a session started in that directory once the profile is `active`.

    What the profile that is active now has written is no part of it; what the directory's own files say is,
    unless `of_projects` is False.
    """
    ours = active.env if active is not None else {}
    found = dict(environ)
    layers = {source.kind: source.values for source in read_sources(locations, directory, {})}
    for kind in ("user", *(("project", "local") if of_projects else ()), "managed"):
        for slot, value in layers.get(kind, {}).items():
            if slot.startswith("env.") and not (kind == "user" and slot[4:] in ours):
                found[slot[4:]] = value
        if kind == "user":
            found |= {name: str(value) for name, value in rendered.env.items()}
    return {name: value for name, value in found.items() if name in NETWORK_VARIABLES}
