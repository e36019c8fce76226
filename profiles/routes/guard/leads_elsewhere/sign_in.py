"""Whether a project's file decides where the sign-in at a secret manager goes, as `VAULT_ADDR` does. Pure.

The manager's program, which our helper starts, has Claude Code's environment: so a project that sets that
variable has the user's own token sent to a server of its choice.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_references.managers import manager_of, steering
from profiles.routes.guard.possible import OF_PROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.refusal import Refusal
    from profiles.routes.guard.sources import Source


def strange_sign_in(sources: Sequence[Source], home: Rendered) -> Refusal | None:
    """A refusal where a project steers what gives one of the profile's keys; None where none does."""
    for reference in dict.fromkeys([home.key_ref, *home.references()]):
        manager = manager_of(reference)
        for source in sources if manager is not None else ():
            name = steering(reference, source.env) if source.kind in OF_PROJECT else ""
            if name and manager is not None:
                from profiles.routes.guard.refusal import Refusal

                return Refusal("sign_in", manager.title, source.kind, source.path, name)
    return None
