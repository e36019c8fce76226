"""What an administrator decides here, and whether what is in use is as they want it."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple
from profiles.base.text import printable
from profiles.policy.in_force import policy_in_force
from profiles.policy.places import this_machine
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.under_policy import is_held_on, why_refused

if TYPE_CHECKING:
    from profiles.base.light_typing import Omitted
    from tray.app import App

_LONGEST = 500


class Management(NamedTuple):
    """`by` is who, `text` and `url` what they say of it; `problem`: why what is in use may not be, or ""."""

    by: str
    text: str
    url: str
    problem: str


class Locks(NamedTuple):
    """What menu and manager show as locked; by default nothing.

    `by` is who decides, such as "Acme IT", and `decided` what a locked line says of it. `problem`: why what
    is in use may not be; `required`: the profile that is to be in its place. The others are locked where
    true: switching off, the manager's page, import, export.
    """

    by: str = ""
    text: str = ""
    url: str = ""
    decided: str = ""
    problem: str = ""
    required: str = ""
    off: bool = False
    manager: bool = False
    imports: bool = False
    exports: bool = False


NO_LOCKS = Locks()


def locks(app: App, active: str | None) -> Locks:
    """What is locked now, while that profile is in use."""
    policy = policy_in_force()
    if policy is NOTHING_FORCED:
        return NO_LOCKS
    from profiles.policy.refusals import decided_by

    by = policy.managed_by
    problem = policy.broken
    with suppress(PkccError):  # one that cannot be read is another trouble, and said by itself
        in_use = None if active is None else app.store.rendered(active)
        problem = problem or why_refused(policy, in_use)
    is_required = is_held_on(policy, app.store.rendered)
    return Locks(
        by=printable(by.who),
        text=printable(by.text, _LONGEST),
        url=printable(by.url, _LONGEST),
        decided=decided_by(by),
        problem=problem,
        required=(policy.required_profile or "") if is_required else "",
        off=is_required,
        manager=not policy.manager_page,
        imports=not policy.allow_import,
        exports=not policy.allow_export,
    )


def management(app: App, active: str | None) -> Management | Omitted:
    """What an administrator says here, and of the profile in use; left out where nobody decides anything."""
    found = locks(app, active)
    return Management(found.by, found.text, found.url, found.problem) if found.by else OMITTED


def policy_files() -> list[str]:
    """What to watch for a policy that comes, changes or goes: files, and the directory of more."""
    place = this_machine()
    return [*place.files, *([place.drop_ins] if place.drop_ins else []), *place.property_lists]
